#include "server/service/mirror/facts.h"

#include "core/foundation/codec.h"
#include "core/model/checkout.h"

namespace plinto::polar::server {
namespace {

using Plans = std::span<const Plan>;

std::optional<std::string> TierOf(const std::string& product_id, Plans plans) {
  for (const Plan& plan : plans) {
    if (plan.product_id == product_id && !plan.tier.empty()) return plan.tier;
  }
  return std::nullopt;
}

Status CollectSubscription(const WebhookEvent& event, std::string content, Plans plans, Facts& facts) {
  Result<Subscription> read = Decode<Subscription>(event.data);
  if (!read) return std::move(read).error();
  std::optional<std::string> tier = TierOf(read->product_id, plans);
  facts.subscriptions.push_back({*std::move(read), event.timestamp, std::move(content), std::move(tier)});
  return Done{};
}

Status CollectOrder(const WebhookEvent& event, std::string content, Facts& facts) {
  Result<Order> read = Decode<Order>(event.data);
  if (!read) return std::move(read).error();
  facts.orders.push_back({*std::move(read), event.timestamp, std::move(content)});
  return Done{};
}

Status CollectCheckout(const WebhookEvent& event, Facts& facts) {
  Result<Checkout> read = Decode<Checkout>(event.data);
  if (!read) return std::move(read).error();
  facts.checkouts.push_back({read->id, read->status.text(), event.timestamp, read->product_id});
  return Done{};
}

Status CollectCustomer(const WebhookEvent& event, Facts& facts) {
  Result<Customer> read = Decode<Customer>(event.data);
  if (!read) return std::move(read).error();
  const bool deleted = read->deleted_at.has_value() || event.type == "customer.deleted";
  facts.customers.push_back({read->id, read->email.value_or(""), read->name.value_or(""), deleted, event.timestamp});
  return Done{};
}

// Whose state the event belongs to. A seat names its holder at most; it is kept with what it is a seat of.
const std::string* OwnerOf(const WebhookEvent& event) {
  if (!event.type.starts_with("customer_seat.")) return CustomerIdOf(event);
  const std::string* subscription = FindString(event.data, "subscription_id");
  return subscription != nullptr ? subscription : FindString(event.data, "order_id");
}

// Neither checkouts nor the orders of subscriptions decide anything. Without them, states do not grow from year to
// year.
bool DecidesNothing(const WebhookEvent& event) {
  return event.type.starts_with("checkout.") ||
         (event.type.starts_with("order.") && FindString(event.data, "subscription_id") != nullptr);
}

Status CollectBilling(const WebhookEvent& event, Facts& facts) {
  if (DecidesNothing(event)) return Done{};
  // What the reducer refuses is refused here, before anything is stored.
  const std::string* owner = OwnerOf(event);
  BillingState state{.customer_id = owner == nullptr ? "" : *owner};
  const Result<Applied> applied = ApplyEvent(state, event);
  if (!applied) return applied.error();
  if (*applied == Applied::kChanged && owner != nullptr) facts.billing.push_back(std::move(state));
  return Done{};
}

}  // namespace

Result<Facts> CollectFacts(const WebhookEvent& event, std::string content, Plans plans) {
  Facts facts;
  Status collected = Done{};
  if (event.type.starts_with("subscription.")) {
    collected = CollectSubscription(event, std::move(content), plans, facts);
  } else if (event.type.starts_with("order.")) {
    collected = CollectOrder(event, std::move(content), facts);
  } else if (event.type.starts_with("checkout.")) {
    collected = CollectCheckout(event, facts);
  } else if (event.type == "customer.created" || event.type == "customer.updated" || event.type == "customer.deleted") {
    collected = CollectCustomer(event, facts);
  }
  if (collected) collected = CollectBilling(event, facts);
  if (!collected) return std::move(collected).error();
  return facts;
}

}  // namespace plinto::polar::server
