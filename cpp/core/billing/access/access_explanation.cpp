#include "core/billing/access/access_explanation.h"

#include <algorithm>
#include <limits>

#include "core/billing/access/entitlement_sources.h"

namespace plinto::polar {
namespace {

using enum EntitlementReason;

Access AnswerTier(std::span<const Plan> plans, const Access& access, const std::string* tier, std::string_view asked) {
  if (!access.allowed) return access;
  const auto rank = [&](std::string_view name) {
    return std::find_if(plans.begin(), plans.end(), [&](const Plan& one) { return one.tier == name; });
  };
  const auto wanted = rank(asked);
  const bool has = tier != nullptr && wanted != plans.end() && rank(*tier) >= wanted;
  return has ? access : Denied(kNotInPlan);
}

double Rounded(const DecimalSum& number) {
  const Json json = number.ToDecimal().ToJson();
  if (const auto* fraction = json.get_ptr<const Json::number_float_t*>()) return *fraction;
  return static_cast<double>(AsInteger(json).value_or(0));
}

Access AnswerMeter(const CustomerEntitlements& entitlements, const std::string& meter_id) {
  for (const MeterAccess& one : entitlements.meters) {
    if (one.meter_id == meter_id) return one.access;
  }
  if (entitlements.access.reason == kCustomerDeleted) return entitlements.access;
  return Denied(entitlements.access.reason == kNoPlan ? kNoPlan : kCreditsUsedUp);
}

/// What a purchase says to the question.
std::optional<Access> AnswerOf(const Source& source, std::span<const Plan> plans, const GrantsByBenefit& granted,
                               const AccessQuestion& question) {
  if (question.tier) {
    return AnswerTier(plans, source.access, source.plan == nullptr ? nullptr : &source.plan->tier, *question.tier);
  }
  if (!question.feature || source.access.reason == kCustomerDeleted) return source.access;
  FeatureAnswers answers;
  AddAnswersOf(source, granted, answers);
  if (const auto own = answers.find(*question.feature); own != answers.end()) return own->second.access;
  const bool is_left_to_grant =
      source.plan != nullptr && std::any_of(source.plan->benefit_features.begin(), source.plan->benefit_features.end(),
                                            [&](const auto& tied) { return tied.feature == *question.feature; });
  return is_left_to_grant ? std::nullopt : std::optional(Denied(kNotInPlan));
}

AccessFact FactOf(const LocalGrant& grant, Timestamp now) {
  const char* const status = IsInForce(grant, now) ? "granted" : HasBegun(grant, now) ? "ended" : "scheduled";
  return {.kind = AccessFactKind::kLocalGrant,
          .id = grant.id,
          .status = status,
          .tier = grant.tier,
          .starts_at = grant.starts_at,
          .ends_at = grant.ends_at,
          .source = grant.source,
          .reason = grant.reason};
}

AccessFact FactOf(const Source& source, const OrderMarks& marks, Timestamp now) {
  if (source.local_grant != nullptr) {
    AccessFact granted = FactOf(*source.local_grant, now);
    granted.in_products = source.plan != nullptr;
    return granted;
  }
  AccessFact fact{.kind = source.order != nullptr ? AccessFactKind::kOrder : AccessFactKind::kSubscription,
                  .id = source.id,
                  .as_of = source.as_of,
                  .product_id = source.product_id,
                  .in_products = source.plan != nullptr};
  if (source.plan != nullptr) {
    fact.slug = source.plan->slug;
    fact.tier = source.plan->tier;
  }
  if (source.order != nullptr) {
    fact.status = source.order->status;
    fact.refunded = marks.IsRefunded(source.id);
    fact.revoked = marks.IsRevoked(source.id);
    return fact;
  }
  const SubscriptionView& subscription = *source.subscription;
  fact.status = subscription.status.text();
  fact.current_period_end = subscription.current_period_end;
  fact.cancel_at_period_end = subscription.cancel_at_period_end;
  fact.pause_at_period_end = subscription.pause_at_period_end;
  fact.ends_at = subscription.ends_at;
  fact.ended_at = subscription.ended_at;
  fact.past_due_at = subscription.past_due_at;
  return fact;
}

AccessFact NewGrant(const std::string& id, const std::string& benefit_id, const char* status) {
  return {.kind = AccessFactKind::kGrant, .id = id, .status = status, .benefit_id = benefit_id};
}

/// Is the grant about the feature that is asked about?
bool IsAbout(const AccessQuestion& question, std::span<const Plan> plans, std::string_view benefit_id,
             const std::string* flag) {
  if (!question.feature) return false;
  return IsTied(plans, *question.feature, benefit_id) || (flag != nullptr && *flag == *question.feature);
}

/// When Polar told of a grant: by itself, or with the customer's state where that is newer (billing_state.h).
Timestamp ToldAt(const BillingState& state, const std::string& grant_id) {
  const auto own = std::lower_bound(state.grants.begin(), state.grants.end(), grant_id,
                                    [](const auto& held, const std::string& id) { return held.value.id < id; });
  const bool has_own = own != state.grants.end() && own->value.id == grant_id;
  if (!state.customer_state) return has_own ? own->as_of : Timestamp{};
  return has_own ? std::max(own->as_of, state.customer_state->as_of) : state.customer_state->as_of;
}

/// Those in force, then those that are not.
void AddGrants(std::span<const Plan> plans, const BillingState& state, const std::vector<GrantInForce>& grants,
               const AccessQuestion& question, std::vector<AccessFact>& facts) {
  std::set<std::string_view> in_force;
  for (const GrantInForce& grant : grants) {
    in_force.insert(grant.grant_id);
    AccessFact fact = NewGrant(grant.grant_id, grant.benefit_id, "granted");
    fact.as_of = ToldAt(state, grant.grant_id);
    if (IsAbout(question, plans, grant.benefit_id, FlagOf(grant.benefit_type, grant.metadata))) {
      fact.access = Allowed(kGranted);
    }
    facts.push_back(std::move(fact));
  }
  for (const auto& held : state.grants) {
    const GrantView& grant = held.value;
    if (in_force.contains(grant.id)) continue;
    AccessFact fact = NewGrant(grant.id, grant.benefit_id, grant.is_revoked ? "revoked" : "not_granted");
    fact.as_of = ToldAt(state, grant.id);
    const bool has_metadata = grant.benefit && grant.benefit->metadata;
    const std::string* flag = has_metadata ? FlagOf(grant.benefit->type, *grant.benefit->metadata) : nullptr;
    if (IsAbout(question, plans, grant.benefit_id, flag)) {
      fact.access = Denied(IsDeleted(state) ? kCustomerDeleted : kNotGranted);
    }
    facts.push_back(std::move(fact));
  }
}

/// Those that are no sources: without a tier, or not begun yet.
void AddLocalGrants(std::span<const LocalGrant> grants, const AccessQuestion& question, Timestamp now,
                    std::vector<AccessFact>& facts) {
  for (const LocalGrant& grant : grants) {
    const bool has_begun = HasBegun(grant, now);
    if (grant.tier && has_begun) continue;
    facts.push_back(FactOf(grant, now));
    const bool is_about = question.feature && std::find(grant.features.begin(), grant.features.end(),
                                                        *question.feature) != grant.features.end();
    if (!has_begun || !is_about) continue;
    facts.back().access = IsInForce(grant, now) ? Allowed(kGranted, grant.ends_at) : Denied(kEnded);
  }
}

bool IsOf(const AccessFact& fact, AccessFactKind kind, std::string_view id) {
  return fact.kind == kind && fact.id == id;
}

}  // namespace

BillingState WithBalance(BillingState state, const AccessQuestion& question) {
  if (!question.meter || !state.customer_state) return state;
  for (MeterView& meter : state.customer_state->value.active_meters) {
    if (meter.meter_id != question.meter->meter_id) continue;
    const bool holds = question.meter->balance >= question.meter->required;
    meter.balance = holds ? std::max(Rounded(question.meter->balance), std::numeric_limits<double>::min()) : 0;
  }
  return state;
}

Access AnswerQuestion(std::span<const Plan> plans, const CustomerEntitlements& entitlements,
                      const AccessQuestion& question) {
  if (question.meter) return AnswerMeter(entitlements, question.meter->meter_id);
  if (question.feature) return FindFeature(entitlements, *question.feature);
  if (!question.tier) return entitlements.access;
  return AnswerTier(plans, entitlements.access, entitlements.tier ? &*entitlements.tier : nullptr, *question.tier);
}

std::vector<AccessFact> ExplainAccess(std::span<const Plan> plans, const BillingState& state,
                                      const AccessQuestion& question, Timestamp now,
                                      std::span<const LocalGrant> local_grants) {
  const std::vector<GrantInForce> grants = GrantsInForce(state);
  const std::vector<Source> sources = FindSources(plans, state, grants, local_grants, now);
  const GrantsByBenefit granted = ByBenefit(grants);
  const OrderMarks marks(state, grants);
  const CustomerEntitlements entitlements = DecideEntitlements(plans, state, now, local_grants);
  std::vector<AccessFact> facts;
  for (const Source& source : sources) {
    facts.push_back(FactOf(source, marks, now));
    facts.back().access = AnswerOf(source, plans, granted, question);
  }
  AddGrants(plans, state, grants, question, facts);
  AddLocalGrants(local_grants, question, now, facts);
  for (const MeterAccess& meter : entitlements.meters) {
    facts.push_back({.kind = AccessFactKind::kMeter,
                     .id = meter.meter_id,
                     .access = meter.access,
                     .as_of = state.customer_state->as_of,
                     .remaining = meter.remaining});
    if (question.meter && question.meter->meter_id == meter.meter_id) {
      facts.back().remaining = std::max(0.0, Rounded(question.meter->balance));
    }
  }
  // The plan decides, where nothing else is about what is asked; without a plan the customer does.
  const bool is_deleted = entitlements.access.reason == kCustomerDeleted;
  std::optional<std::size_t> deciding;
  if (!sources.empty() && !is_deleted) deciding = 0;
  if (!state.customer_id.empty()) {
    facts.push_back({.kind = AccessFactKind::kCustomer,
                     .id = state.customer_id,
                     .status = IsDeleted(state) ? "deleted" : "active",
                     .as_of = state.customer ? std::optional(state.customer->as_of) : std::nullopt});
    if (!deciding) {
      facts.back().access = entitlements.access;
      deciding = facts.size() - 1;
    }
  }
  const auto decide_by = [&](AccessFactKind kind, std::string_view id) {
    const auto fact = std::find_if(facts.begin(), facts.end(), [&](const auto& one) { return IsOf(one, kind, id); });
    if (fact != facts.end()) deciding = static_cast<std::size_t>(fact - facts.begin());
  };
  if (question.feature) {
    const FeatureAnswers answers =
        AnswerFeatures(plans, sources, {grants, local_grants}, AnswerOtherwise(state, sources), now);
    const auto answer = answers.find(*question.feature);
    if (answer != answers.end() && answer->second.access.reason == kCustomerDeleted) {
      // What they had bought does not count any more, whatever they were given.
      facts.back().access = answer->second.access;
      deciding = facts.size() - 1;
    } else if (answer != answers.end()) {
      const FeatureAnswer& gave = answer->second;
      if (gave.source != nullptr) deciding = static_cast<std::size_t>(gave.source - sources.data());
      if (gave.grant != nullptr) decide_by(AccessFactKind::kGrant, gave.grant->grant_id);
      if (gave.local_grant != nullptr) decide_by(AccessFactKind::kLocalGrant, gave.local_grant->id);
    }
  }
  if (question.meter && !is_deleted) decide_by(AccessFactKind::kMeter, question.meter->meter_id);
  if (deciding) facts[*deciding].decides = true;
  return facts;
}

}  // namespace plinto::polar
