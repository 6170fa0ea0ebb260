// Subscriptions as JSON: the merchant's, the portal's, and those inside orders and customer states.
#include <array>

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Json RenderSubscribedPrices(const World& world, const Subscription& subscription) {
  std::vector<std::string> ids;
  for (const SubscribedPrice& price : subscription.prices) ids.push_back(price.price_id);
  return RenderPrices(world, ids);
}

Json RenderPendingUpdate(const Subscription& subscription) {
  if (!subscription.pending_update) return nullptr;
  const PendingUpdate& pending = *subscription.pending_update;
  return Json::object({
      {"created_at", ToJson(pending.created_at)},
      {"modified_at", OrNull(pending.modified_at)},
      {"id", pending.id},
      {"applies_at", ToJson(pending.applies_at)},
      {"product_id", IdOrNull(pending.product_id)},
      {"seats", OrNull(pending.quantity.seats)},
      {"units", OrNull(pending.quantity.units)},
  });
}

}  // namespace

Json RenderSubscriptionBase(const Subscription& subscription) {
  return Json::object({
      {"created_at", ToJson(subscription.created_at)},
      {"modified_at", OrNull(subscription.modified_at)},
      {"id", subscription.id},
      {"amount", subscription.amount},
      {"currency", subscription.currency},
      {"recurring_interval", subscription.interval},
      {"recurring_interval_count", subscription.interval_count},
      {"status", ToText(subscription.status)},
      {"current_period_start", ToJson(subscription.period_start)},
      {"current_period_end", ToJson(subscription.period_end)},
      {"current_meter_period_start", OrNull(subscription.meter_period_start)},
      {"current_meter_period_end", OrNull(subscription.meter_period_end)},
      {"trial_start", OrNull(subscription.trial_start)},
      {"trial_end", OrNull(subscription.trial_end)},
      {"cancel_at_period_end", subscription.cancel_at_period_end},
      {"canceled_at", OrNull(subscription.canceled_at)},
      {"started_at", OrNull(subscription.started_at)},
      {"ends_at", OrNull(subscription.ends_at)},
      {"ended_at", OrNull(subscription.ended_at)},
      {"past_due_at", OrNull(subscription.past_due_at)},
      {"pause_at_period_end", subscription.pause_at_period_end},
      {"paused_at", OrNull(subscription.paused_at)},
      {"resumes_at", OrNull(subscription.resumes_at)},
      {"customer_id", subscription.customer_id},
      {"product_id", subscription.product_id},
      {"discount_id", IdOrNull(subscription.discount_id)},
      {"checkout_id", IdOrNull(subscription.checkout_id)},
      {"seats", OrNull(subscription.quantity.seats)},
      {"units", OrNull(subscription.quantity.units)},
      {"customer_cancellation_reason", OrNull(subscription.cancellation_reason)},
      {"customer_cancellation_comment", OrNull(subscription.cancellation_comment)},
  });
}

Json RenderOrderSubscription(const Subscription& subscription) {
  Json json = RenderSubscriptionBase(subscription);
  SetMember(json, "metadata", subscription.metadata);
  return json;
}

Json RenderSubscription(const World& world, const Subscription& subscription) {
  const Customer* customer = world.customers.Find(subscription.customer_id);
  const Product* product = world.products.Find(subscription.product_id);
  Json json = RenderOrderSubscription(subscription);
  SetMember(json, "custom_field_data", subscription.custom_field_data);
  SetMember(json, "customer", customer == nullptr ? Json(nullptr) : RenderCustomer(world, *customer));
  SetMember(json, "product", product == nullptr ? Json(nullptr) : RenderProduct(world, *product));
  SetMember(json, "discount", DiscountOrNull(world, subscription.discount_id));
  SetMember(json, "prices", RenderSubscribedPrices(world, subscription));
  SetMember(json, "meters", RenderSubscriptionMeters(world, subscription));
  SetMember(json, "pending_update", RenderPendingUpdate(subscription));
  return json;
}

Json RenderPortalSubscription(const World& world, const Subscription& subscription) {
  const Product* product = world.products.Find(subscription.product_id);
  Json json = RenderSubscriptionBase(subscription);
  SetMember(json, "product", product == nullptr ? Json(nullptr) : RenderPortalProduct(world, *product));
  SetMember(json, "prices", RenderSubscribedPrices(world, subscription));
  SetMember(json, "meters", RenderSubscriptionMeters(world, subscription));
  SetMember(json, "pending_update", RenderPendingUpdate(subscription));
  return json;
}

Json RenderStateSubscription(const Subscription& subscription) {
  constexpr std::array<std::string_view, 21> kMembers = {"id",
                                                         "created_at",
                                                         "modified_at",
                                                         "custom_field_data",
                                                         "metadata",
                                                         "status",
                                                         "amount",
                                                         "currency",
                                                         "recurring_interval",
                                                         "current_period_start",
                                                         "current_period_end",
                                                         "trial_start",
                                                         "trial_end",
                                                         "cancel_at_period_end",
                                                         "canceled_at",
                                                         "started_at",
                                                         "ends_at",
                                                         "seats",
                                                         "units",
                                                         "product_id",
                                                         "discount_id"};
  Json all = RenderOrderSubscription(subscription);
  SetMember(all, "custom_field_data", subscription.custom_field_data);
  Json json = Json::object();
  for (const std::string_view name : kMembers) SetMember(json, name, *FindMember(all, name));
  Json meters = Json::array();
  for (const SubscriptionMeter& meter : subscription.meters) meters.push_back(RenderSubscriptionMeter(meter));
  SetMember(json, "meters", std::move(meters));
  return json;
}

}  // namespace plinto::polar::emulator
