#include "server/service/entitlements/entitlements.h"

#include <algorithm>

namespace plinto::polar::server {

Access FindTier(const CustomerEntitlements& entitlements, std::span<const Plan> plans, std::string_view tier) {
  const auto rank = [&](std::string_view name) {
    return std::find_if(plans.begin(), plans.end(), [&](const Plan& one) { return one.tier == name; });
  };
  if (!entitlements.access.allowed) return entitlements.access;
  const auto asked = rank(tier);
  const bool has = entitlements.tier && asked != plans.end() && rank(*entitlements.tier) >= asked;
  return has ? entitlements.access : Access{.allowed = false, .reason = EntitlementReason::kNotInPlan};
}

}  // namespace plinto::polar::server
