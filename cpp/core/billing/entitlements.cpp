#include "core/billing/entitlements.h"

#include <algorithm>
#include <map>
#include <set>

namespace plinto::polar {
namespace {

using enum EntitlementReason;

constexpr std::int64_t kDaySeconds = 86'400;

Access Deny(EntitlementReason reason) { return {false, reason, std::nullopt}; }
Access Allow(EntitlementReason reason, std::optional<Timestamp> until = {}) { return {true, reason, until}; }

std::optional<Timestamp> ScheduledEnd(const SubscriptionView& subscription) {
  if (subscription.ends_at) return subscription.ends_at;
  return subscription.cancel_at_period_end ? std::optional(subscription.current_period_end) : std::nullopt;
}

Access DecideRunning(const SubscriptionView& subscription, EntitlementReason reason, Timestamp now) {
  // A cancel wins over a pause.
  if (const auto end = ScheduledEnd(subscription)) {
    return now < *end ? Allow(kCanceledUntilPeriodEnd, end) : Deny(kEnded);
  }
  if (!subscription.pause_at_period_end.value_or(false)) return Allow(reason);
  return now < subscription.current_period_end ? Allow(reason, subscription.current_period_end) : Deny(kPaused);
}

Access DecidePastDue(const SubscriptionView& subscription, std::int64_t grace_days, Timestamp now) {
  // Without the time of the failure grace counts from the beginning of the period that was not paid.
  const Timestamp since = subscription.past_due_at.value_or(subscription.current_period_start);
  Timestamp until = since.PlusSeconds(grace_days * kDaySeconds);
  if (now >= until) return Deny(kPastDueGraceOver);
  const auto end = ScheduledEnd(subscription);
  if (end && now >= *end) return Deny(kEnded);
  if (end) until = std::min(until, *end);
  return Allow(kPastDueInGrace, until);
}

// What gives access: a subscription or an order, with its place in the list of plans.
struct Source {
  Access access = {};
  Timestamp as_of = {};
  std::string id = {};
  std::string product_id = {};
  const Plan* plan = nullptr;
  std::ptrdiff_t rank = -1;  // of products without a plan
  const SubscriptionView* subscription = nullptr;
  const OrderView* order = nullptr;
};

// The better first: access before none, then the higher product; among those that give none the newer.
bool IsBetter(const Source& left, const Source& right) {
  if (left.access.allowed != right.access.allowed) return left.access.allowed;
  if (left.access.allowed && left.rank != right.rank) return left.rank > right.rank;
  if (left.as_of != right.as_of) return left.as_of > right.as_of;
  return left.id < right.id;
}

void FindPlan(std::span<const Plan> plans, Source& source) {
  for (const Plan& plan : plans) {
    if (plan.product_id != source.product_id) continue;
    source.plan = &plan;
    source.rank = &plan - plans.data();
  }
}

// Orders by what became of them: a customer may have thousands, and as many grants and refunds.
struct OrderMarks {
  OrderMarks(const BillingState& state, const std::vector<GrantInForce>& grants) {
    for (const auto& refund : state.refunds) {
      // Already while it is pending; one that failed or was canceled takes nothing away.
      const bool stands = refund.value.status == "succeeded" || refund.value.status == "pending";
      if (stands && refund.value.revoke_benefits) refunded.insert(refund.value.order_id);
    }
    for (const GrantInForce& grant : grants) {
      if (grant.order_id) granted.insert(*grant.order_id);
    }
    for (const auto& grant : state.grants) {
      if (grant.value.order_id && grant.value.is_revoked) revoked.insert(*grant.value.order_id);
    }
  }

  std::set<std::string> refunded;
  std::set<std::string> granted;
  std::set<std::string> revoked;
};

Access DecideOrder(const OrderView& order, const OrderMarks& marks) {
  if (order.status == "void") return Deny(kEnded);
  if (order.status == "draft" || order.status == "pending") return Deny(kIncomplete);
  if (order.status != "paid" && order.status != "partially_refunded" && order.status != "refunded") {
    return Deny(kStatusUnknown);
  }
  if (marks.refunded.contains(order.id)) return Deny(kRefunded);
  return marks.revoked.contains(order.id) && !marks.granted.contains(order.id) ? Deny(kRevoked) : Allow(kPurchased);
}

std::vector<Source> FindSources(std::span<const Plan> plans, const BillingState& state,
                                const std::vector<GrantInForce>& grants, Timestamp now) {
  std::vector<Source> sources;
  for (const auto& held : state.subscriptions) {
    Source source{
        .as_of = held.as_of, .id = held.value.id, .product_id = held.value.product_id, .subscription = &held.value};
    FindPlan(plans, source);
    source.access = DecideSubscription(held.value, source.plan == nullptr ? 0 : source.plan->grace_days, now);
    sources.push_back(std::move(source));
  }
  const OrderMarks marks(state, grants);
  for (const auto& held : state.orders) {
    if (held.value.subscription_id || !held.value.product_id) continue;
    Source source{.as_of = held.as_of, .id = held.value.id, .product_id = *held.value.product_id, .order = &held.value};
    FindPlan(plans, source);
    source.access = DecideOrder(held.value, marks);
    sources.push_back(std::move(source));
  }
  // With PRODUCTS set, what it does not list gives nothing: not even access without a tier.
  for (Source& source : sources) {
    if (source.access.allowed && source.plan == nullptr && !plans.empty()) source.access = Deny(kNotInPlan);
  }
  if (IsDeleted(state)) {
    for (Source& source : sources) source.access = Deny(kCustomerDeleted);
  }
  std::sort(sources.begin(), sources.end(), IsBetter);
  return sources;
}

class Features {
 public:
  // Of several answers on one feature the best stays: allowed, then the longest, then the first that was given.
  void Add(const std::string& feature, const Access& access) {
    const auto [at, is_first] = best_.emplace(feature, access);
    if (!is_first && IsLonger(access, at->second)) at->second = access;
  }

  std::vector<FeatureAccess> Take() {
    std::vector<FeatureAccess> list;
    for (const auto& [feature, access] : best_) list.push_back({feature, access});
    return list;
  }

 private:
  static bool IsLonger(const Access& left, const Access& right) {
    if (left.allowed != right.allowed) return left.allowed;
    if (!left.allowed || !right.until) return false;
    return !left.until || *left.until > *right.until;
  }

  std::map<std::string, Access> best_;
};

std::vector<FeatureAccess> DecideFeatures(std::span<const Plan> plans, const std::vector<Source>& sources,
                                          const std::vector<GrantInForce>& grants, const Access& otherwise) {
  std::set<std::string> granted;
  for (const GrantInForce& grant : grants) granted.insert(grant.benefit_id);
  Features features;
  for (const Source& source : sources) {
    if (source.plan == nullptr) continue;
    for (const std::string& feature : source.plan->features) features.Add(feature, source.access);
    for (const BenefitFeature& tied : source.plan->benefit_features) {
      if (granted.contains(tied.benefit_id)) continue;
      features.Add(tied.feature, source.access.allowed ? Deny(kNotGranted) : source.access);
    }
  }
  for (const Plan& plan : plans) {
    for (const BenefitFeature& tied : plan.benefit_features) {
      features.Add(tied.feature, granted.contains(tied.benefit_id) ? Allow(kGranted) : otherwise);
    }
    for (const std::string& feature : plan.features) features.Add(feature, otherwise);
  }
  for (const GrantInForce& grant : grants) {
    const std::string* feature = grant.benefit_type == "feature_flag" ? FindString(grant.metadata, "feature") : nullptr;
    if (feature != nullptr && !feature->empty()) features.Add(*feature, Allow(kGranted));
  }
  return features.Take();
}

std::vector<MeterAccess> DecideMeters(const BillingState& state, const std::vector<Source>& sources) {
  std::vector<MeterAccess> meters;
  if (!state.customer_state) return meters;
  std::set<std::string> billed;
  for (const Source& source : sources) {
    if (!source.access.allowed || source.plan == nullptr) continue;
    billed.insert(source.plan->overage_meters.begin(), source.plan->overage_meters.end());
  }
  for (const MeterView& meter : state.customer_state->value.active_meters) {
    const bool overage = billed.contains(meter.meter_id);
    Access access = meter.balance > 0 ? Allow(kCreditsLeft) : overage ? Allow(kOverageBilled) : Deny(kCreditsUsedUp);
    if (IsDeleted(state)) access = Deny(kCustomerDeleted);
    meters.push_back(
        {meter.meter_id, access, std::max(meter.balance, 0.0), meter.consumed_units, meter.credited_units});
  }
  return meters;
}

std::optional<SeatUse> CountSeats(const BillingState& state, const Source& source) {
  const auto& bought = source.subscription != nullptr ? source.subscription->seats : source.order->seats;
  if (!bought) return std::nullopt;
  SeatUse use{.total = source.access.allowed ? *bought : 0};
  for (const auto& seat : state.seats) {
    const auto& of = source.subscription != nullptr ? seat.value.subscription_id : seat.value.order_id;
    if (of != source.id) continue;
    use.claimed += seat.value.status == "claimed" ? 1 : 0;
    use.pending += seat.value.status == "pending" ? 1 : 0;
  }
  use.available = std::max<std::int64_t>(0, use.total - use.claimed - use.pending);
  return use;
}

void DescribePlan(const Source& source, const BillingState& state, CustomerEntitlements& entitlements) {
  entitlements.access = source.access;
  entitlements.product_id = source.product_id;
  if (source.plan != nullptr) {
    entitlements.slug = source.plan->slug;
    if (source.access.allowed) entitlements.tier = source.plan->tier;
  }
  if (source.subscription != nullptr) {
    entitlements.status = source.subscription->status.text();
    entitlements.subscription_id = source.id;
    entitlements.current_period_end = source.subscription->current_period_end;
  } else {
    entitlements.status = source.order->status;
    entitlements.order_id = source.id;
  }
  entitlements.seats = CountSeats(state, source);
}

}  // namespace

Access DecideSubscription(const SubscriptionView& subscription, std::int64_t grace_days, Timestamp now) {
  const auto& status = subscription.status;
  if (subscription.ended_at || status == SubscriptionStatus::kCanceled) return Deny(kEnded);
  if (status == SubscriptionStatus::kActive) return DecideRunning(subscription, kActive, now);
  if (status == SubscriptionStatus::kTrialing) return DecideRunning(subscription, kTrialing, now);
  if (status == SubscriptionStatus::kPastDue) return DecidePastDue(subscription, grace_days, now);
  if (status == SubscriptionStatus::kPaused) return Deny(kPaused);
  if (status == SubscriptionStatus::kUnpaid) return Deny(kUnpaid);
  return Deny(status.known() ? kIncomplete : kStatusUnknown);
}

Access DecideOrder(const OrderView& order, const BillingState& state) {
  return DecideOrder(order, OrderMarks(state, GrantsInForce(state)));
}

CustomerEntitlements DecideEntitlements(std::span<const Plan> plans, const BillingState& state, Timestamp now) {
  const std::vector<GrantInForce> grants = GrantsInForce(state);
  const std::vector<Source> sources = FindSources(plans, state, grants, now);
  CustomerEntitlements entitlements;
  if (!sources.empty()) DescribePlan(sources.front(), state, entitlements);
  if (IsDeleted(state)) entitlements.access = Deny(kCustomerDeleted);
  const Access otherwise = IsDeleted(state) ? Deny(kCustomerDeleted) : Deny(sources.empty() ? kNoPlan : kNotInPlan);
  entitlements.features = DecideFeatures(plans, sources, grants, otherwise);
  entitlements.meters = DecideMeters(state, sources);
  return entitlements;
}

Access FindFeature(const CustomerEntitlements& entitlements, std::string_view feature) {
  for (const FeatureAccess& one : entitlements.features) {
    if (one.feature == feature) return one.access;
  }
  if (entitlements.access.reason == EntitlementReason::kCustomerDeleted) return entitlements.access;
  return Deny(entitlements.status ? kNotInPlan : kNoPlan);
}

}  // namespace plinto::polar
