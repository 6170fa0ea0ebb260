// The customer portal page: subscriptions, orders with invoices, benefits, usage, payment methods. A client of the
// customer portal's API, whose session token it was opened with.
#include <array>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "emulator/api/router.h"
#include "emulator/pages/page_api.h"
#include "emulator/pages/pages.h"
#include "emulator/pages/portal_billing.h"
#include "emulator/pages/portal_view.h"
#include "emulator/pages/price_text.h"
#include "emulator/pages/test_cards.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kApi = "/v1/customer-portal";

HttpResponse NoSession() {
  return NoticePage(401, "Your session has ended", "Open the portal again from the app that you came from.");
}

ApiAnswer Ask(World& world, const std::string& token, std::string_view method, std::string_view path,
              const Json& body = nullptr) {
  return AskApi(world, method, std::string(kApi) + std::string(path), body, token);
}

// The rows of a list; nothing when the session may not see it, or when there is no such list.
std::optional<std::vector<Json>> ItemsOf(World& world, const std::string& token, std::string_view path) {
  const ApiAnswer answer = Ask(world, token, "GET", path);
  if (!answer.ok()) return std::nullopt;
  return LookList(answer.json, "items");
}

// What anybody may buy by subscription: what the portal offers to change to.
std::vector<PlanChoice> PlansOf(const World& world) {
  std::vector<PlanChoice> plans;
  for (const Product& product : world.products) {
    const Price* price = MainPrice(world, product);
    if (!IsRecurring(product) || product.is_archived || product.visibility != "public" || price == nullptr) continue;
    if (price->kind == PriceKind::kCustom) continue;
    const std::string interval = IntervalText(product.recurring_interval, product.recurring_interval_count);
    plans.push_back({product.id, product.name + ", " + PriceOverTime(RenderPrice(world, *price), interval)});
  }
  return plans;
}

PortalFrame FrameOf(const World& world, const std::string& token) {
  return {"/" + world.organization.slug + "/portal", token};
}

HttpResponse PortalPage(World& world, const std::string& token, int status, std::string_view problem) {
  const ApiAnswer me = Ask(world, token, "GET", "/customers/me");
  const Session* session = FindSession(world, token);
  if (session == nullptr || me.status == 401) return NoSession();
  const Customer* customer = FindCustomer(world, session->customer_id);
  if (customer == nullptr) return NoSession();
  const PortalFrame frame = FrameOf(world, token);
  std::string body;
  if (const auto url = session->return_url ? ParseUrl(*session->return_url) : std::nullopt) {
    body += "<a class=\"back\" data-action=\"back\"" + Attribute("href", *session->return_url) + ">Back to " +
            Escape(url->host) + "</a>\n";
  }
  const std::string who = customer->name.value_or(customer->email.value_or("your subscriptions"));
  body += "<h1>Your subscriptions</h1>\n<p class=\"soft\">Signed in as " + Escape(who) + "</p>\n" + Problem(problem);
  const auto subscriptions = ItemsOf(world, token, "/subscriptions/?limit=100").value_or(std::vector<Json>());
  const std::vector<PlanChoice> plans = PlansOf(world);
  for (const Json& subscription : subscriptions) {
    ApiAnswer seats;
    if (LookInteger(subscription, "seats") > 0) {
      seats = Ask(world, token, "GET", "/seats?subscription_id=" + LookText(subscription, "id"));
    }
    body += SubscriptionCard(frame, subscription, plans, seats.ok() ? seats.json : Json(nullptr));
  }
  if (subscriptions.empty())
    body += "<section class=\"card\">\n<p class=\"soft\">You have no subscriptions.</p>\n</section>\n";
  if (const auto grants = ItemsOf(world, token, "/benefit-grants/?limit=100")) body += BenefitsCard(*grants);
  if (const auto meters = ItemsOf(world, token, "/meters/?limit=100")) body += MetersCard(*meters);
  if (const auto orders = ItemsOf(world, token, "/orders/?limit=100&sorting=-created_at"))
    body += OrdersCard(frame, *orders);
  if (const auto methods = ItemsOf(world, token, "/customers/me/payment-methods?limit=100")) {
    body += CardsCard(frame, *methods);
  }
  if (me.ok()) body += BillingCard(frame, me.json);
  return PageAnswer(status, {.title = "Customer portal", .body = std::move(body)});
}

HttpResponse Show(World& world, const Call& call) {
  const std::string* token = call.query.Find("customer_session_token");
  return token == nullptr ? NoSession() : PortalPage(world, *token, 200, "");
}

// Sends what a form asks for; then shows the portal again, with what was refused.
template <class Make>
HttpResponse Act(World& world, const Call& call, Make make) {
  const FormFields form = ParseForm(call.request.body);
  const std::string token = FieldOf(form, "customer_session_token");
  if (FindSession(world, token) == nullptr) return NoSession();
  const ApiAnswer answer = make(form, token);
  if (!answer.ok()) return PortalPage(world, token, answer.status, RefusalOf(answer).text);
  // What follows from it at once is shown at once.
  world.RunUntil(world.now);
  std::string back = "/" + world.organization.slug + "/portal";
  AppendQuery(back, "customer_session_token", token);
  return SeeOther(std::move(back));
}

template <class Body>
HttpResponse Patch(World& world, const Call& call, Body body) {
  return Act(world, call, [&](const FormFields& form, const std::string& token) {
    return Ask(world, token, "PATCH", "/subscriptions/" + PercentEncode(call.path[0]), body(form));
  });
}

HttpResponse Cancel(World& world, const Call& call) {
  return Patch(world, call, [](const FormFields&) { return Json::object({{"cancel_at_period_end", true}}); });
}

HttpResponse Keep(World& world, const Call& call) {
  return Patch(world, call, [](const FormFields&) { return Json::object({{"cancel_at_period_end", false}}); });
}

HttpResponse Resume(World& world, const Call& call) {
  return Patch(world, call, [](const FormFields&) { return Json::object({{"resume", true}}); });
}

HttpResponse ChangePlan(World& world, const Call& call) {
  return Patch(world, call, [](const FormFields& form) {
    return Json::object({{"product_id", FieldOf(form, "product_id")}});
  });
}

HttpResponse ChangeCount(World& world, const Call& call, std::string_view name) {
  return Patch(world, call, [&](const FormFields& form) {
    const std::string text = FieldOf(form, name);
    const auto count = ParseInteger(text);
    return Json::object({{name, count ? Json(*count) : Json(text)}});
  });
}

HttpResponse ChangeSeats(World& world, const Call& call) { return ChangeCount(world, call, "seats"); }
HttpResponse ChangeUnits(World& world, const Call& call) { return ChangeCount(world, call, "units"); }

HttpResponse AssignSeat(World& world, const Call& call) {
  return Act(world, call, [&](const FormFields& form, const std::string& token) {
    return Ask(world, token, "POST", "/seats",
               Json::object({{"subscription_id", call.path[0]}, {"email", FieldOf(form, "email")}}));
  });
}

HttpResponse RevokeSeat(World& world, const Call& call) {
  return Act(world, call, [&](const FormFields&, const std::string& token) {
    return Ask(world, token, "DELETE", "/seats/" + PercentEncode(call.path[0]));
  });
}

HttpResponse SaveCard(World& world, const Call& call) {
  return Act(world, call, [&](const FormFields& form, const std::string& token) {
    const std::string_view card = TokenOfCard(FieldOf(form, "card_number"));
    if (card.empty()) {
      return ApiAnswer{400, Json::object({{"detail", "The emulator takes test cards only."}})};
    }
    return Ask(world, token, "POST", "/customers/me/payment-methods",
               Json::object({{"confirmation_token_id", std::string(card)},
                             {"set_default", true},
                             {"return_url", world.config.public_url}}));
  });
}

HttpResponse DeleteCard(World& world, const Call& call) {
  return Act(world, call, [&](const FormFields&, const std::string& token) {
    return Ask(world, token, "DELETE", "/customers/me/payment-methods/" + PercentEncode(call.path[0]));
  });
}

HttpResponse SaveBilling(World& world, const Call& call) {
  return Act(world, call, [&](const FormFields& form, const std::string& token) {
    return Ask(world, token, "PATCH", "/customers/me", BillingDetailsOf(form));
  });
}

std::string OrderPath(const Call& call) { return "/orders/" + PercentEncode(call.path[0]); }

// Asks for the name and the address that an invoice needs, or says why there is none.
HttpResponse InvoiceRefused(World& world, const Call& call, const std::string& token, const FormFields& typed,
                            const ApiAnswer& refused) {
  const bool lacks = LookText(refused.json, "error") == "MissingInvoiceBillingDetails";
  const ApiAnswer order = Ask(world, token, "GET", OrderPath(call));
  if (!order.ok() || (!lacks && typed.empty())) {
    return PortalPage(world, token, refused.status, RefusalOf(refused).text);
  }
  const std::string problem = typed.empty() ? "" : RefusalOf(refused).text;
  return PageAnswer(refused.status, {.title = "Billing details",
                                     .body = InvoiceDetails(FrameOf(world, token), order.json, typed, problem)});
}

// Makes the invoice where there is none yet, and goes to it. `typed`: the billing details that it was asked for with.
HttpResponse GoToInvoice(World& world, const Call& call, const std::string& token, const FormFields& typed) {
  const std::string path = OrderPath(call) + "/invoice";
  ApiAnswer invoice = Ask(world, token, "GET", path);
  if (!invoice.ok()) {
    const ApiAnswer asked = Ask(world, token, "POST", path);
    if (!asked.ok()) return InvoiceRefused(world, call, token, typed, asked);
    world.RunUntil(world.now);
    invoice = Ask(world, token, "GET", path);
  }
  if (!invoice.ok()) return PortalPage(world, token, invoice.status, RefusalOf(invoice).text);
  return SeeOther(LookText(invoice.json, "url"));
}

HttpResponse OpenInvoice(World& world, const Call& call) {
  const std::string token = FieldOf(ParseForm(call.request.body), "customer_session_token");
  if (FindSession(world, token) == nullptr) return NoSession();
  return GoToInvoice(world, call, token, {});
}

HttpResponse SaveOrderBilling(World& world, const Call& call) {
  const FormFields form = ParseForm(call.request.body);
  const std::string token = FieldOf(form, "customer_session_token");
  if (FindSession(world, token) == nullptr) return NoSession();
  const ApiAnswer saved = Ask(world, token, "PATCH", OrderPath(call), BillingDetailsOf(form));
  if (!saved.ok()) return InvoiceRefused(world, call, token, form, saved);
  // For later invoices, where the session may: a member has no say in whom the team's are for.
  (void)Ask(world, token, "PATCH", "/customers/me", BillingDetailsOf(form));
  return GoToInvoice(world, call, token, form);
}

}  // namespace

std::span<const Route> PortalPageRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/emulator/portal", Access::kPublic, Show},
      Route{"POST", "/emulator/portal/subscriptions/{id}/cancel", Access::kPublic, Cancel},
      Route{"POST", "/emulator/portal/subscriptions/{id}/uncancel", Access::kPublic, Keep},
      Route{"POST", "/emulator/portal/subscriptions/{id}/resume", Access::kPublic, Resume},
      Route{"POST", "/emulator/portal/subscriptions/{id}/change", Access::kPublic, ChangePlan},
      Route{"POST", "/emulator/portal/subscriptions/{id}/seats", Access::kPublic, ChangeSeats},
      Route{"POST", "/emulator/portal/subscriptions/{id}/units", Access::kPublic, ChangeUnits},
      Route{"POST", "/emulator/portal/subscriptions/{id}/assign", Access::kPublic, AssignSeat},
      Route{"POST", "/emulator/portal/seats/{id}/revoke", Access::kPublic, RevokeSeat},
      Route{"POST", "/emulator/portal/orders/{id}/invoice", Access::kPublic, OpenInvoice},
      Route{"POST", "/emulator/portal/orders/{id}/billing", Access::kPublic, SaveOrderBilling},
      Route{"POST", "/emulator/portal/billing", Access::kPublic, SaveBilling},
      Route{"POST", "/emulator/portal/cards", Access::kPublic, SaveCard},
      Route{"POST", "/emulator/portal/cards/{id}/delete", Access::kPublic, DeleteCard},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
