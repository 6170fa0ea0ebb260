#include "core/billing/access/access_change.h"

namespace plinto::polar {
namespace {

// Read one by one, not by ApplyEvent(): what else a state can hold would double the module that back ends load.
template <class View>
Result<View> Read(const Json& data) {
  Result<View> view = Decode<View>(data);
  if (!view) return WithFieldPrefix(std::move(view).error(), "data");
  return view;
}

std::optional<std::string> TextIn(const Json& json, std::string_view member) {
  const std::string* const text = FindString(json, member);
  return text == nullptr ? std::nullopt : std::optional(*text);
}

std::string WithFraction(Timestamp at) {
  std::string text = FormatTimestamp(at);
  if (text.find('.') == std::string::npos) text.insert(text.size() - 1, ".000000");
  return text;
}

// Whose it is, of what, and when: all but the answer.
Result<AccessChange> About(const WebhookEvent& event, std::string_view customer_id) {
  const std::string* const id = FindString(event.data, customer_id);
  if (id == nullptr) return ValidationError("data." + std::string(customer_id), "The payload must name its customer.");
  const Json* const customer = FindMember(event.data, "customer");
  return AccessChange{.at = WithFraction(event.timestamp),
                      .customer_id = *id,
                      .external_id = TextIn(customer == nullptr ? event.data : *customer, "external_id"),
                      .product_id = TextIn(event.data, "product_id")};
}

using Decided = Result<std::optional<AccessChange>>;

Decided OfSubscription(const WebhookEvent& event, std::int64_t grace_days) {
  const auto subscription = Read<SubscriptionView>(event.data);
  if (!subscription) return subscription.error();
  Result<AccessChange> change = About(event, "customer_id");
  if (!change) return change.error();
  change->subscription_id = subscription->id;
  change->access = DecideSubscription(*subscription, grace_days, event.timestamp);
  return std::optional(std::move(*change));
}

Decided OfOrder(const WebhookEvent& event, const OrderView& order, const BillingState& state) {
  Result<AccessChange> change = About(event, "customer_id");
  if (!change) return change.error();
  change->order_id = order.id;
  change->access = DecideOrder(order, state);
  return std::optional(std::move(*change));
}

}  // namespace

Decided DecideAccessChange(const WebhookEvent& event, std::int64_t grace_days) {
  const std::optional<AccessChange> nothing;
  if (event.type.starts_with("subscription.")) return OfSubscription(event, grace_days);
  if (event.type == "customer.deleted") {
    Result<AccessChange> change = About(event, "id");
    if (!change) return change.error();
    change->access = {false, EntitlementReason::kCustomerDeleted, std::nullopt};
    return std::optional(std::move(*change));
  }
  if (FindString(event.data, "subscription_id") != nullptr) return nothing;
  if (event.type == "order.paid") {
    const auto order = Read<OrderView>(event.data);
    if (!order) return order.error();
    return order->product_id ? OfOrder(event, *order, {}) : Decided(nothing);
  }
  if (event.type.starts_with("refund.")) {
    auto refund = Read<RefundView>(event.data);
    if (!refund) return refund.error();
    if (!refund->revoke_benefits) return nothing;
    // It was paid, or there would be nothing to refund.
    OrderView order;
    order.id = refund->order_id;
    order.status = "paid";
    BillingState state;
    state.refunds.push_back({event.timestamp, std::move(*refund)});
    return OfOrder(event, order, state);
  }
  return nothing;
}

}  // namespace plinto::polar
