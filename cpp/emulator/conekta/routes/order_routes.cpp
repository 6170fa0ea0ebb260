// /orders and /charges: create, read, list, change, charge, capture, cancel, refund.
#include <array>

#include "emulator/conekta/body.h"
#include "emulator/conekta/lists.h"
#include "emulator/conekta/order_body.h"
#include "emulator/conekta/tokens.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::int64_t kUsualReference = 86'400;
constexpr std::int64_t kLongestReference = 365 * 86'400;

template <class Act>
HttpResponse WithOrder(World& world, const Call& call, Act act) {
  Order* order = world.conekta.orders.Find(call.path[0]);
  return order == nullptr ? NotFound(world, call.request, "Order", call.path[0]) : act(*order);
}

// A charge as a request wants it, read before anything happens.
struct Wish {
  Charge charge = {};
  std::string token_id = {};
  std::string decline = {};
};

Wish ReadCharge(World& world, const Json& object, const std::string& path, const Order& order,
                std::vector<Detail>& details) {
  constexpr std::array<std::string_view, 5> kTypes = {"card", "cash", "spei", "bnpl", "pay_by_bank"};
  Wish wish;
  Body body(object, path, details);
  body.Allow({"payment_method", "amount", "reference_id"});
  if (const auto amount = body.Integer("amount", 1); amount && *amount != order.Amount()) {
    body.Refuse("amount", {"debe ser el total de la orden", "must be the order's total"});
  }
  wish.charge.reference_id = body.Text("reference_id");
  const Json* method_object = body.Require("payment_method") ? body.Object("payment_method") : nullptr;
  if (method_object == nullptr) return wish;
  Body method(*method_object, body.PathOf("payment_method"), details);
  method.Allow({"type", "token_id", "payment_source_id", "monthly_installments", "expires_at", "contract_id", "cvc",
                "customer_ip_address"});
  if (method.Require("type")) wish.charge.method = method.Choice("type", kTypes).value_or("");
  wish.charge.monthly_installments = method.Integer("monthly_installments", 3, 24);
  wish.charge.expires_at = method.Time("expires_at");
  const auto expires = wish.charge.expires_at.value_or(world.now.PlusSeconds(1)).Seconds() - world.now.Seconds();
  if (expires <= 0 || expires > kLongestReference) {
    method.Refuse("expires_at", {"debe estar en los proximos 365 dias", "must be within the next 365 days"});
  }
  if (wish.charge.method != "card") return wish;
  wish.token_id = method.Text("token_id").value_or("");
  wish.charge.source_id = method.Text("payment_source_id").value_or("");
  if (wish.token_id.empty() == wish.charge.source_id.empty()) method.Require("token_id");
  if (wish.charge.source_id.empty()) return wish;
  const Customer* customer = CustomerWithId(world, order.customer_id);
  const Source* source = customer == nullptr ? nullptr : FindCard(world, *customer, wish.charge.source_id);
  if (source == nullptr) {
    method.Refuse("payment_source_id", {"no es una tarjeta del cliente", "is no card of the customer"});
    return wish;
  }
  wish.charge.card = source->card;
  wish.decline = OffSessionDecline(*source);
  return wish;
}

// Carries a wish out. Another status than 0: why the token was refused, before anything has happened.
HttpResponse TakeCard(World& world, const HttpRequest& request, Wish& wish) {
  if (wish.token_id.empty()) return {};
  auto card = TakeToken(world, request, wish.token_id, "payment_method.token_id");
  if (auto* refusal = std::get_if<HttpResponse>(&card)) return std::move(*refusal);
  wish.charge.card = std::get<Card>(std::move(card));
  wish.decline = wish.charge.card.kind->decline_by_buyer;
  return {};
}

void CarryOut(World& world, Order& order, const Wish& wish) {
  if (wish.charge.method == "card") return ChargeCard(world, order, wish.charge, wish.decline);
  IssueReference(world, order, wish.charge.method,
                 wish.charge.expires_at.value_or(world.now.PlusSeconds(kUsualReference)), false);
  order.charges.back().reference_id = wish.charge.reference_id;
}

bool IsLackingMethod(const Wish& wish) { return wish.charge.method == "bnpl" || wish.charge.method == "pay_by_bank"; }

HttpResponse CreateOrder(World& world, const Call& call) {
  const Json object = ReadBody(call.request);
  std::vector<Detail> details;
  Order fields;
  ReadOrder(world, object, true, fields, details);
  Body body(object, "", details);
  const std::vector<Json> charges = body.List("charges");
  if (charges.size() > 1) return Lacking(world, call.request, "orders that are paid by several charges");
  Wish wish;
  if (!charges.empty()) wish = ReadCharge(world, charges.front(), "charges[0]", fields, details);
  if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
  if (IsLackingMethod(wish)) return Lacking(world, call.request, "charges of type " + wish.charge.method);
  if (HttpResponse refusal = TakeCard(world, call.request, wish); refusal.status != 0) return refusal;
  Order& order = AddOrder(world, std::move(fields));
  if (!charges.empty()) CarryOut(world, order, wish);
  if (order.status != "declined") return JsonAnswer(200, RenderOrder(world, order));
  return CardDeclined(world, call.request, order.charges.back().failure_code, RenderOrder(world, order));
}

HttpResponse ReadOneOrder(World& world, const Call& call) {
  return WithOrder(world, call, [&](Order& order) { return JsonAnswer(200, RenderOrder(world, order)); });
}

HttpResponse ListOrders(World& world, const Call& call) {
  return ListOfRows(
      world, call, world.conekta.orders,
      [&](const Order& one) {
        const std::string* name = FindString(one.customer_info, "name");
        const std::string* email = FindString(one.customer_info, "email");
        const std::string last = one.charges.empty() ? "" : one.charges.back().status;
        return AdmitsSearch(call, {one.id, name == nullptr ? "" : *name, email == nullptr ? "" : *email}) &&
               AdmitsText(call, "payment_status", one.status) && AdmitsText(call, "last_payment_info.status", last) &&
               AdmitsTime(call, "created_at", one.created_at) && AdmitsTime(call, "updated_at", one.updated_at);
      },
      [&](const Order& one) { return RenderOrder(world, one); });
}

HttpResponse UpdateOrder(World& world, const Call& call) {
  return WithOrder(world, call, [&](Order& order) {
    if (IsSettled(order)) return AlreadyCharged(world, call.request);
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Order changed = order;
    ReadOrder(world, object, false, changed, details);
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    const Json* charges = FindMember(object, "charges");
    const Json* checkout = FindMember(object, "checkout");
    if ((charges != nullptr && !charges->is_null()) || (checkout != nullptr && !checkout->is_null())) {
      return Lacking(world, call.request, "charges and checkout in PUT /orders/{id}");
    }
    order = std::move(changed);
    order.updated_at = world.now;
    Tell(world, "order.updated", RenderOrder(world, order));
    return JsonAnswer(200, RenderOrder(world, order));
  });
}

HttpResponse CreateCharge(World& world, const Call& call) {
  return WithOrder(world, call, [&](Order& order) {
    if (IsSettled(order)) return AlreadyCharged(world, call.request);
    std::vector<Detail> details;
    Wish wish = ReadCharge(world, ReadBody(call.request), "", order, details);
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    if (IsLackingMethod(wish)) return Lacking(world, call.request, "charges of type " + wish.charge.method);
    if (HttpResponse refusal = TakeCard(world, call.request, wish); refusal.status != 0) return refusal;
    CarryOut(world, order, wish);
    const Charge& charge = order.charges.back();
    if (charge.status != "declined") return JsonAnswer(200, RenderCharge(world, order, charge));
    return CardDeclined(world, call.request, charge.failure_code, RenderOrder(world, order));
  });
}

HttpResponse CaptureOrder(World& world, const Call& call) {
  return WithOrder(world, call, [&](Order& order) {
    if (order.status != "pre_authorized") {
      return Invalid(world, call.request, "order.not_preauthorized", "",
                     {"La orden no esta preautorizada.", "The order is not pre-authorized."});
    }
    Capture(world, order);
    return JsonAnswer(200, RenderOrder(world, order));
  });
}

HttpResponse CancelOrder(World& world, const Call& call) {
  return WithOrder(world, call, [&](Order& order) {
    const bool may = order.status.empty() || order.status == "pending_payment" || order.status == "pre_authorized" ||
                     order.status == "declined";
    if (!may) {
      return Invalid(world, call.request, "order.cannot_be_canceled", "",
                     {"La orden no puede cancelarse: esta " + order.status + ".",
                      "The order cannot be canceled: it is " + order.status + "."});
    }
    Cancel(world, order);
    return JsonAnswer(200, RenderOrder(world, order));
  });
}

HttpResponse CreateRefund(World& world, const Call& call) {
  return WithOrder(world, call, [&](Order& order) {
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Body body(object, "", details);
    body.Allow({"amount", "reason", "expires_at"});
    const Charge* paid = PaidCharge(order);
    const bool may = order.status == "paid" || order.status == "partially_refunded";
    const std::int64_t left = paid == nullptr || !may ? 0 : paid->amount - order.Refunded();
    const auto amount = body.RequireInteger("amount", 1);
    const auto reason = body.RequireText("reason");
    const auto expires_at = body.Time("expires_at");
    if (amount && *amount > left) {
      body.Refuse("amount", {"excede lo que se puede reembolsar: " + std::to_string(left),
                             "exceeds what can be refunded: " + std::to_string(left)});
    }
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    (void)RefundOrder(world, order, *amount, *reason, expires_at);
    return JsonAnswer(200, RenderOrder(world, order));
  });
}

HttpResponse DeleteRefund(World& world, const Call& call) {
  return WithOrder(world, call, [&](Order& order) {
    const Charge* paid = PaidCharge(order);
    if (paid != nullptr && paid->method == "card") {
      return Invalid(world, call.request, "refund.cannot_be_canceled", "",
                     {"El reembolso a una tarjeta no puede cancelarse.", "A refund to a card cannot be canceled."});
    }
    if (!CancelRefund(world, order, call.path[1])) return NotFound(world, call.request, "Refund", call.path[1]);
    return JsonAnswer(200, RenderOrder(world, order));
  });
}

// A charge with its order, as a row of a list.
struct ChargeRow {
  std::string id;
  const Order* order;
  const Charge* charge;
};

HttpResponse ListCharges(World& world, const Call& call) {
  std::vector<ChargeRow> rows;
  for (const Order& order : world.conekta.orders) {
    for (const Charge& charge : order.charges) rows.push_back({charge.id, &order, &charge});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const ChargeRow& left, const ChargeRow& right) {
    return left.charge->created_at < right.charge->created_at;
  });
  return ListOfRows(
      world, call, rows,
      [&](const ChargeRow& one) {
        return AdmitsSearch(call, {one.id, one.order->id});
      },
      [&](const ChargeRow& one) { return RenderCharge(world, *one.order, *one.charge); });
}

}  // namespace

std::span<const Route> OrderRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/conekta/orders", Access::kOrganization, CreateOrder},
      Route{"GET", "/conekta/orders", Access::kOrganization, ListOrders},
      Route{"GET", "/conekta/orders/{id}", Access::kOrganization, ReadOneOrder},
      Route{"PUT", "/conekta/orders/{id}", Access::kOrganization, UpdateOrder},
      Route{"POST", "/conekta/orders/{id}/charges", Access::kOrganization, CreateCharge},
      Route{"POST", "/conekta/orders/{id}/capture", Access::kOrganization, CaptureOrder},
      Route{"POST", "/conekta/orders/{id}/cancel", Access::kOrganization, CancelOrder},
      Route{"POST", "/conekta/orders/{id}/refunds", Access::kOrganization, CreateRefund},
      Route{"DELETE", "/conekta/orders/{id}/refunds/{refund_id}", Access::kOrganization, DeleteRefund},
      Route{"GET", "/conekta/charges", Access::kOrganization, ListCharges},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
