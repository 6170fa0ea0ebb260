#include "core/billing/access/entitlement_sources.h"

#include <algorithm>

namespace plinto::polar {
namespace {

using enum EntitlementReason;

constexpr std::int64_t kDaySeconds = 86'400;

std::optional<Timestamp> ScheduledEnd(const SubscriptionView& subscription) {
  if (subscription.ends_at) return subscription.ends_at;
  return subscription.cancel_at_period_end ? std::optional(subscription.current_period_end) : std::nullopt;
}

Access DecideRunning(const SubscriptionView& subscription, EntitlementReason reason, Timestamp now) {
  // A cancel wins over a pause.
  if (const auto end = ScheduledEnd(subscription)) {
    return now < *end ? Allowed(kCanceledUntilPeriodEnd, end) : Denied(kEnded);
  }
  if (!subscription.pause_at_period_end.value_or(false)) return Allowed(reason);
  return now < subscription.current_period_end ? Allowed(reason, subscription.current_period_end) : Denied(kPaused);
}

Access DecidePastDue(const SubscriptionView& subscription, std::int64_t grace_days, Timestamp now) {
  // Without the time of the failure grace counts from the beginning of the period that was not paid.
  const Timestamp since = subscription.past_due_at.value_or(subscription.current_period_start);
  Timestamp until = since.PlusSeconds(grace_days * kDaySeconds);
  if (now >= until) return Denied(kPastDueGraceOver);
  const auto end = ScheduledEnd(subscription);
  if (end && now >= *end) return Denied(kEnded);
  if (end) until = std::min(until, *end);
  return Allowed(kPastDueInGrace, until);
}

bool IsLonger(const Access& left, const Access& right) {
  if (left.allowed != right.allowed) return left.allowed;
  if (!left.allowed || !right.until) return false;
  return !left.until || *left.until > *right.until;
}

// The better first: access before none, then the higher product, then what was bought, which has a status to show;
// among those that give none the newer.
bool IsBetter(const Source& left, const Source& right) {
  if (left.access.allowed != right.access.allowed) return left.access.allowed;
  if (left.access.allowed && left.rank != right.rank) return left.rank > right.rank;
  const bool is_bought = left.local_grant == nullptr;
  if (is_bought != (right.local_grant == nullptr)) return is_bought;
  if (!is_bought && left.access.until != right.access.until) return IsLonger(left.access, right.access);
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

// The last one of the tier.
void FindPlanOfTier(std::span<const Plan> plans, Source& source) {
  for (const Plan& plan : plans) {
    if (plan.tier != *source.local_grant->tier) continue;
    source.plan = &plan;
    source.rank = &plan - plans.data();
  }
}

Access DecideLocalGrant(const LocalGrant& grant, Timestamp now) {
  return IsInForce(grant, now) ? Allowed(kGranted, grant.ends_at) : Denied(kEnded);
}

Access DecideOrder(const OrderView& order, const OrderMarks& marks) {
  if (order.status == "void") return Denied(kEnded);
  if (order.status == "draft" || order.status == "pending") return Denied(kIncomplete);
  if (order.status != "paid" && order.status != "partially_refunded" && order.status != "refunded") {
    return Denied(kStatusUnknown);
  }
  if (marks.IsRefunded(order.id)) return Denied(kRefunded);
  return marks.IsRevoked(order.id) ? Denied(kRevoked) : Allowed(kPurchased);
}

// Of several answers on one feature the best stays: allowed, then the longest, then the first that was given.
void AddAnswer(FeatureAnswers& answers, const std::string& feature, const FeatureAnswer& answer) {
  const auto [at, is_first] = answers.emplace(feature, answer);
  if (!is_first && IsLonger(answer.access, at->second.access)) at->second = answer;
}

}  // namespace

OrderMarks::OrderMarks(const BillingState& state, const std::vector<GrantInForce>& grants) {
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

std::vector<Source> FindSources(std::span<const Plan> plans, const BillingState& state,
                                const std::vector<GrantInForce>& grants, std::span<const LocalGrant> local_grants,
                                Timestamp now) {
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
  if (IsDeleted(state)) {
    for (Source& source : sources) source.access = Denied(kCustomerDeleted);
  }
  for (const LocalGrant& grant : local_grants) {
    if (!grant.tier || !HasBegun(grant, now)) continue;
    Source source{.access = DecideLocalGrant(grant, now), .as_of = grant.starts_at, .id = grant.id};
    source.local_grant = &grant;
    FindPlanOfTier(plans, source);
    sources.push_back(std::move(source));
  }
  // With PRODUCTS set, what it does not list gives nothing: not even access without a tier.
  for (Source& source : sources) {
    if (source.access.allowed && source.plan == nullptr && !plans.empty()) source.access = Denied(kNotInPlan);
  }
  std::sort(sources.begin(), sources.end(), IsBetter);
  return sources;
}

GrantsByBenefit ByBenefit(std::span<const GrantInForce> grants) {
  GrantsByBenefit granted;
  for (const GrantInForce& grant : grants) granted.emplace(grant.benefit_id, &grant);
  return granted;
}

void AddAnswersOf(const Source& source, const GrantsByBenefit& granted, FeatureAnswers& answers) {
  if (source.plan == nullptr) return;
  for (const std::string& feature : source.plan->features) AddAnswer(answers, feature, {source.access, &source});
  for (const BenefitFeature& tied : source.plan->benefit_features) {
    if (source.local_grant != nullptr) {
      // Polar grants nothing for it, so that the benefit's features are given with the tier.
      AddAnswer(answers, tied.feature, {source.access, &source});
      continue;
    }
    if (granted.contains(tied.benefit_id)) continue;
    AddAnswer(answers, tied.feature, {source.access.allowed ? Denied(kNotGranted) : source.access, &source});
  }
}

FeatureAnswers AnswerFeatures(std::span<const Plan> plans, std::span<const Source> sources, BesideSources beside,
                              const Access& otherwise, Timestamp now) {
  const GrantsByBenefit granted = ByBenefit(beside.grants);
  FeatureAnswers answers;
  for (const Source& source : sources) AddAnswersOf(source, granted, answers);
  for (const LocalGrant& grant : beside.local_grants) {
    if (grant.tier || !HasBegun(grant, now)) continue;
    for (const std::string& feature : grant.features) {
      AddAnswer(answers, feature, {DecideLocalGrant(grant, now), nullptr, nullptr, &grant});
    }
  }
  for (const Plan& plan : plans) {
    for (const BenefitFeature& tied : plan.benefit_features) {
      const auto grant = granted.find(tied.benefit_id);
      const bool has = grant != granted.end();
      AddAnswer(answers, tied.feature, {has ? Allowed(kGranted) : otherwise, nullptr, has ? grant->second : nullptr});
    }
    for (const std::string& feature : plan.features) AddAnswer(answers, feature, {otherwise});
  }
  for (const GrantInForce& grant : beside.grants) {
    const std::string* feature = FlagOf(grant.benefit_type, grant.metadata);
    if (feature != nullptr) AddAnswer(answers, *feature, {Allowed(kGranted), nullptr, &grant});
  }
  return answers;
}

Access AnswerOtherwise(const BillingState& state, std::span<const Source> sources) {
  const bool has_access = !sources.empty() && sources.front().access.allowed;
  if (IsDeleted(state) && !has_access) return Denied(kCustomerDeleted);
  return Denied(sources.empty() ? kNoPlan : kNotInPlan);
}

bool IsTied(std::span<const Plan> plans, std::string_view feature, std::string_view benefit_id) {
  return std::any_of(plans.begin(), plans.end(), [&](const Plan& plan) {
    return std::any_of(plan.benefit_features.begin(), plan.benefit_features.end(), [&](const BenefitFeature& tied) {
      return tied.feature == feature && tied.benefit_id == benefit_id;
    });
  });
}

const std::string* FlagOf(std::string_view benefit_type, const Json& metadata) {
  const std::string* feature = benefit_type == "feature_flag" ? FindString(metadata, "feature") : nullptr;
  return feature != nullptr && !feature->empty() ? feature : nullptr;
}

Access DecideSubscription(const SubscriptionView& subscription, std::int64_t grace_days, Timestamp now) {
  const auto& status = subscription.status;
  if (subscription.ended_at || status == SubscriptionStatus::kCanceled) return Denied(kEnded);
  if (status == SubscriptionStatus::kActive) return DecideRunning(subscription, kActive, now);
  if (status == SubscriptionStatus::kTrialing) return DecideRunning(subscription, kTrialing, now);
  if (status == SubscriptionStatus::kPastDue) return DecidePastDue(subscription, grace_days, now);
  if (status == SubscriptionStatus::kPaused) return Denied(kPaused);
  if (status == SubscriptionStatus::kUnpaid) return Denied(kUnpaid);
  return Denied(status.known() ? kIncomplete : kStatusUnknown);
}

Access DecideOrder(const OrderView& order, const BillingState& state) {
  return DecideOrder(order, OrderMarks(state, GrantsInForce(state)));
}

}  // namespace plinto::polar
