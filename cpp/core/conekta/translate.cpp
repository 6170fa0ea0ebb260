#include "core/conekta/translate.h"

#include <algorithm>
#include <initializer_list>

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

constexpr std::int64_t kHalfMonthDays = 15;
// A first cycle begins with its payment, which may be dated some moments before the subscription.
constexpr std::int64_t kFirstCycleSeconds = 3'600;
// The end of a cycle and the time of an answer are whole seconds, each rounded in its own way.
constexpr std::int64_t kRoundedSeconds = 2;

bool IsAmong(std::string_view text, std::initializer_list<std::string_view> texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

std::optional<Timestamp> TimeOf(const std::optional<std::int64_t>& seconds) {
  return seconds ? std::optional(FromConektaTime(*seconds)) : std::nullopt;
}

// Without a trial its end is when the subscription was made.
bool HasTrial(const ConektaSubscription& from) {
  return from.trial_start && from.trial_end && *from.trial_end > from.created_at;
}

// The product that is sold by a plan of Conekta's; null where there is none.
const std::string* FindProduct(std::span<const Plan> plans, std::string_view plan_id) {
  for (const Plan& plan : plans) {
    if (plan.conekta && plan.conekta->renews() && plan.conekta->plan_id == plan_id) return &plan.product_id;
  }
  return nullptr;
}

// A refused charge does not move the dates: then the cycle that is owed began when the last one ended.
Timestamp OwedSince(const Subscription& to, Timestamp as_of) {
  return to.current_period_end <= as_of.PlusSeconds(kRoundedSeconds) ? to.current_period_end : to.current_period_start;
}

// A refused charge of the first cycle: there is nothing that grace could go on with.
bool WasNeverPaid(const ConektaSubscription& from, const Subscription& to, Timestamp as_of) {
  if (HasTrial(from)) return false;
  if (!from.billing_cycle_start) return true;
  return to.current_period_end > as_of.PlusSeconds(kRoundedSeconds) &&
         *from.billing_cycle_start <= from.created_at + kFirstCycleSeconds;
}

void SetPlan(const ConektaPlan* plan, const ConektaTerms& terms, const std::string& plan_id, Subscription& to) {
  const std::string* product_id = FindProduct(terms.plans, plan_id);
  to.product_id = product_id == nullptr ? plan_id : *product_id;
  SetMember(to.extra, "conekta_plan_id", plan_id);
  to.currency = plan == nullptr ? "mxn" : ToLowerAscii(plan->currency);
  to.recurring_interval = RecurringInterval::kMonth;
  if (plan == nullptr) return;
  to.amount = plan->amount;
  to.recurring_interval_count = plan->frequency;
  if (plan->interval == "half_month") {
    to.recurring_interval = RecurringInterval::kDay;
    to.recurring_interval_count = kHalfMonthDays * plan->frequency;
  } else {
    to.recurring_interval = OpenEnum<RecurringInterval>(plan->interval);
  }
}

void SetTimes(const ConektaSubscription& from, Subscription& to) {
  const Timestamp created = FromConektaTime(from.created_at);
  to.created_at = created;
  to.started_at = TimeOf(from.subscription_start).value_or(created);
  if (HasTrial(from)) {
    to.trial_start = TimeOf(from.trial_start);
    to.trial_end = TimeOf(from.trial_end);
  }
  const bool is_in_trial = HasTrial(from) && !from.billing_cycle_start;
  to.current_period_start = TimeOf(from.billing_cycle_start).value_or(is_in_trial ? *to.trial_start : created);
  to.current_period_end =
      TimeOf(from.billing_cycle_end).value_or(is_in_trial ? *to.trial_end : to.current_period_start);
  to.current_period_end = std::max(to.current_period_start, to.current_period_end);
}

void End(Subscription& to, Timestamp at) {
  to.status = SubscriptionStatus::kCanceled;
  to.ends_at = at;
  to.ended_at = at;
}

void SetStatus(const ConektaSubscription& from, Timestamp as_of, Subscription& to) {
  if (from.status == "active") {
    to.status = SubscriptionStatus::kActive;
  } else if (from.status == "in_trial") {
    // It begins so even without a trial, until the first charge is made.
    to.status = HasTrial(from) ? SubscriptionStatus::kTrialing : SubscriptionStatus::kIncomplete;
  } else if (from.status == "past_due") {
    to.status = WasNeverPaid(from, to, as_of) ? SubscriptionStatus::kIncomplete : SubscriptionStatus::kPastDue;
    if (to.status == SubscriptionStatus::kPastDue) to.past_due_at = OwedSince(to, as_of);
  } else if (from.status == "paused") {
    to.status = SubscriptionStatus::kPaused;
    to.paused_at = TimeOf(from.paused_at);
  } else if (from.status == "canceled") {
    to.canceled_at = TimeOf(from.canceled_at).value_or(as_of);
    End(to, *to.canceled_at);
  } else if (from.status == "expired") {
    End(to, std::min(to.current_period_end, as_of));
  } else {
    to.status = OpenEnum<SubscriptionStatus>(from.status);
  }
}

std::string StatusOf(const ConektaOrder& from) {
  const std::string status = from.payment_status.value_or("");
  if (IsAmong(status, {"", "pending_payment", "pre_authorized", "under_fraud_review", "declined"})) return "pending";
  if (IsAmong(status, {"expired", "canceled", "voided", "fraudulent"})) return "void";
  return status == "charged_back" ? "refunded" : status;
}

bool WasPaid(const ConektaOrder& from) {
  return IsAmong(from.payment_status.value_or(""), {"paid", "partially_refunded", "refunded", "charged_back"});
}

// Whose cycle it paid for. Its last one says so itself; of an earlier one it must be clear whose it can be.
const ConektaSubscription* FindOwner(const ConektaOrder& from, std::span<const ConektaSubscription> subscriptions) {
  const std::string plan_id = MetadataOf(from, kConektaPlanKey);
  const ConektaSubscription* owner = nullptr;
  int candidates = 0;
  for (const ConektaSubscription& one : subscriptions) {
    if (one.last_billing_cycle_order_id == from.id) return &one;
    const bool is_candidate = plan_id.empty() ? one.created_at <= from.created_at
                                              : one.plan_id == plan_id && one.created_at >= from.created_at;
    if (!is_candidate) continue;
    ++candidates;
    if (owner == nullptr || one.created_at < owner->created_at) owner = &one;
  }
  if (!plan_id.empty()) return owner;
  const bool is_purchase = !MetadataOf(from, kConektaProductKey).empty();
  return is_purchase || candidates != 1 ? nullptr : owner;
}

}  // namespace

Subscription ToSubscription(const ConektaSubscription& from, const ConektaPlan* plan, const ConektaTerms& terms) {
  Subscription to;
  to.id = from.id;
  to.customer_id = terms.customer_id;
  SetPlan(plan, terms, from.plan_id, to);
  SetTimes(from, to);
  SetStatus(from, terms.as_of, to);
  return to;
}

bool IsOrder(const ConektaOrder& from) {
  if (!from.payment_status || from.payment_status->empty()) return false;
  return *from.payment_status != "declined" || !from.checkout;
}

Order ToOrder(const ConektaOrder& from, std::span<const ConektaSubscription> subscriptions, const ConektaTerms& terms) {
  Order to;
  to.id = from.id;
  to.status = OpenEnum<OrderStatus>(StatusOf(from));
  to.paid = WasPaid(from);
  to.total_amount = from.amount;
  to.net_amount = from.amount;
  to.due_amount = to.paid ? 0 : from.amount;
  to.refunded_amount = from.amount_refunded.value_or(0);
  to.currency = ToLowerAscii(from.currency);
  to.customer_id = terms.customer_id;
  to.created_at = FromConektaTime(from.created_at);
  const std::string product_id = MetadataOf(from, kConektaProductKey);
  const bool is_purchase = !product_id.empty() && MetadataOf(from, kConektaPlanKey).empty();
  to.billing_reason = is_purchase     ? BillingReason::kPurchase
                      : from.checkout ? BillingReason::kSubscriptionCreate
                                      : BillingReason::kSubscriptionCycle;
  if (const std::string purchase = MetadataOf(from, kConektaPurchaseKey); !purchase.empty()) to.checkout_id = purchase;
  if (is_purchase) {
    to.product_id = product_id;
  } else if (const ConektaSubscription* owner = FindOwner(from, subscriptions)) {
    to.subscription_id = owner->id;
    const std::string* sold = FindProduct(terms.plans, owner->plan_id);
    if (sold != nullptr) to.product_id = *sold;
  }
  return to;
}

std::string ToCheckoutStatus(const ConektaOrder& from, Timestamp as_of) {
  if (WasPaid(from)) return "succeeded";
  const std::string status = StatusOf(from);
  if (status == "void") return "expired";
  if (from.payment_status &&
      IsAmong(*from.payment_status, {"pending_payment", "pre_authorized", "under_fraud_review"})) {
    return "confirmed";
  }
  const bool is_over =
      from.checkout && from.checkout->expires_at && FromConektaTime(*from.checkout->expires_at) <= as_of;
  const std::string page = from.checkout ? from.checkout->status.value_or("") : "";
  return is_over || IsAmong(page, {"Expired", "Cancelled", "Failed"}) ? "expired" : "open";
}

std::optional<RefundView> ToRefund(const ConektaOrder& from) {
  if (!WasPaid(from)) return std::nullopt;
  const bool is_all = IsAmong(*from.payment_status, {"refunded", "charged_back"}) ||
                      (from.amount > 0 && from.amount_refunded.value_or(0) >= from.amount);
  return RefundView{
      .id = from.id, .order_id = from.id, .status = is_all ? "succeeded" : "canceled", .revoke_benefits = true};
}

}  // namespace plinto::polar
