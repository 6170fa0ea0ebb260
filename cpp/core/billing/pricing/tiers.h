// Tiers: a price by quantity. Seats are whole and cost whole minor units; rates of units and of metered usage may be
// fractions of one.
//
// `volume`: the tier that is reached prices all of them. `graduated`: each tier prices its own. Pure. Facts: Polar's
// product/tiers.py and models/product_price.py. Where its server leaves it open (a quantity beyond the last tier, or
// before the first one, by volume) the nearest tier's rate holds; graduated, what lies beyond the last tier costs
// nothing, as Polar's own sum has it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/billing/pricing/money.h"
#include "core/model/price.h"

namespace plinto::polar {

/// Each tier prices the units up to and including its bound and begins where the one before it ends.
struct RateTier {
  std::optional<std::int64_t> bound = {};  ///< The last unit of the tier; nothing: no limit, in the last tier only.
  std::string unit_amount = "0";           ///< Decimal text, minor units for one unit.
};
struct RateTiers {
  TierType type = TierType::kVolume;
  std::vector<RateTier> list = {};  ///< By bound, upward.
};

/// What that many units cost, in minor units: summed exactly, then rounded half away from zero.
[[nodiscard]] std::int64_t TieredAmount(const RateTiers& tiers, ScaledDecimal units);
/// The most units that have a price; nothing without a limit.
[[nodiscard]] std::optional<std::int64_t> LastBound(const RateTiers& tiers);
/// All rates are 0.
[[nodiscard]] bool IsFree(const RateTiers& tiers);

/// What that many seats cost, in minor units. The tiers are in rising order.
[[nodiscard]] std::int64_t AmountOfSeats(TierType type, const std::vector<SeatTier>& tiers, std::int64_t seats);
/// All seats are free.
[[nodiscard]] bool IsFree(const std::vector<SeatTier>& tiers);

}  // namespace plinto::polar
