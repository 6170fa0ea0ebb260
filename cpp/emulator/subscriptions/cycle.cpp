// What time does to subscriptions: renewal, the end of trials, expiry, pause and resume, meter periods.
#include <algorithm>

#include "emulator/api/answers.h"
#include "emulator/subscriptions/changes.h"
#include "emulator/subscriptions/system_events.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

void Expire(World& world, Subscription& subscription) {
  const Before before = StateOf(subscription);
  const Timestamp cutoff = subscription.period_end;
  subscription.ended_at = world.now;
  subscription.status.Apply(SubscriptionEvent::kExpired);
  SyncBenefits(world, subscription);
  AnnounceChange(world, subscription, before);
  // Usage until the end is still billed.
  world.Enqueue({JobKind::kRenewalOrder, subscription.id, FormatTimestamp(cutoff)});
}

void Pause(World& world, Subscription& subscription) {
  const Before before = StateOf(subscription);
  subscription.status.Apply(SubscriptionEvent::kPaused);
  subscription.paused_at = world.now;
  subscription.pause_at_period_end = false;
  SyncBenefits(world, subscription);
  AnnounceChange(world, subscription, before);
  if (subscription.resumes_at) {
    world.Schedule(*subscription.resumes_at,
                   {JobKind::kSubscriptionResume, subscription.id, FormatTimestamp(*subscription.resumes_at)});
  }
}

}  // namespace

void PlanPeriodEnd(World& world, const Subscription& subscription) {
  world.Schedule(subscription.period_end,
                 {JobKind::kPeriodEnd, subscription.id, FormatTimestamp(subscription.period_end)});
  if (subscription.meter_period_end) {
    world.Schedule(*subscription.meter_period_end,
                   {JobKind::kMeterPeriodEnd, subscription.id, FormatTimestamp(*subscription.meter_period_end)});
  }
}

void RestartMeterPeriod(Subscription& subscription, std::optional<Timestamp> start) {
  subscription.meter_period_start.reset();
  subscription.meter_period_end.reset();
  if (!start || subscription.meter_interval.empty()) return;
  subscription.meter_period_start = start;
  subscription.meter_period_end =
      NextPeriod(*start, subscription.meter_interval, subscription.meter_interval_count, subscription.anchor_day);
}

void AddPeriodItems(World& world, Subscription& subscription) {
  RecordSubscription(world, subscription, "subscription.cycled");
  for (const SubscribedPrice& subscribed : subscription.prices) {
    const Price* price = world.prices.Find(subscribed.price_id);
    if (price == nullptr || !IsStatic(*price)) continue;
    const std::string label = LabelOverTime(LabelOf(world, *price, subscription.quantity), subscription.period_start,
                                            subscription.period_end);
    OrderItem item = NewItem(world, label, subscribed.amount, price->id);
    item.start = subscription.period_start;
    item.end = subscription.period_end;
    subscription.waiting_items.push_back(std::move(item));
  }
}

void Cycle(World& world, Subscription& subscription, const Before& before) {
  const Timestamp cutoff = subscription.period_end;
  const bool restarted = ApplyPendingUpdate(world, subscription);
  if (!restarted) {
    subscription.period_start = cutoff;
    if (before.status == SubscriptionStatus::kTrialing) subscription.anchor_day = ToCivilDate(cutoff).day;
    subscription.period_end =
        NextPeriod(cutoff, subscription.interval, subscription.interval_count, subscription.anchor_day);
  }
  ClearExpiredDiscount(world, subscription, subscription.period_start);
  AddPeriodItems(world, subscription);
  subscription.status.Apply(SubscriptionEvent::kCycled);
  RestartMeterPeriod(subscription, subscription.period_start);
  PlanPeriodEnd(world, subscription);
  ResetMeters(world, subscription);
  AnnounceChange(world, subscription, before, "subscription.cycled");
  world.Enqueue({JobKind::kRenewalOrder, subscription.id, FormatTimestamp(cutoff)});
}

void EndPeriod(World& world, std::string_view subscription_id, std::string_view period_end) {
  Subscription* subscription = world.subscriptions.Find(subscription_id);
  if (subscription == nullptr || !IsBillable(*subscription)) return;
  if (FormatTimestamp(subscription->period_end) != period_end) return;
  // A scheduled cancellation wins over a scheduled pause.
  if (subscription->cancel_at_period_end) return Expire(world, *subscription);
  if (subscription->pause_at_period_end) return Pause(world, *subscription);
  Cycle(world, *subscription, StateOf(*subscription));
}

void EndMeterPeriod(World& world, std::string_view subscription_id, std::string_view period_end) {
  Subscription* subscription = world.subscriptions.Find(subscription_id);
  if (subscription == nullptr || !IsBillable(*subscription) || !subscription->meter_period_end) return;
  const Timestamp boundary = *subscription->meter_period_end;
  // Where both periods end together the renewal's order takes the usage.
  if (FormatTimestamp(boundary) != period_end || boundary >= subscription->period_end) return;
  // While past due the periods go by: no bill, no reset, no credits. Recovery settles what has come together.
  if (IsActive(*subscription)) {
    ClearExpiredDiscount(world, *subscription, boundary);
    SettleUsage(world, *subscription, boundary);
    ResetMeters(world, *subscription);
    world.Enqueue({JobKind::kCycleBenefits, subscription->id});
  }
  // Nothing is sent of the subscription itself: only the clock of its meters has moved.
  RestartMeterPeriod(*subscription, boundary);
  PlanPeriodEnd(world, *subscription);
}

std::optional<HttpResponse> ResumeNow(World& world, Subscription& subscription) {
  if (subscription.status != SubscriptionStatus::kPaused) {
    return ErrorAnswer(409, "NotPausedSubscription", "This subscription is not paused.");
  }
  const Before before = StateOf(subscription);
  subscription.status.Apply(SubscriptionEvent::kResumed);
  subscription.paused_at.reset();
  subscription.resumes_at.reset();
  subscription.period_start = world.now;
  subscription.anchor_day = ToCivilDate(world.now).day;
  subscription.period_end =
      NextPeriod(world.now, subscription.interval, subscription.interval_count, subscription.anchor_day);
  RestartMeterPeriod(subscription, world.now);
  PlanPeriodEnd(world, subscription);
  ClearExpiredDiscount(world, subscription, world.now);
  ResetMeters(world, subscription);
  SyncBenefits(world, subscription);
  AddPeriodItems(world, subscription);
  AnnounceChange(world, subscription, before);
  // Active before it is paid.
  world.Enqueue({JobKind::kRenewalOrder, subscription.id, FormatTimestamp(world.now)});
  return std::nullopt;
}

void ResumeOnTime(World& world, std::string_view subscription_id, std::string_view resumes_at) {
  Subscription* subscription = world.subscriptions.Find(subscription_id);
  if (subscription == nullptr || !subscription->resumes_at) return;
  if (FormatTimestamp(*subscription->resumes_at) == resumes_at) (void)ResumeNow(world, *subscription);
}

}  // namespace plinto::polar::emulator
