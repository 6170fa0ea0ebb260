#include "server/service/entitlements.h"

#include <algorithm>

#include "core/billing/billing_state.h"

namespace plinto::polar::server {
namespace {

// Snapshots are whole objects of Polar's: a view of one is read out of what it was decoded from.
template <class View, class Model>
void Hold(std::vector<Held<View>>& held, const std::vector<Model>& snapshots) {
  for (const Model& one : snapshots) {
    Result<View> view = Decode<View>(Encode(one));
    if (view) held.push_back({Timestamp(), *std::move(view)});
  }
  std::sort(held.begin(), held.end(),
            [](const Held<View>& left, const Held<View>& right) { return left.value.id < right.value.id; });
}

BillingState StateOf(std::string polar_customer_id, const CustomerSnapshots& snapshots) {
  BillingState state{.customer_id = std::move(polar_customer_id)};
  Hold(state.subscriptions, snapshots.subscriptions);
  Hold(state.orders, snapshots.orders);
  CustomerStateView view{.id = state.customer_id, .granted_benefits = {}, .active_meters = {}};
  for (const GrantedBenefit& one : snapshots.benefits) {
    view.granted_benefits.push_back({one.id, one.benefit_id, one.benefit_type.text(), one.benefit_metadata});
  }
  for (const StateMeter& one : snapshots.meters) {
    if (Result<MeterView> meter = Decode<MeterView>(Encode(one))) view.active_meters.push_back(*std::move(meter));
  }
  const auto by_id = [](const MeterView& left, const MeterView& right) { return left.meter_id < right.meter_id; };
  std::sort(view.active_meters.begin(), view.active_meters.end(), by_id);
  state.customer_state = Held<CustomerStateView>{Timestamp(), std::move(view)};
  return state;
}

}  // namespace

Task<Result<Entitlements>> ReadEntitlements(World& world, const Settings& settings, Subject subject, Timestamp now) {
  Result<std::optional<CustomerRow>> customer = co_await world.store.FindCustomer(std::move(subject));
  if (!customer) co_return std::move(customer).error();
  if (!*customer) co_return DecideEntitlements(settings.plans, BillingState(), now);
  const std::string id = (*customer)->polar_customer_id;
  Result<CustomerSnapshots> snapshots = co_await world.store.ReadSnapshots(id);
  if (!snapshots) co_return std::move(snapshots).error();
  co_return DecideEntitlements(settings.plans, StateOf(id, *snapshots), now);
}

Access FindTier(const Entitlements& entitlements, std::span<const ProductConfiguration> plans, std::string_view tier) {
  const auto rank = [&](std::string_view name) {
    return std::find_if(plans.begin(), plans.end(), [&](const ProductConfiguration& one) { return one.tier == name; });
  };
  if (!entitlements.access.allowed) return entitlements.access;
  const auto asked = rank(tier);
  const bool has = entitlements.tier && asked != plans.end() && rank(*entitlements.tier) >= asked;
  return has ? entitlements.access : Access{.allowed = false, .reason = EntitlementReason::kNotInPlan};
}

}  // namespace plinto::polar::server
