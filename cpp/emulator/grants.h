// Benefit grants: what a subscription's customer has been given, and when it was taken back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;

struct Grant {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::optional<Timestamp> granted_at = {};
  std::optional<Timestamp> revoked_at = {};
  std::string benefit_id = {};
  std::string customer_id = {};
  std::string member_id = {};
  std::string subscription_id = {};
};

/// `CustomerStateBenefitGrant`; only for grants that are granted.
[[nodiscard]] Json RenderStateGrant(const Grant& grant);

// Jobs.
void GrantBenefits(World& world, std::string_view subscription_id);
void RevokeBenefits(World& world, std::string_view subscription_id);
/// benefit_grant.cycled for each granted grant; started by the renewal's order.paid.
void CycleBenefits(World& world, std::string_view subscription_id);

}  // namespace plinto::polar::emulator
