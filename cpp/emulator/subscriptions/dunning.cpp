// Dunning: what follows a failed charge. Retries 2, 5, 7 and 7 days after one another, each at the next full hour.
//
// As in Polar's server/polar/order/service.py (handle_payment_failure) and config.py. A failed charge sends no
// order.updated; only the end does.
#include <algorithm>
#include <array>

#include "emulator/catalog/currencies.h"
#include "emulator/orders/orders.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kHourSeconds = 3'600;
constexpr std::array<std::int64_t, 4> kRetryDays = {2, 5, 7, 7};
constexpr std::int64_t kDeadlineSeconds = 21 * kDaySeconds + 60;

Timestamp NextFullHour(Timestamp at) {
  const std::int64_t hour = at.Seconds() / kHourSeconds;
  const Timestamp floor = Timestamp::FromSeconds(hour * kHourSeconds);
  return floor == at ? at : Timestamp::FromSeconds((hour + 1) * kHourSeconds);
}

void PlanRetry(World& world, Order& order, Timestamp at) {
  order.next_payment_attempt_at = at;
  world.Schedule(NextFullHour(at), {JobKind::kDunning, order.id, FormatTimestamp(at)});
}

// Without a card no failure is counted, and Polar's index of -1 takes the last interval.
std::int64_t IntervalAfter(int counted_failures) {
  const std::size_t index =
      counted_failures == 0 ? kRetryDays.size() - 1 : static_cast<std::size_t>(counted_failures) - 1;
  return kRetryDays[std::min(index, kRetryDays.size() - 1)] * kDaySeconds;
}

bool IsExhausted(const Order& order) { return order.counted_failures > static_cast<int>(kRetryDays.size()); }

// A small overage must not end a prepaid plan: a meter order is only tried again, and void in the end.
void FailMeterOrder(World& world, Order& order) {
  if (IsExhausted(order)) return VoidOrder(world, order);
  PlanRetry(world, order, world.now.PlusSeconds(IntervalAfter(std::max(order.counted_failures, 1))));
}

void FailFirst(World& world, Order& order, Subscription& subscription) {
  if (subscription.ended_at) return;
  MarkPastDue(world, subscription);
  const Timestamp deadline = subscription.past_due_at.value_or(world.now).PlusSeconds(kDeadlineSeconds);
  PlanRetry(world, order,
            IsHopeless(order.last_decline) ? deadline : world.now.PlusSeconds(kRetryDays.front() * kDaySeconds));
}

void FailAgain(World& world, Order& order, Subscription& subscription) {
  const bool late = subscription.past_due_at && subscription.past_due_at->PlusSeconds(kDeadlineSeconds) < world.now;
  if (IsExhausted(order) || late) {
    order.next_payment_attempt_at.reset();
    // The order becomes void with the others of the subscription.
    return EndDunning(world, subscription);
  }
  PlanRetry(world, order, world.now.PlusSeconds(IntervalAfter(order.counted_failures)));
  // The grace period has no timer of its own: each failed retry checks whether it is over.
  SyncBenefits(world, subscription);
}

Trigger TriggerOf(std::string_view how) {
  if (how == "dunning") return Trigger::kDunning;
  if (how == "customer") return Trigger::kCustomer;
  return how == "new_card" ? Trigger::kNewCard : Trigger::kCycle;
}

}  // namespace

void HandlePaymentFailure(World& world, Order& order, Trigger trigger) {
  // What the customers try themselves does not use up the retries.
  if (order.status != "pending" || trigger == Trigger::kCustomer || trigger == Trigger::kNewCard) return;
  if (order.billing_reason == "subscription_meter_cycle") return FailMeterOrder(world, order);
  Subscription* subscription = world.subscriptions.Find(order.subscription_id);
  if (subscription == nullptr) return;
  if (order.next_payment_attempt_at) return FailAgain(world, order, *subscription);
  FailFirst(world, order, *subscription);
}

void ChargeOrder(World& world, std::string_view order_id, std::string_view how) {
  Order* order = world.orders.Find(order_id);
  if (order == nullptr || order->status != "pending") return;
  if (how == "captured") return HandlePayment(world, *order);
  const Subscription* subscription = world.subscriptions.Find(order->subscription_id);
  const PaymentMethod* method = subscription == nullptr ? nullptr : PaymentMethodFor(world, *subscription);
  const Trigger trigger = TriggerOf(how);
  if (method == nullptr) return HandlePaymentFailure(world, *order, trigger);
  if (DueOf(*order) < MinimumCharge(order->currency)) {
    AddToBalance(world, order->customer_id, order->currency, -DueOf(*order));
    return MarkPaidWithoutCharge(world, *order);
  }
  const std::string& decline = DeclineOf(*method);
  if (decline.empty()) return HandlePayment(world, *order);
  order->last_payment = "failed";
  order->last_decline = decline;
  if (trigger == Trigger::kCycle || trigger == Trigger::kDunning) ++order->counted_failures;
  HandlePaymentFailure(world, *order, trigger);
}

void RetryOrder(World& world, std::string_view order_id, std::string_view attempt_at) {
  Order* order = world.orders.Find(order_id);
  if (order == nullptr || order->status != "pending" || !order->next_payment_attempt_at) return;
  if (FormatTimestamp(*order->next_payment_attempt_at) != attempt_at) return;
  const Subscription* subscription = world.subscriptions.Find(order->subscription_id);
  if (subscription == nullptr) return;
  if (IsOver(*subscription)) {
    order->next_payment_attempt_at.reset();
    return;
  }
  ChargeOrder(world, order_id, "dunning");
}

void RetryPastDueOrders(World& world, const Customer& customer, const PaymentMethod& method) {
  for (const Order& order : world.orders) {
    if (order.customer_id != customer.id || order.status != "pending") continue;
    Subscription* subscription = world.subscriptions.Find(order.subscription_id);
    if (subscription == nullptr || subscription->status != SubscriptionStatus::kPastDue) continue;
    subscription->payment_method_id = method.id;
    world.Enqueue({JobKind::kOrderCharge, order.id, "new_card"});
  }
}

}  // namespace plinto::polar::emulator
