// /v1/customer-portal/orders/: a buyer's orders, their documents, and paying one that dunning has not collected.
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/orders/row_names.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr int kMaxCustomerRetries = 5;

HttpResponse List(World& world, const Call& call) {
  using Row = Order;
  const ListOf<Row> list = {
      .filters = {.texts = {"query"},
                  .words = {{"product_billing_type", {"one_time", "recurring"}}},
                  .uuids = {"product_id", "subscription_id"}},
      .sorts = {{"created_at", [](const Row& row) { return SortValueOf(row.created_at); }},
                {"amount", [](const Row& row) { return SortValue(TotalOf(row)); }},
                {"net_amount", [](const Row& row) { return SortValue(TotalOf(row)); }},
                {"product", [&](const Row& row) { return SortValue(ProductNameOf(world, row.product_id)); }},
                {"subscription", [](const Row& row) { return SortValue(row.subscription_id); }}},
  };
  return ListAnswer(
      call.query, list, world.orders,
      [&](const Row& row) {
        const Product* product = world.products.Find(row.product_id);
        const bool recurring = product != nullptr && IsRecurring(*product);
        return row.customer_id == call.session->customer_id && call.query.Admits("product_id", row.product_id) &&
               call.query.Admits("product_billing_type", recurring ? "recurring" : "one_time") &&
               call.query.Admits("subscription_id", row.subscription_id) &&
               AdmitsSearch(call.query, ProductNameOf(world, row.product_id));
      },
      [&](const Row& row) { return RenderPortalOrder(world, row); });
}

// An order of somebody else is not found.
Order* FindOwn(World& world, const Call& call) {
  Order* order = world.orders.Find(call.path[0]);
  return order == nullptr || order->customer_id != call.session->customer_id ? nullptr : order;
}
template <class Act>
HttpResponse WithOwnOrder(World& world, const Call& call, Act act) {
  Order* order = FindOwn(world, call);
  return order == nullptr ? ResourceNotFound() : act(*order);
}

HttpResponse Read(World& world, const Call& call) {
  return WithOwnOrder(world, call,
                      [&](const Order& order) { return JsonAnswer(200, RenderPortalOrder(world, order)); });
}

HttpResponse Update(World& world, const Call& call) {
  Order* order = FindOwn(world, call);
  if (auto refusal = ChangeBillingDetails(world, order, call)) return *std::move(refusal);
  return JsonAnswer(200, RenderPortalOrder(world, *order));
}

HttpResponse PostInvoice(World& world, const Call& call) {
  return WithOwnOrder(world, call, [&](Order& order) { return AskForInvoice(world, order); });
}

HttpResponse GetInvoice(World& world, const Call& call) {
  return WithOwnOrder(world, call, [&](const Order& order) { return ReadInvoice(world, order); });
}

HttpResponse GetReceipt(World& world, const Call& call) {
  return WithOwnOrder(world, call, [&](const Order& order) { return ReadReceipt(world, order); });
}

HttpResponse PaymentStatus(World& world, const Call& call) {
  return WithOwnOrder(world, call, [&](const Order& order) {
    const bool failed = order.last_payment == "failed";
    return JsonAnswer(
        200, Json::object({{"status", order.last_payment.empty() ? "no_payment" : order.last_payment},
                           {"error", failed ? Json(std::string(DeclineMessage(order.last_decline))) : Json(nullptr)}}));
  });
}

HttpResponse NotEligible(const Order& order) {
  return ErrorAnswer(422, "OrderNotEligibleForRetry", "Order " + order.id + " is not eligible for payment retry.");
}

HttpResponse Unusable(std::string_view detail) { return ErrorAnswer(422, "PaymentRetryValidationError", detail); }

HttpResponse Confirmation(std::string_view status, Json error) {
  return JsonAnswer(200, Json::object({{"status", status}, {"client_secret", nullptr}, {"error", std::move(error)}}));
}

// The customer's own attempt: with a new card or with one on file. A failure leaves dunning as it is.
HttpResponse ConfirmPayment(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues = call.issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto token = reader.Text("confirmation_token_id");
  const auto method_id = reader.Uuid("payment_method_id");
  if (issues.empty() && token.has_value() == method_id.has_value()) {
    issues.Add("value_error", Json::array({"body"}),
               token ? "Value error, Only one of confirmation_token_id or payment_method_id can be provided"
                     : "Value error, Either confirmation_token_id or payment_method_id must be provided",
               body.object);
  }
  Order* found = FindOwn(world, call);
  if (auto refusal = issues.Refusal(found != nullptr)) return *std::move(refusal);
  Order& order = *found;
  if (order.status != "pending" || !order.next_payment_attempt_at || order.subscription_id.empty()) {
    return NotEligible(order);
  }
  if (order.customer_retries >= kMaxCustomerRetries) {
    return ErrorAnswer(429, "ManualRetryLimitExceeded",
                       "Maximum number of manual payment retry attempts has been reached for order " + order.id + ".");
  }
  std::string decline;
  if (method_id) {
    const PaymentMethod* method = FindPaymentMethod(world, *method_id);
    if (method == nullptr || method->customer_id != order.customer_id) {
      return Unusable("Payment method does not belong to customer");
    }
    decline = DeclineOf(*method);
  } else {
    const TestCard* card = FindTestCardByToken(*token);
    if (card == nullptr) return Unusable("No such confirmation token.");
    decline = std::string(card->decline_by_buyer);
    Subscription* subscription = world.subscriptions.Find(order.subscription_id);
    Customer* customer = world.customers.Find(order.customer_id);
    if (decline.empty() && subscription != nullptr && customer != nullptr) {
      subscription->payment_method_id = SavePaymentMethod(world, *customer, *card, false).id;
    }
  }
  ++order.customer_retries;
  order.last_decline = decline;
  order.last_payment = decline.empty() ? "succeeded" : "failed";
  if (!decline.empty()) return Confirmation("failed", std::string(DeclineMessage(decline)));
  world.Enqueue({JobKind::kOrderCharge, order.id, "captured"});
  return Confirmation("succeeded", nullptr);
}

}  // namespace

std::span<const Route> PortalOrderRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/customer-portal/orders/", Access::kBilling, List},
      Route{"GET", "/v1/customer-portal/orders/{id}", Access::kBilling, Read},
      Route{"PATCH", "/v1/customer-portal/orders/{id}", Access::kBilling, Update},
      Route{"POST", "/v1/customer-portal/orders/{id}/invoice", Access::kBilling, PostInvoice, RequestBody::kNone},
      Route{"GET", "/v1/customer-portal/orders/{id}/invoice", Access::kBilling, GetInvoice},
      Route{"GET", "/v1/customer-portal/orders/{id}/receipt", Access::kBilling, GetReceipt},
      Route{"GET", "/v1/customer-portal/orders/{id}/payment-status", Access::kBilling, PaymentStatus},
      Route{"POST", "/v1/customer-portal/orders/{id}/confirm-payment", Access::kBilling, ConfirmPayment},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
