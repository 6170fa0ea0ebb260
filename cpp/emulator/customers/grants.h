// Benefit grants: what a purchase's customer has been given, and when it was taken back.
//
// There is one grant per purchase, benefit and holder. The same benefit through two purchases is two grants, and a
// grant that is given again keeps its id. A seat-based purchase gives nothing to its buyer; GrantTo gives to the
// holders of its seats. Every grant and revocation is announced, and customer.state_changed follows. Source: Polar's
// benefit/grant/service.py.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Route;
struct Product;

struct Grant {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::optional<Timestamp> granted_at = {};
  std::optional<Timestamp> revoked_at = {};
  std::string benefit_id = {};
  std::string customer_id = {};
  std::string member_id = {};
  std::string subscription_id = {};  ///< One of the two is set.
  std::string order_id = {};
  /// Of a meter credit: last_credited_meter_id, last_credited_units, last_credited_at.
  Json properties = Json::object();
  std::string credit_event_id = {};  ///< Of a meter credit: the event of the last one.
};

/// Who holds what through which purchase.
struct GrantTarget {
  std::string customer_id = {};
  std::string member_id = {};
  std::string subscription_id = {};
  std::string order_id = {};
};
/// Makes the holder's grants those of the product: revokes what it lacks, then grants what is missing.
void GrantTo(World& world, const GrantTarget& target, const Product& product);
/// Takes back all that the holder has through the purchase.
void RevokeFrom(World& world, const GrantTarget& target);

/// `CustomerStateBenefitGrant`; only for grants that are granted.
[[nodiscard]] Json RenderStateGrant(const World& world, const Grant& grant);
/// `BenefitGrant`
[[nodiscard]] Json RenderGrant(const World& world, const Grant& grant);

// Jobs.
void GrantBenefits(World& world, std::string_view subscription_id);
void GrantOrderBenefits(World& world, std::string_view order_id);
/// From everybody who has them through the subscription or order, also from holders of seats.
void RevokeBenefits(World& world, std::string_view subscription_id);
void RevokeOrderBenefits(World& world, std::string_view order_id);
/// benefit_grant.cycled for each granted grant; started by the renewal's order.paid.
void CycleBenefits(World& world, std::string_view subscription_id);

[[nodiscard]] std::span<const Route> GrantRoutes();

}  // namespace plinto::polar::emulator
