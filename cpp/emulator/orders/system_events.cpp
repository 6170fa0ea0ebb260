#include "emulator/orders/system_events.h"

#include <algorithm>

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

void Add(World& world, const Order& order, std::string_view name, Json metadata,
         std::optional<Timestamp> at = std::nullopt) {
  AddSystemEvent(world, order.customer_id, name, std::move(metadata), at);
}

void SetSource(Json& metadata, const Order& order) {
  if (!order.subscription_id.empty()) SetMember(metadata, "subscription_id", order.subscription_id);
  if (!order.product_id.empty()) SetMember(metadata, "product_id", order.product_id);
}

// Whether a payment in that currency was settled in the thirty days before, so that a rate is known.
bool IsRateKnown(const World& world, const std::string& currency, Timestamp before) {
  constexpr std::int64_t kDays = 30 * 86'400;
  return std::any_of(world.events.rows.begin(), world.events.rows.end(), [&](const UsageEvent& event) {
    const std::string* presented = FindString(event.metadata, "presentment_currency");
    return event.system && event.name == "balance.order" && presented != nullptr && *presented == currency &&
           event.timestamp < before && event.timestamp >= before.PlusSeconds(-kDays);
  });
}

// Money that goes back to the buyer is negative.
Json RefundMetadata(World& world, const Order& order, const Refund& refund, std::int64_t amount) {
  Json metadata = Json::object({{"transaction_id", world.events.ids.Uuid()},
                                {"refund_id", refund.id},
                                {"amount", amount},
                                {"currency", order.currency},
                                {"presentment_amount", amount},
                                {"presentment_currency", order.currency},
                                {"tax_amount", 0},
                                {"tax_country", nullptr},
                                {"tax_state", nullptr},
                                {"fee", 0},
                                {"exchange_rate", 1.0},
                                {"order_id", order.id},
                                {"order_created_at", IsoFormat(order.created_at)}});
  SetSource(metadata, order);
  return metadata;
}

}  // namespace

void RecordPaid(World& world, const Order& order) {
  const Product* product = world.products.Find(order.product_id);
  const Subscription* subscription = world.subscriptions.Find(order.subscription_id);
  Json metadata =
      Json::object({{"order_id", order.id},
                    {"product_id", order.product_id},
                    {"billing_type", product != nullptr && IsRecurring(*product) ? "recurring" : "one_time"},
                    {"amount", TotalOf(order)},
                    {"currency", order.currency},
                    {"net_amount", TotalOf(order)},
                    {"tax_amount", 0},
                    {"applied_balance_amount", order.applied_balance},
                    {"discount_amount", order.discount_amount},
                    {"platform_fee", order.platform_fee}});
  if (!order.discount_id.empty()) SetMember(metadata, "discount_id", order.discount_id);
  if (!order.subscription_id.empty()) SetMember(metadata, "subscription_id", order.subscription_id);
  if (subscription != nullptr) {
    SetMember(metadata, "recurring_interval", subscription->interval);
    SetMember(metadata, "recurring_interval_count", subscription->interval_count);
  }
  Add(world, order, "order.paid", std::move(metadata));
}

void RecordVoided(World& world, const Order& order) {
  Add(world, order, "order.voided",
      Json::object({{"order_id", order.id}, {"amount", TotalOf(order)}, {"currency", order.currency}}));
}

void RecordSettled(World& world, const Order& order) {
  Json metadata = Json::object({{"transaction_id", world.events.ids.Uuid()},
                                {"order_id", order.id},
                                {"amount", DueOf(order)},
                                {"net_amount", TotalOf(order)},
                                {"currency", order.currency},
                                {"presentment_amount", DueOf(order)},
                                {"presentment_currency", order.currency},
                                {"tax_amount", 0},
                                {"fee", order.platform_fee},
                                {"exchange_rate", 1.0}});
  SetSource(metadata, order);
  Add(world, order, "balance.order", std::move(metadata), order.created_at);
}

void RecordCredited(World& world, const Order& order) {
  Json metadata = Json::object({{"order_id", order.id},
                                {"amount", TotalOf(order)},
                                {"currency", order.currency},
                                {"tax_amount", 0},
                                {"fee", order.platform_fee}});
  SetSource(metadata, order);
  if (TotalOf(order) != 0 && IsRateKnown(world, order.currency, order.created_at)) {
    SetMember(metadata, "exchange_rate", 1.0);
  }
  Add(world, order, "balance.credit_order", std::move(metadata), order.created_at);
}

void RecordRefund(World& world, const Order& order, const Refund& refund) {
  Json metadata = RefundMetadata(world, order, refund, -refund.amount);
  SetMember(metadata, "refundable_amount", RefundableOf(order));
  Add(world, order, "balance.refund", std::move(metadata));
}

void RecordRefunded(World& world, const Order& order) {
  Add(world, order, "order.refunded",
      Json::object({{"order_id", order.id}, {"refunded_amount", order.refunded_amount}, {"currency", order.currency}}));
}

void RecordRefundReversal(World& world, const Order& order, const Refund& refund) {
  Add(world, order, "balance.refund_reversal", RefundMetadata(world, order, refund, refund.amount));
}

}  // namespace plinto::polar::emulator
