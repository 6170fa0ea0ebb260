// What a subject may use, from the local mirror: the one source of GET /access and of entitlement tokens.
#pragma once

#include "core/billing/entitlements.h"
#include "server/service/settings.h"
#include "server/service/world.h"

namespace plinto::polar::server {

/// Entitlements at `now`; those of somebody who never bought anything when there is no customer. Asks Polar nothing.
/// Errors: STORE_FAILED.
[[nodiscard]] Task<Result<Entitlements>> ReadEntitlements(World& world, const Settings& settings, Subject subject,
                                                          Timestamp now);

/// One tier of them: the plan gives it when its own tier is this one, or comes later in PRODUCTS. `not_in_plan` for a
/// tier that PRODUCTS does not have.
[[nodiscard]] Access FindTier(const Entitlements& entitlements, std::span<const ProductConfiguration> plans,
                              std::string_view tier);

}  // namespace plinto::polar::server
