// Benefits: what products give to those who buy them. Types custom, feature_flag and meter_credit.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Route;

struct Benefit {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string type = "feature_flag";  ///< custom, feature_flag or meter_credit
  std::string description = {};
  std::string visibility = "public";
  Json metadata = Json::object();
  Json properties = Json::object();  ///< `{note}`, `{}` or `{units, rollover, meter_id}`
  bool deleted = false;
};

/// Deleted benefits are not found.
[[nodiscard]] Benefit* FindBenefit(World& world, std::string_view id);

/// The properties of a meter_credit; nothing for the other types.
struct MeterCredit {
  std::string meter_id;
  std::int64_t units = 0;
  bool rollover = false;
};
[[nodiscard]] std::optional<MeterCredit> MeterCreditOf(const Benefit& benefit);

/// `Benefit`, as it stands in products of the merchant's API and in grants.
[[nodiscard]] Json RenderBenefit(const World& world, const Benefit& benefit);
/// `BenefitPublic`, as it stands in checkouts.
[[nodiscard]] Json RenderPublicBenefit(const World& world, const Benefit& benefit);

/// All that Polar has, also those that the emulator lacks.
[[nodiscard]] std::vector<std::string_view> BenefitTypes();

[[nodiscard]] std::span<const Route> BenefitRoutes();

}  // namespace plinto::polar::emulator
