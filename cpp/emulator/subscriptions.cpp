#include "emulator/subscriptions.h"

#include <initializer_list>

#include "emulator/answers.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Timestamp NextPeriodEnd(const Subscription& subscription) {
  const Timestamp start = subscription.period_end;
  if (subscription.interval == "day") return start.PlusSeconds(86'400 * subscription.interval_count);
  if (subscription.interval == "week") return start.PlusSeconds(7 * 86'400 * subscription.interval_count);
  const std::int64_t months = subscription.interval == "year" ? 12 : 1;
  return AddMonths(start, months * subscription.interval_count, subscription.anchor_day);
}

void StartPeriod(World& world, Subscription& subscription) {
  subscription.period_start = subscription.period_end;
  subscription.period_end = NextPeriodEnd(subscription);
  world.Schedule(subscription.period_end,
                 {JobKind::kPeriodEnd, subscription.id, FormatTimestamp(subscription.period_end)});
}

// The first period from now on, or the trial before it.
void BeginPeriods(World& world, Subscription& subscription, std::optional<Timestamp> trial_end) {
  subscription.status = trial_end ? "trialing" : "active";
  subscription.trial_start = trial_end ? std::optional(world.now) : std::nullopt;
  subscription.trial_end = trial_end;
  if (!trial_end) {
    if (!subscription.discount_id.empty()) subscription.discounted_at = world.now;
    subscription.period_end = world.now;
    return StartPeriod(world, subscription);
  }
  subscription.period_start = world.now;
  subscription.period_end = *trial_end;
  world.Schedule(subscription.period_end,
                 {JobKind::kPeriodEnd, subscription.id, FormatTimestamp(subscription.period_end)});
}

// The one fan-out that every change passes: the events in Polar's order, then the customer's state.
void Announce(World& world, const Subscription& subscription, std::initializer_list<std::string_view> types) {
  const Json data = RenderSubscription(world, subscription);
  for (const std::string_view type : types) Emit(world, type, data);
  if (Customer* customer = world.customers.Find(subscription.customer_id)) TouchState(world, *customer);
}

void End(World& world, Subscription& subscription) {
  subscription.status = "canceled";
  subscription.ended_at = world.now;
  subscription.modified_at = world.now;
  Announce(world, subscription, {"subscription.updated", "subscription.canceled", "subscription.revoked"});
  world.Enqueue({JobKind::kRevokeBenefits, subscription.id});
}

HttpResponse AlreadyCanceled() {
  return ErrorAnswer(403, "AlreadyCanceledSubscription",
                     "This subscription is already canceled or will be at the end of the period.");
}

void Note(Subscription& subscription, Cancellation cancellation) {
  if (cancellation.reason) subscription.cancellation_reason = std::move(cancellation.reason);
  if (cancellation.comment) subscription.cancellation_comment = std::move(cancellation.comment);
}

}  // namespace

bool IsActive(const Subscription& subscription) {
  return subscription.status == "active" || subscription.status == "trialing";
}

bool IsBillable(const Subscription& subscription) {
  return IsActive(subscription) || subscription.status == "past_due";
}

std::int64_t SubtotalOf(const World& world, const Subscription& subscription) {
  std::int64_t subtotal = 0;
  for (const std::string& id : subscription.price_ids) {
    if (const Price* price = world.prices.Find(id))
      subtotal += AmountOf(*price, subscription.seats, subscription.chosen);
  }
  return subtotal;
}

std::int64_t AmountAfterDiscount(const World& world, const Subscription& subscription) {
  const std::int64_t subtotal = SubtotalOf(world, subscription);
  const Discount* discount = world.discounts.Find(subscription.discount_id);
  return discount == nullptr ? subtotal : subtotal - DiscountOff(*discount, subtotal, subscription.currency);
}

Subscription& StartSubscription(World& world, NewSubscription fields) {
  const Product* product = world.products.Find(fields.product_id);
  Subscription& subscription = world.subscriptions.Add({
      .id = world.random.Uuid(),
      .created_at = world.now,
      .currency = std::move(fields.currency),
      .interval = product == nullptr ? "month" : product->recurring_interval,
      .interval_count = product == nullptr ? 1 : product->recurring_interval_count,
      .anchor_day = ToCivilDate(world.now).day,
      .period_end = world.now,
      .started_at = world.now,
      .customer_id = std::move(fields.customer_id),
      .product_id = std::move(fields.product_id),
      .price_ids = std::move(fields.price_ids),
      .chosen = fields.chosen,
      .seats = fields.seats,
      .discount_id = std::move(fields.discount_id),
      .checkout_id = std::move(fields.checkout_id),
      .metadata = std::move(fields.metadata),
      .custom_field_data = std::move(fields.custom_field_data),
  });
  subscription.amount = AmountAfterDiscount(world, subscription);
  BeginPeriods(world, subscription, fields.trial_end);
  Announce(world, subscription, {"subscription.created", "subscription.active", "subscription.updated"});
  world.Enqueue({JobKind::kGrantBenefits, subscription.id});
  return subscription;
}

void UpgradeSubscription(World& world, Subscription& subscription, NewSubscription fields) {
  const Product* product = world.products.Find(fields.product_id);
  if (product == nullptr) return;
  subscription.interval = product->recurring_interval;
  subscription.interval_count = product->recurring_interval_count;
  subscription.anchor_day = ToCivilDate(world.now).day;
  subscription.product_id = std::move(fields.product_id);
  subscription.price_ids = std::move(fields.price_ids);
  subscription.currency = std::move(fields.currency);
  subscription.chosen = fields.chosen;
  subscription.seats = fields.seats;
  subscription.discount_id = std::move(fields.discount_id);
  subscription.checkout_id = std::move(fields.checkout_id);
  if (const auto* metadata = fields.metadata.get_ptr<const Json::object_t*>()) {
    for (const auto& [key, value] : *metadata) SetMember(subscription.metadata, key, value);
  }
  subscription.custom_field_data = std::move(fields.custom_field_data);
  subscription.amount = AmountAfterDiscount(world, subscription);
  subscription.modified_at = world.now;
  BeginPeriods(world, subscription, fields.trial_end);
  Announce(world, subscription, {"subscription.updated"});
  world.Enqueue({JobKind::kGrantBenefits, subscription.id});
}

std::optional<HttpResponse> CancelAtPeriodEnd(World& world, Subscription& subscription, Cancellation cancellation) {
  if (!IsBillable(subscription) || subscription.cancel_at_period_end) return AlreadyCanceled();
  subscription.cancel_at_period_end = true;
  subscription.canceled_at = world.now;
  subscription.ends_at = subscription.period_end;
  subscription.modified_at = world.now;
  Note(subscription, std::move(cancellation));
  Announce(world, subscription, {"subscription.updated", "subscription.canceled"});
  return std::nullopt;
}

std::optional<HttpResponse> Uncancel(World& world, Subscription& subscription) {
  if (!IsBillable(subscription)) return AlreadyCanceled();
  if (!subscription.cancel_at_period_end) {
    return ErrorAnswer(409, "SubscriptionNotScheduledToCancel", "This subscription is not scheduled to cancel.");
  }
  subscription.cancel_at_period_end = false;
  subscription.canceled_at.reset();
  subscription.ends_at.reset();
  subscription.cancellation_reason.reset();
  subscription.cancellation_comment.reset();
  subscription.modified_at = world.now;
  Announce(world, subscription, {"subscription.updated", "subscription.uncanceled"});
  return std::nullopt;
}

std::optional<HttpResponse> RevokeNow(World& world, Subscription& subscription, Cancellation cancellation) {
  if (!IsBillable(subscription)) return AlreadyCanceled();
  subscription.canceled_at = world.now;
  subscription.ends_at = world.now;
  Note(subscription, std::move(cancellation));
  End(world, subscription);
  return std::nullopt;
}

void EndPeriod(World& world, std::string_view subscription_id, std::string_view period_end) {
  Subscription* subscription = world.subscriptions.Find(subscription_id);
  if (subscription == nullptr || !IsBillable(*subscription)) return;
  if (FormatTimestamp(subscription->period_end) != period_end) return;
  // At expiry subscription.canceled is sent a second time; canceled_at and cancel_at_period_end stay.
  if (subscription->cancel_at_period_end) return End(world, *subscription);
  StartPeriod(world, *subscription);
  subscription->modified_at = world.now;
  Announce(world, *subscription, {"subscription.cycled", "subscription.updated"});
  world.Enqueue({JobKind::kRenewalOrder, subscription->id});
}

void RevokeForDeletedCustomer(World& world, std::string_view subscription_id) {
  Subscription* subscription = world.subscriptions.Find(subscription_id);
  if (subscription == nullptr || !IsBillable(*subscription)) return;
  subscription->canceled_at = world.now;
  subscription->ends_at = world.now;
  End(world, *subscription);
}

Json RenderSubscriptionBase(const Subscription& subscription) {
  return Json::object({
      {"created_at", ToJson(subscription.created_at)},
      {"modified_at", OrNull(subscription.modified_at)},
      {"id", subscription.id},
      {"amount", subscription.amount},
      {"currency", subscription.currency},
      {"recurring_interval", subscription.interval},
      {"recurring_interval_count", subscription.interval_count},
      {"status", subscription.status},
      {"current_period_start", ToJson(subscription.period_start)},
      {"current_period_end", ToJson(subscription.period_end)},
      {"current_meter_period_start", nullptr},
      {"current_meter_period_end", nullptr},
      {"trial_start", OrNull(subscription.trial_start)},
      {"trial_end", OrNull(subscription.trial_end)},
      {"cancel_at_period_end", subscription.cancel_at_period_end},
      {"canceled_at", OrNull(subscription.canceled_at)},
      {"started_at", OrNull(subscription.started_at)},
      {"ends_at", OrNull(subscription.ends_at)},
      {"ended_at", OrNull(subscription.ended_at)},
      {"past_due_at", nullptr},
      {"pause_at_period_end", false},
      {"paused_at", nullptr},
      {"resumes_at", nullptr},
      {"customer_id", subscription.customer_id},
      {"product_id", subscription.product_id},
      {"discount_id", IdOrNull(subscription.discount_id)},
      {"checkout_id", IdOrNull(subscription.checkout_id)},
      {"seats", OrNull(subscription.seats)},
      {"units", nullptr},
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
  SetMember(json, "prices", RenderPrices(world, subscription.price_ids));
  SetMember(json, "meters", Json::array());
  SetMember(json, "pending_update", nullptr);
  return json;
}

Json RenderPortalSubscription(const World& world, const Subscription& subscription) {
  const Product* product = world.products.Find(subscription.product_id);
  Json json = RenderSubscriptionBase(subscription);
  SetMember(json, "product", product == nullptr ? Json(nullptr) : RenderPortalProduct(world, *product));
  SetMember(json, "prices", RenderPrices(world, subscription.price_ids));
  SetMember(json, "meters", Json::array());
  SetMember(json, "pending_update", nullptr);
  return json;
}

Json RenderStateSubscription(const Subscription& subscription) {
  return Json::object({
      {"id", subscription.id},
      {"created_at", ToJson(subscription.created_at)},
      {"modified_at", OrNull(subscription.modified_at)},
      {"custom_field_data", subscription.custom_field_data},
      {"metadata", subscription.metadata},
      {"status", subscription.status},
      {"amount", subscription.amount},
      {"currency", subscription.currency},
      {"recurring_interval", subscription.interval},
      {"current_period_start", ToJson(subscription.period_start)},
      {"current_period_end", ToJson(subscription.period_end)},
      {"trial_start", OrNull(subscription.trial_start)},
      {"trial_end", OrNull(subscription.trial_end)},
      {"cancel_at_period_end", subscription.cancel_at_period_end},
      {"canceled_at", OrNull(subscription.canceled_at)},
      {"started_at", OrNull(subscription.started_at)},
      {"ends_at", OrNull(subscription.ends_at)},
      {"seats", OrNull(subscription.seats)},
      {"units", nullptr},
      {"product_id", subscription.product_id},
      {"discount_id", IdOrNull(subscription.discount_id)},
      {"meters", Json::array()},
  });
}

}  // namespace plinto::polar::emulator
