// Questions about entitlements that take PRODUCTS to answer. What a subject may use is DecideEntitlements() of what the
// mirror has of it (mirror.h): the one source of GET /customer/state, of GET /access and of entitlement tokens.
#pragma once

#include <span>
#include <string_view>

#include "core/billing/entitlements.h"

namespace plinto::polar::server {

/// One tier of them: the plan gives it when its own tier is this one, or comes later in PRODUCTS. `not_in_plan` for a
/// tier that PRODUCTS does not have.
[[nodiscard]] Access FindTier(const CustomerEntitlements& entitlements, std::span<const Plan> plans,
                              std::string_view tier);

}  // namespace plinto::polar::server
