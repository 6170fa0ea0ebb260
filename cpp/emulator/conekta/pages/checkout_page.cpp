#include "emulator/conekta/pages/checkout_page.h"

#include <algorithm>
#include <array>

#include "core/foundation/url.h"
#include "emulator/conekta/errors.h"
#include "emulator/conekta/order_body.h"
#include "emulator/conekta/pages/page_parts.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

bool Takes(const Checkout& checkout, std::string_view method) {
  return std::find(checkout.methods.begin(), checkout.methods.end(), method) != checkout.methods.end();
}

// A form may lead back to the shop: browsers hold that to the page's policy too.
std::string ShopOrigins(const Checkout& checkout) {
  std::string origins;
  for (const auto& url : {checkout.success_url, checkout.failure_url}) {
    const auto parsed = url ? ParseUrl(*url) : std::nullopt;
    if (parsed) origins += (origins.empty() ? "" : " ") + parsed->Origin();
  }
  return origins;
}

HttpResponse GoTo(const std::optional<std::string>& url, HttpResponse otherwise) {
  return url ? SeeOther(*url) : std::move(otherwise);
}

HttpResponse Paid(const Language& language, const Checkout& checkout) {
  return Note(200, language, language.Say("Pago recibido", "Payment received"),
              language.Say("Gracias. Puedes cerrar esta p\u00e1gina.", "Thank you. You can close this page."),
              checkout.success_url.value_or(""));
}

// The plan that the buyer takes; empty where none is for sale.
std::string PlanOf(const Checkout& checkout, const FormFields& form) {
  if (checkout.plan_ids.empty()) return {};
  const std::string chosen = FieldOf(form, "plan_id");
  const bool is_offered =
      std::find(checkout.plan_ids.begin(), checkout.plan_ids.end(), chosen) != checkout.plan_ids.end();
  return is_offered ? chosen : checkout.plan_ids.front();
}

std::string PlanChoice(World& world, const Checkout& checkout, const Language& language, const Entered& entered) {
  if (checkout.plan_ids.size() < 2) return {};
  std::string html =
      "<div class=\"field\">\n<label for=\"plan_id\">Plan</label>\n<select id=\"plan_id\" name=\"plan_id\">\n";
  const std::string chosen = entered.Or("plan_id", checkout.plan_ids.front());
  for (const std::string& id : checkout.plan_ids) {
    const Plan* plan = world.conekta.plans.Find(id);
    if (plan == nullptr) continue;
    const std::string trial =
        plan->trial_period_days.value_or(0) > 0 ? language.Say(", con periodo de prueba", ", with a trial period") : "";
    html += Option(id, plan->name + ", " + MoneyText(plan->amount, plan->currency) + trial, id == chosen);
  }
  return html + "</select>\n</div>\n";
}

std::string Summary(const Order& order, const Language& language) {
  std::string rows;
  for (const Line& line : order.line_items) {
    const std::string* name = FindString(line.fields, "name");
    rows += "<div><dt>" + Escape(name == nullptr ? "" : *name) + "</dt><dd>" + MoneyText(line.amount, order.currency) +
            "</dd></div>\n";
  }
  return "<section class=\"card\">\n<h1>" + Escape(order.checkout->name) + "</h1>\n<dl>\n" + rows +
         "<div class=\"total\"><dt>Total</dt><dd>" + MoneyText(order.Amount(), order.currency) +
         "</dd></div>\n</dl>\n" +
         (order.checkout->failure_url
              ? "<p><a data-action=\"cancel\"" + Attribute("href", *order.checkout->failure_url) + ">" +
                    language.Say("Cancelar y volver", "Cancel and go back") + "</a></p>\n"
              : "") +
         "</section>\n";
}

HttpResponse CheckoutForm(World& world, const Call& call, const Language& language, const Order& order, int status,
                          std::string_view problem) {
  const Checkout& checkout = *order.checkout;
  const Entered entered = {call.request.method == "POST" ? ParseForm(call.request.body) : FormFields{}};
  Page page = PageOfConekta(language, language.Say("Pagar", "Checkout"));
  page.form_origin = ShopOrigins(checkout);
  page.body = Problem(problem) + Summary(order, language);
  const std::string total = MoneyText(order.Amount(), order.currency);
  if (Takes(checkout, "card")) {
    page.body +=
        Section(language.Say("Tarjeta", "Card"),
                Form(call, language,
                     Hidden("method", "card") + PlanChoice(world, checkout, language, entered) +
                         CardFields(language, entered) + Button("pay-card", language.Say("Pagar ", "Pay ") + total)));
  }
  if (Takes(checkout, "cash")) {
    page.body += Section(
        language.Say("Efectivo", "Cash"),
        Form(call, language,
             Hidden("method", "cash") + Button("pay-cash", language.Say("Obtener referencia", "Get a reference"))));
  }
  if (Takes(checkout, "bank_transfer")) {
    page.body +=
        Section(language.Say("Transferencia SPEI", "SPEI transfer"),
                Form(call, language,
                     Hidden("method", "spei") + Button("pay-spei", language.Say("Obtener CLABE", "Get a CLABE"))));
  }
  return PageAnswer(status, page);
}

// What the buyer takes to the counter or types into their bank's page.
HttpResponse ReferencePage(const Call& call, const Language& language, Order& order) {
  const Charge& charge = *PendingCharge(order);
  const bool is_cash = charge.method == "cash";
  Page page = PageOfConekta(language, language.Say("Pago pendiente", "Payment pending"));
  page.form_origin = ShopOrigins(*order.checkout);
  page.body = "<section class=\"card\">\n<h1>" + language.Say("Falta tu pago", "Your payment is due") +
              "</h1>\n<dl>\n<div><dt>" + (is_cash ? language.Say("Referencia", "Reference") : "CLABE") +
              "</dt><dd data-reference>" + Escape(charge.reference) + "</dd></div>\n<div><dt>Total</dt><dd>" +
              MoneyText(charge.amount, order.currency) + "</dd></div>\n<div><dt>" +
              language.Say("Paga antes de", "Pay before") + "</dt><dd>" +
              TimeText(language, charge.expires_at.value_or(order.created_at)) + "</dd></div>\n</dl>\n";
  if (order.checkout->success_url) {
    page.body += "<p><a data-action=\"back\"" + Attribute("href", *order.checkout->success_url) + ">" +
                 language.Say("Volver a la tienda", "Back to the shop") + "</a></p>\n";
  }
  page.body +=
      "</section>\n" + Section(language.Say("En el emulador", "In the emulator"),
                               Form(call, language,
                                    Hidden("method", "receive") +
                                        Button("receive", language.Say("Llega el dinero", "The money arrives"))));
  return PageAnswer(200, page);
}

HttpResponse ChallengePage(const Call& call, const Language& language, const FormFields& form, const Order& order) {
  Page page = PageOfConekta(language, "3DS");
  page.form_origin = ShopOrigins(*order.checkout);
  const auto answer = [&](std::string_view verdict, std::string_view text) {
    std::string fields = Hidden("challenge", verdict);
    for (const std::string_view name : {"method", "plan_id", "number", "name", "exp", "cvc"}) {
      fields += Hidden(name, FieldOf(form, name));
    }
    return Form(call, language, fields + Button("challenge-" + std::string(verdict), text));
  };
  page.body = Section(
      language.Say("Tu banco pide confirmar", "Your bank asks you to confirm"),
      answer("passed", language.Say("Confirmar", "Confirm")) + answer("failed", language.Say("Rechazar", "Reject")));
  return PageAnswer(200, page);
}

// A guest who saves a card or subscribes becomes a customer.
Customer& CustomerOf(World& world, Order& order) {
  if (Customer* known = CustomerWithId(world, order.customer_id)) return *known;
  const auto text = [&](std::string_view name) {
    const std::string* value = FindString(order.customer_info, name);
    return value == nullptr ? std::string() : *value;
  };
  Customer& customer = AddCustomer(world, {.name = text("name"), .email = text("email"), .phone = text("phone")});
  order.customer_id = customer.id;
  order.customer_info = CustomerInfoOf(customer);
  Tell(world, "customer.created", RenderCustomer(world, customer));
  return customer;
}

HttpResponse Declined(World& world, const Call& call, const Language& language, Order& order) {
  Checkout& checkout = *order.checkout;
  ++checkout.failures;
  if (checkout.max_failed_retries && checkout.failures > *checkout.max_failed_retries) {
    checkout.status = "Failed";
    return GoTo(checkout.failure_url,
                Note(410, language, language.Say("No se pudo pagar", "The payment failed"),
                     language.Say("Vuelve a la tienda y empieza de nuevo.", "Go back to the shop and start again.")));
  }
  const Words words = DeclineWords(order.charges.back().failure_code);
  HttpResponse again = CheckoutForm(world, call, language, order, 402, language.Say(words.spanish, words.english));
  return checkout.redirects_on_failure ? GoTo(checkout.failure_url, std::move(again)) : std::move(again);
}

HttpResponse PayByCard(World& world, const Call& call, const Language& language, Order& order) {
  const FormFields form = ParseForm(call.request.body);
  const TypedCard typed = CardOfForm(world, language, form);
  if (!typed.problem.empty()) return CheckoutForm(world, call, language, order, 422, typed.problem);
  const std::string challenge = FieldOf(form, "challenge");
  if (typed.card.kind->is_challenged && challenge.empty()) return ChallengePage(call, language, form, order);
  const std::string plan_id = PlanOf(*order.checkout, form);
  if (!plan_id.empty() && order.checkout->costs_its_plan) order.line_items = PlanLines(world, plan_id);
  Charge charge = {.card = typed.card, .of_checkout = true};
  const std::string decline =
      challenge == "failed" ? "suspected_fraud" : std::string(typed.card.kind->decline_by_buyer);
  if (!decline.empty()) {
    ChargeCard(world, order, std::move(charge), decline);
    return Declined(world, call, language, order);
  }
  Customer* customer = nullptr;
  if (order.checkout->saves_card || !plan_id.empty()) {
    customer = &CustomerOf(world, order);
    charge.source_id = SaveCard(world, *customer, typed.card).id;
  }
  const std::string source_id = charge.source_id;
  ChargeCard(world, order, std::move(charge), "");
  if (const Plan* plan = plan_id.empty() ? nullptr : FindPlan(world, plan_id)) {
    order.subscription_id = Subscribe(world, *customer, *plan, source_id, std::nullopt, &order).id;
  }
  return GoTo(order.checkout->success_url, Paid(language, *order.checkout));
}

// Runs `act` on an order that can still be paid. Of another one the page says what has become of it.
template <class Act>
HttpResponse WithPayable(World& world, const Call& call, Act act) {
  const Language language(call);
  const auto found = world.conekta.order_by_slug.find(call.path[0]);
  Order* order = found == world.conekta.order_by_slug.end() ? nullptr : world.conekta.orders.Find(found->second);
  if (order == nullptr) {
    return Note(404, language, language.Say("No existe", "No such checkout"),
                language.Say("Este enlace no es de una orden.", "This link does not belong to an order."));
  }
  if (PendingCharge(*order) != nullptr) return act(language, *order);
  if (IsSettled(*order)) return Paid(language, *order->checkout);
  if (order->checkout->status == "Issued") return act(language, *order);
  return Note(410, language, language.Say("Ya no se puede pagar", "It can no longer be paid"),
              language.Say("Vuelve a la tienda y empieza de nuevo.", "Go back to the shop and start again."),
              order->checkout->failure_url.value_or(""));
}

HttpResponse ShowCheckout(World& world, const Call& call) {
  return WithPayable(world, call, [&](const Language& language, Order& order) {
    if (PendingCharge(order) != nullptr) return ReferencePage(call, language, order);
    return CheckoutForm(world, call, language, order, 200, "");
  });
}

HttpResponse PayCheckout(World& world, const Call& call) {
  return WithPayable(world, call, [&](const Language& language, Order& order) {
    const std::string method = FieldOf(ParseForm(call.request.body), "method");
    if (PendingCharge(order) != nullptr) {
      if (method != "receive") return ReferencePage(call, language, order);
      (void)ReceiveMoney(world, order, false);
      return GoTo(order.checkout->success_url, Paid(language, *order.checkout));
    }
    if (method == "card" && Takes(*order.checkout, "card")) return PayByCard(world, call, language, order);
    const bool is_reference = (method == "cash" && Takes(*order.checkout, "cash")) ||
                              (method == "spei" && Takes(*order.checkout, "bank_transfer"));
    if (!is_reference) {
      return CheckoutForm(world, call, language, order, 422,
                          language.Say("Elige c\u00f3mo pagar.", "Choose how to pay."));
    }
    IssueReference(world, order, method, order.checkout->expires_at, true);
    return SeeOther(call.request.url.substr(0, call.request.url.find('?')) + (language.is_english() ? "?lang=en" : ""));
  });
}

}  // namespace

std::span<const Route> CheckoutPageRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/conekta/checkout/{slug}", Access::kPublic, ShowCheckout},
      Route{"POST", "/conekta/checkout/{slug}", Access::kPublic, PayCheckout},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
