#include "emulator/conekta/subscriptions.h"

#include <algorithm>
#include <cstdint>

#include "emulator/conekta/order_body.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::int64_t kHourSeconds = 3'600;
constexpr std::int64_t kDaySeconds = 86'400;

void Schedule(World& world, Subscription& subscription, Timestamp at) {
  ++subscription.turn;
  world.Schedule(std::max(at, world.now),
                 {JobKind::kConektaBilling, subscription.id, std::to_string(subscription.turn)});
}

void TellOf(World& world, const Subscription& subscription, std::string_view what, std::string_view old_status) {
  Json previous = Json::object();
  if (old_status != subscription.status) SetMember(previous, "status", old_status);
  Tell(world, "subscription." + std::string(what), RenderSubscription(world, subscription), std::move(previous));
}

void SetStatus(World& world, Subscription& subscription, std::string_view status, std::string_view what) {
  const std::string old_status = subscription.status;
  subscription.status = std::string(status);
  TellOf(world, subscription, what, old_status);
}

// Its own card, else the customer's default one.
const Source* CardOfSubscription(World& world, const Subscription& subscription) {
  const Customer* customer = world.conekta.customers.Find(subscription.customer_id);
  if (customer == nullptr) return nullptr;
  const std::string& id = subscription.card_id.empty() ? customer->default_source_id : subscription.card_id;
  return FindCard(world, *customer, id);
}

// The order that bills the cycle at hand. A retry charges the same one again.
Order& OrderOfCycle(World& world, Subscription& subscription, const Plan& plan) {
  Order* last = world.conekta.orders.Find(subscription.order_id);
  if (last != nullptr && subscription.status == "past_due") return *last;
  const Customer* customer = world.conekta.customers.Find(subscription.customer_id);
  Order fields = {.currency = plan.currency, .customer_id = subscription.customer_id};
  if (customer != nullptr) fields.customer_info = CustomerInfoOf(*customer);
  fields.line_items = {{.id = NewId(world, "line_item_"),
                        .amount = plan.amount,
                        .fields = Json::object({{"name", plan.name},
                                                {"quantity", 1},
                                                {"unit_price", plan.amount},
                                                {"metadata", Json::object()},
                                                {"antifraud_info", Json::object()}})}};
  fields.subscription_id = subscription.id;
  SetMember(fields.others, "processing_mode", "recurrent");
  Order& order = AddOrder(world, std::move(fields));
  subscription.order_id = order.id;
  return order;
}

// The cycle that has been paid for begins where the last one ended.
void BeginCycle(World& world, Subscription& subscription, const Plan& plan) {
  const Timestamp start = subscription.cycle_end.value_or(world.now);
  subscription.cycle_start = start;
  subscription.cycle_end = CycleEnd(plan, start, subscription.anchor_day);
  subscription.retries = 0;
  ++subscription.paid_cycles;
  SetStatus(world, subscription, "active", "paid");
  Schedule(world, subscription, *subscription.cycle_end);
}

// Charges the cycle at hand. True when it is paid.
bool Bill(World& world, Subscription& subscription) {
  const Plan* plan = world.conekta.plans.Find(subscription.plan_id);
  if (plan == nullptr) return false;
  Order& order = OrderOfCycle(world, subscription, *plan);
  const Source* source = CardOfSubscription(world, subscription);
  if (source != nullptr) {
    ChargeCard(world, order, {.card = source->card, .source_id = source->id}, OffSessionDecline(*source));
    subscription.charge_id = order.charges.back().id;
  }
  if (order.status == "paid") {
    BeginCycle(world, subscription, *plan);
    return true;
  }
  // The first cycle is due now; its dates begin with its payment.
  if (!subscription.cycle_end) subscription.cycle_end = world.now;
  SetStatus(world, subscription, "past_due", "payment_failed");
  return false;
}

void ScheduleRetry(World& world, Subscription& subscription) {
  const Plan* plan = world.conekta.plans.Find(subscription.plan_id);
  if (plan == nullptr) return;
  Schedule(world, subscription, world.now.PlusSeconds(plan->retry_delay_hours * kHourSeconds));
}

bool HasEnded(const Subscription& subscription) {
  return subscription.status == "canceled" || subscription.status == "expired";
}

}  // namespace

Subscription& Subscribe(World& world, const Customer& customer, const Plan& plan, std::string card_id,
                        std::optional<Timestamp> trial_end, const Order* paid) {
  const std::int64_t days = plan.trial_period_days.value_or(0);
  const Timestamp end = trial_end ? *trial_end : world.now.PlusSeconds(days * kDaySeconds);
  const bool has_trial = end > world.now;
  Subscription& subscription =
      world.conekta.subscriptions.Add({.id = NewId(world, "sub_"),
                                       .customer_id = customer.id,
                                       .plan_id = plan.id,
                                       .card_id = std::move(card_id),
                                       .created_at = world.now,
                                       .trial_end = has_trial ? end : world.now,
                                       .anchor_day = ToCivilDate(has_trial ? end : world.now).day});
  if (has_trial) subscription.trial_start = world.now;
  // As in Conekta's examples, it begins in trial, if only for a moment.
  TellOf(world, subscription, "created", subscription.status);
  if (has_trial) {
    Schedule(world, subscription, end);
  } else if (paid != nullptr) {
    subscription.order_id = paid->id;
    subscription.charge_id = paid->charges.back().id;
    BeginCycle(world, subscription, plan);
  } else if (!Bill(world, subscription)) {
    ScheduleRetry(world, subscription);
  }
  return subscription;
}

void RetryNow(World& world, Subscription& subscription) { (void)Bill(world, subscription); }

void Pause(World& world, Subscription& subscription) {
  subscription.before_pause = subscription.status;
  subscription.paused_at = world.now;
  ++subscription.turn;
  SetStatus(world, subscription, "paused", "paused");
}

void Resume(World& world, Subscription& subscription) {
  subscription.paused_at.reset();
  SetStatus(world, subscription, subscription.before_pause, "resumed");
  Schedule(world, subscription, subscription.cycle_end.value_or(subscription.trial_end));
}

void MoveTrialEnd(World& world, Subscription& subscription, Timestamp trial_end) {
  subscription.trial_end = trial_end;
  subscription.anchor_day = ToCivilDate(trial_end).day;
  Schedule(world, subscription, trial_end);
}

void CancelSubscription(World& world, Subscription& subscription, std::string_view reason) {
  if (HasEnded(subscription)) return;
  subscription.canceled_at = world.now;
  subscription.canceled_reason = std::string(reason);
  ++subscription.turn;
  SetStatus(world, subscription, "canceled", "canceled");
}

void RunBilling(World& world, std::string_view subscription_id, std::string_view turn) {
  Subscription* subscription = world.conekta.subscriptions.Find(subscription_id);
  if (subscription == nullptr || std::to_string(subscription->turn) != turn || HasEnded(*subscription)) return;
  const Plan* plan = world.conekta.plans.Find(subscription->plan_id);
  if (plan == nullptr) return;
  if (subscription->status == "active" && subscription->paid_cycles >= plan->expiry_count.value_or(INT64_MAX)) {
    return SetStatus(world, *subscription, "expired", "expired");
  }
  // It was paused over its renewal: what passed meanwhile is not billed.
  if (subscription->status == "active" && subscription->cycle_end < world.now) {
    subscription->cycle_end = world.now;
    subscription->anchor_day = ToCivilDate(world.now).day;
  }
  if (subscription->status == "past_due") ++subscription->retries;
  if (Bill(world, *subscription)) return;
  if (subscription->retries >= plan->max_retries) {
    return CancelSubscription(world, *subscription, "max_retries_reached");
  }
  ScheduleRetry(world, *subscription);
}

Json RenderSubscription(const World& world, const Subscription& subscription) {
  const Customer* customer = world.conekta.customers.Find(subscription.customer_id);
  std::string card_id = subscription.card_id;
  if (card_id.empty() && customer != nullptr) card_id = customer->default_source_id;
  Json json = Json::object({
      {"id", subscription.id},
      {"status", subscription.status},
      {"object", "subscription"},
      {"charge_id", TextOrNull(subscription.charge_id)},
      {"created_at", ToSeconds(subscription.created_at)},
      {"subscription_start", ToSeconds(subscription.created_at)},
      {"canceled_at", SecondsOrNull(subscription.canceled_at)},
      {"paused_at", SecondsOrNull(subscription.paused_at)},
      {"billing_cycle_start", SecondsOrNull(subscription.cycle_start)},
      {"billing_cycle_end", SecondsOrNull(subscription.cycle_end)},
      {"trial_start", SecondsOrNull(subscription.trial_start)},
      {"trial_end", ToSeconds(subscription.trial_end)},
      {"plan_id", subscription.plan_id},
      {"last_billing_cycle_order_id", TextOrNull(subscription.order_id)},
      {"customer_id", subscription.customer_id},
      {"card_id", TextOrNull(card_id)},
  });
  if (customer != nullptr && customer->custom_reference) {
    SetMember(json, "customer_custom_reference", *customer->custom_reference);
  }
  if (!subscription.canceled_reason.empty()) SetMember(json, "canceled_reason", subscription.canceled_reason);
  return json;
}

}  // namespace plinto::polar::emulator::conekta
