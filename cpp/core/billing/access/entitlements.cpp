#include "core/billing/access/entitlements.h"

#include <algorithm>
#include <set>

#include "core/billing/access/entitlement_sources.h"

namespace plinto::polar {

using enum EntitlementReason;

namespace {

std::vector<MeterAccess> DecideMeters(const BillingState& state, const std::vector<Source>& sources) {
  std::vector<MeterAccess> meters;
  if (!state.customer_state) return meters;
  std::set<std::string> billed;
  for (const Source& source : sources) {
    if (!source.access.allowed || source.plan == nullptr || source.local_grant != nullptr) continue;
    billed.insert(source.plan->overage_meters.begin(), source.plan->overage_meters.end());
  }
  for (const MeterView& meter : state.customer_state->value.active_meters) {
    const bool overage = billed.contains(meter.meter_id);
    Access access = meter.balance > 0 ? Allowed(kCreditsLeft)
                    : overage         ? Allowed(kOverageBilled)
                                      : Denied(kCreditsUsedUp);
    if (IsDeleted(state)) access = Denied(kCustomerDeleted);
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
  if (source.local_grant != nullptr) {
    if (source.access.allowed) entitlements.tier = source.local_grant->tier;
    return;
  }
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

CustomerEntitlements DecideEntitlements(std::span<const Plan> plans, const BillingState& state, Timestamp now,
                                        std::span<const LocalGrant> local_grants) {
  const std::vector<GrantInForce> grants = GrantsInForce(state);
  const std::vector<Source> sources = FindSources(plans, state, grants, local_grants, now);
  CustomerEntitlements entitlements;
  if (!sources.empty()) DescribePlan(sources.front(), state, entitlements);
  if (IsDeleted(state) && !entitlements.access.allowed) entitlements.access = Denied(kCustomerDeleted);
  const Access otherwise = AnswerOtherwise(state, sources);
  for (const auto& [feature, answer] : AnswerFeatures(plans, sources, {grants, local_grants}, otherwise, now)) {
    entitlements.features.push_back({feature, answer.access});
  }
  entitlements.meters = DecideMeters(state, sources);
  return entitlements;
}

Access FindFeature(const CustomerEntitlements& entitlements, std::string_view feature) {
  for (const FeatureAccess& one : entitlements.features) {
    if (one.feature == feature) return one.access;
  }
  if (entitlements.access.reason == EntitlementReason::kCustomerDeleted) return entitlements.access;
  return Denied(entitlements.access.reason == kNoPlan ? kNoPlan : kNotInPlan);
}

}  // namespace plinto::polar
