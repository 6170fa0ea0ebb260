#include "emulator/subscriptions/subscriptions.h"

#include <algorithm>

#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/subscriptions/system_events.h"
#include "emulator/usage/meter_balance.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

bool IsWithinGrace(const World& world, const Subscription& subscription) {
  if (subscription.status != SubscriptionStatus::kPastDue || !subscription.past_due_at) return false;
  const std::int64_t days = world.settings.benefit_revocation_grace_period;
  return days > 0 && world.now < subscription.past_due_at->PlusSeconds(days * kDaySeconds);
}

bool CanBeRevoked(const Subscription& subscription) {
  return StatusAfter(subscription.status, SubscriptionEvent::kRevoked).has_value();
}

bool HasSeats(const Subscription& subscription) { return subscription.quantity.seats.has_value(); }

void Note(Subscription& subscription, Cancellation cancellation) {
  if (cancellation.reason) subscription.cancellation_reason = std::move(cancellation.reason);
  if (cancellation.comment && !cancellation.comment->empty())
    subscription.cancellation_comment = std::move(cancellation.comment);
}

void EndNow(World& world, Subscription& subscription, SubscriptionEvent why) {
  const Before before = StateOf(subscription);
  subscription.canceled_at = world.now;
  subscription.ends_at = world.now;
  subscription.ended_at = world.now;
  subscription.pause_at_period_end = false;
  subscription.resumes_at.reset();
  subscription.status.Apply(why);
  SyncBenefits(world, subscription);
  AnnounceChange(world, subscription, before);
}

// Usage is only settled where it has a period of its own; otherwise what is pending is lost.
void SettleAndEnd(World& world, Subscription& subscription, SubscriptionEvent why) {
  if (subscription.meter_period_end) SettleUsage(world, subscription, world.now);
  EndNow(world, subscription, why);
}

// What was bought, from now on: the first period, or the trial before it. Metadata that is there stays.
void Begin(World& world, Subscription& subscription, NewSubscription fields) {
  const Product* product = world.products.Find(fields.product_id);
  if (product != nullptr) {
    if (fields.price_ids.empty()) fields.price_ids = PricesIn(world, *product, fields.currency);
    subscription.interval = product->recurring_interval;
    subscription.interval_count = product->recurring_interval_count;
    subscription.meter_interval = product->meter_interval;
    subscription.meter_interval_count = product->meter_interval_count;
  }
  subscription.currency = std::move(fields.currency);
  subscription.product_id = std::move(fields.product_id);
  subscription.checkout_id = std::move(fields.checkout_id);
  subscription.prices = SubscribedPricesOf(world, fields.price_ids, fields.quantity, fields.chosen);
  subscription.quantity = fields.quantity;
  subscription.discount_id = std::move(fields.discount_id);
  subscription.discount_applied_at.reset();
  subscription.payment_method_id = std::move(fields.payment_method_id);
  subscription.pending_update.reset();
  if (const auto* metadata = fields.metadata.get_ptr<const Json::object_t*>()) {
    for (const auto& [key, value] : *metadata) SetMember(subscription.metadata, key, value);
  }
  subscription.custom_field_data = std::move(fields.custom_field_data);
  const bool trial = fields.trial_end && *fields.trial_end > world.now;
  subscription.status.Apply(trial ? SubscriptionEvent::kStartedWithTrial : SubscriptionEvent::kStarted);
  subscription.trial_start = trial ? std::optional(world.now) : std::nullopt;
  subscription.trial_end = trial ? fields.trial_end : std::nullopt;
  subscription.anchor_day = ToCivilDate(world.now).day;
  subscription.period_start = world.now;
  subscription.period_end =
      trial ? *fields.trial_end
            : NextPeriod(world.now, subscription.interval, subscription.interval_count, subscription.anchor_day);
  if (!trial && !subscription.discount_id.empty()) subscription.discount_applied_at = world.now;
  RestartMeterPeriod(subscription, trial ? std::nullopt : std::optional(world.now));
  UpdateAmount(world, subscription);
  MatchMeters(world, subscription);
  PlanPeriodEnd(world, subscription);
}

void RecordPause(World& world, const Subscription& subscription) {
  Json more = Json::object({{"paused_at", IsoFormat(subscription.paused_at.value_or(world.now))}});
  if (subscription.resumes_at) SetMember(more, "resumes_at", IsoFormat(*subscription.resumes_at));
  RecordSubscription(world, subscription, "subscription.paused", more);
}

void RecordCancellation(World& world, const Subscription& subscription) {
  Json more = Json::object({{"canceled_at", IsoFormat(subscription.canceled_at.value_or(world.now))}});
  const auto& reason = subscription.cancellation_reason;
  const auto& comment = subscription.cancellation_comment;
  if (reason) SetMember(more, "customer_cancellation_reason", *reason);
  if (comment) SetMember(more, "customer_cancellation_comment", *comment);
  if (subscription.ends_at) SetMember(more, "ends_at", IsoFormat(*subscription.ends_at));
  SetMember(more, "cancel_at_period_end", subscription.cancel_at_period_end);
  RecordSubscription(world, subscription, "subscription.canceled", more);
}

}  // namespace

const Discount* DiscountOf(const World& world, const Subscription& subscription) {
  return subscription.discount_id.empty() ? nullptr : world.discounts.Find(subscription.discount_id);
}

void UpdateAmount(const World& world, Subscription& subscription) {
  std::int64_t amount = 0;
  for (const SubscribedPrice& price : subscription.prices) amount += price.amount;
  if (const Discount* discount = DiscountOf(world, subscription)) {
    amount -= DiscountOff(TermsIn(*discount, subscription.currency), amount);
  }
  subscription.amount = amount;
}

void ClearExpiredDiscount(const World& world, Subscription& subscription, Timestamp period_start) {
  const Discount* discount = DiscountOf(world, subscription);
  if (discount == nullptr) return;
  if (!subscription.discount_applied_at) subscription.discount_applied_at = subscription.period_start;
  const Timestamp first = *subscription.discount_applied_at;
  if (!HasRunOut(discount->duration, discount->duration_in_months, first, period_start)) return;
  subscription.discount_id.clear();
  subscription.discount_applied_at.reset();
  UpdateAmount(world, subscription);
}

std::vector<SubscribedPrice> SubscribedPricesOf(const World& world, const std::vector<std::string>& price_ids,
                                                const Quantity& quantity, std::optional<std::int64_t> chosen) {
  std::vector<SubscribedPrice> prices;
  for (const std::string& id : price_ids) {
    if (const Price* price = world.prices.Find(id)) prices.push_back({id, AmountOf(*price, quantity, chosen)});
  }
  return prices;
}

void AnnounceChange(World& world, Subscription& subscription, const Before& before, std::string_view first) {
  subscription.modified_at = world.now;
  const bool active = IsActive(subscription);
  const bool was_active = IsActive(before.status);
  const bool canceled = subscription.canceled_at.has_value();
  const auto became = [&](SubscriptionStatus status) {
    return subscription.status == status && before.status != status;
  };
  const bool revoked = became(SubscriptionStatus::kCanceled);
  const bool resumed = active && before.status == SubscriptionStatus::kPaused;
  const Json data = RenderSubscription(world, subscription);
  if (!first.empty()) Emit(world, first, data);
  Emit(world, "subscription.updated", data);
  // Each webhook, and then its system event. A recovery and a return from the dead are told by events only.
  const auto tell = [&](std::string_view name) {
    Emit(world, name, data);
    RecordSubscription(world, subscription, name);
  };
  const bool reinstated = active && before.status == SubscriptionStatus::kCanceled;
  if (active && !was_active && !resumed) {
    Emit(world, "subscription.active", data);
    const bool recovered = before.status == SubscriptionStatus::kPastDue;
    if (recovered) RecordSubscription(world, subscription, "subscription.reactivated");
    if (reinstated) RecordSubscription(world, subscription, "subscription.reinstated");
  }
  if (became(SubscriptionStatus::kPaused)) {
    Emit(world, "subscription.paused", data);
    RecordPause(world, subscription);
  }
  if (resumed) tell("subscription.resumed");
  if (!canceled && before.canceled && !reinstated) tell("subscription.uncanceled");
  if (became(SubscriptionStatus::kPastDue)) {
    Emit(world, "subscription.past_due", data);
    RecordSubscription(world, subscription, "subscription.past_due",
                       Json::object({{"past_due_at", IsoFormat(subscription.past_due_at.value_or(world.now))}}));
  }
  if (canceled && (!before.canceled || revoked)) {
    Emit(world, "subscription.canceled", data);
    RecordCancellation(world, subscription);
  }
  if (revoked) {
    tell("subscription.revoked");
    world.Enqueue({JobKind::kVoidOrders, subscription.id, FormatTimestamp(world.now)});
  }
  if (Customer* customer = world.customers.Find(subscription.customer_id)) TouchState(world, *customer);
}

void SyncBenefits(World& world, const Subscription& subscription) {
  if (IsActive(subscription)) {
    // Seats give their holders the benefits, when they are claimed.
    if (!HasSeats(subscription)) world.Enqueue({JobKind::kGrantBenefits, subscription.id});
    return;
  }
  if (IsWithinGrace(world, subscription)) return;
  if (HasSeats(subscription)) return RevokeAllSeats(world, subscription);
  world.Enqueue({JobKind::kRevokeBenefits, subscription.id});
}

Subscription& StartSubscription(World& world, NewSubscription fields) {
  Subscription& subscription = world.subscriptions.Add({
      .id = world.random.Uuid(),
      .created_at = world.now,
      .started_at = world.now,
      .customer_id = fields.customer_id,
  });
  Begin(world, subscription, std::move(fields));
  Customer* customer = world.customers.Find(subscription.customer_id);
  if (customer != nullptr && HasSeats(subscription)) UpgradeToTeam(world, *customer);
  const Json data = RenderSubscription(world, subscription);
  for (const std::string_view type : {"subscription.created", "subscription.active", "subscription.updated"}) {
    Emit(world, type, data);
  }
  RecordSubscription(world, subscription, "subscription.created",
                     Json::object({{"started_at", IsoFormat(subscription.started_at.value_or(world.now))}}));
  if (customer != nullptr) TouchState(world, *customer);
  // Also what was used in this quarter of an hour before it.
  NoteUsage(world, subscription.customer_id);
  return subscription;
}

void UpgradeSubscription(World& world, Subscription& subscription, NewSubscription fields) {
  const Before before = StateOf(subscription);
  Begin(world, subscription, std::move(fields));
  AnnounceChange(world, subscription, before);
}

HttpResponse AlreadyCanceled() {
  return ErrorAnswer(403, "AlreadyCanceledSubscription",
                     "This subscription is already canceled or will be at the end of the period.");
}

std::optional<HttpResponse> CancelAtPeriodEnd(World& world, Subscription& subscription, Cancellation cancellation) {
  if (!IsBillable(subscription) || subscription.cancel_at_period_end || subscription.ends_at) return AlreadyCanceled();
  const Before before = StateOf(subscription);
  subscription.cancel_at_period_end = true;
  subscription.canceled_at = world.now;
  subscription.ends_at = subscription.period_end;
  subscription.pause_at_period_end = false;
  subscription.resumes_at.reset();
  Note(subscription, std::move(cancellation));
  AnnounceChange(world, subscription, before);
  return std::nullopt;
}

std::optional<HttpResponse> Uncancel(World& world, Subscription& subscription) {
  if (subscription.ended_at) return ErrorAnswer(410, "ResourceUnavailable", "Unavailable");
  if (!subscription.cancel_at_period_end || !IsBillable(subscription)) {
    return ErrorAnswer(409, "SubscriptionNotScheduledToCancel", "This subscription is not scheduled to cancel.");
  }
  const Before before = StateOf(subscription);
  subscription.cancel_at_period_end = false;
  subscription.canceled_at.reset();
  subscription.ends_at.reset();
  subscription.cancellation_reason.reset();
  subscription.cancellation_comment.reset();
  AnnounceChange(world, subscription, before);
  return std::nullopt;
}

std::optional<HttpResponse> RevokeNow(World& world, Subscription& subscription, Cancellation cancellation) {
  if (!CanBeRevoked(subscription)) return AlreadyCanceled();
  Note(subscription, std::move(cancellation));
  SettleAndEnd(world, subscription, SubscriptionEvent::kRevoked);
  return std::nullopt;
}

std::optional<HttpResponse> SchedulePause(World& world, Subscription& subscription,
                                          std::optional<Timestamp> resumes_at) {
  if (subscription.status != SubscriptionStatus::kActive || subscription.cancel_at_period_end ||
      subscription.pause_at_period_end || subscription.ends_at) {
    return ErrorAnswer(409, "CannotPauseSubscription", "This subscription cannot be paused.");
  }
  if (resumes_at && *resumes_at <= subscription.period_end) {
    return RefuseMember("resumes_at", "resumes_at must be after the current period end.", ToJson(*resumes_at));
  }
  const Before before = StateOf(subscription);
  subscription.pause_at_period_end = true;
  subscription.resumes_at = resumes_at;
  AnnounceChange(world, subscription, before);
  return std::nullopt;
}

std::optional<HttpResponse> CancelScheduledPause(World& world, Subscription& subscription) {
  if (!subscription.pause_at_period_end || subscription.status != SubscriptionStatus::kActive) {
    return ErrorAnswer(409, "NoScheduledPause", "This subscription is not scheduled to be paused.");
  }
  const Before before = StateOf(subscription);
  subscription.pause_at_period_end = false;
  subscription.resumes_at.reset();
  AnnounceChange(world, subscription, before);
  return std::nullopt;
}

void MarkPastDue(World& world, Subscription& subscription) {
  if (subscription.ended_at) return;
  const Before before = StateOf(subscription);
  subscription.status.Apply(SubscriptionEvent::kPaymentFailed);
  if (!subscription.past_due_at) subscription.past_due_at = world.now;
  AnnounceChange(world, subscription, before);
  SyncBenefits(world, subscription);
}

void MarkActive(World& world, Subscription& subscription) {
  const Before before = StateOf(subscription);
  subscription.status.Apply(SubscriptionEvent::kPaymentRecovered);
  subscription.past_due_at.reset();
  if (subscription.meter_period_end) {
    // Its meter periods passed without a bill meanwhile.
    SettleUsage(world, subscription, world.now);
    ResetMeters(world, subscription);
  }
  AnnounceChange(world, subscription, before);
  SyncBenefits(world, subscription);
}

void EndDunning(World& world, Subscription& subscription) {
  if (CanBeRevoked(subscription)) SettleAndEnd(world, subscription, SubscriptionEvent::kDunningExhausted);
}

void RevokeForDeletedCustomer(World& world, std::string_view subscription_id) {
  Subscription* subscription = world.subscriptions.Find(subscription_id);
  if (subscription == nullptr || !IsBillable(*subscription)) return;
  EndNow(world, *subscription, SubscriptionEvent::kCustomerDeleted);
}

}  // namespace plinto::polar::emulator
