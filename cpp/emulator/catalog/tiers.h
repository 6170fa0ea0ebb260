// Tiers: a price by quantity, as units (bought by number) and metered usage have it.
//
// Each tier prices the units up to and including its bound and begins where the one before it ends; the last may be
// without a bound. `volume`: the tier that is reached prices them all. `graduated`: each tier prices its own. Facts:
// Polar's product/tiers.py. Where its server leaves it open (usage beyond a last bound, by volume) the last tier's rate
// holds; graduated, such usage costs nothing, as Polar's own sum has it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/json.h"
#include "emulator/catalog/money.h"

namespace plinto::polar::emulator {

class BodyReader;
class Issues;

struct Tier {
  std::optional<std::int64_t> bound = {};  ///< The last unit of the tier; nothing: no limit, in the last tier only.
  std::string unit_amount = "0";           ///< Decimal text, minor units for one unit.
};

struct Tiers {
  bool graduated = false;
  std::vector<Tier> list = {};  ///< By bound, upward.
};

/// Reads `TiersInput` at `tiers` of the reader's object, which must have it. `whole`: rates in minor units only.
[[nodiscard]] Tiers ReadTiers(BodyReader& reader, bool whole, Issues& issues);
/// `Tiers`
[[nodiscard]] Json RenderTiers(const Tiers& tiers);

/// What that many units cost, in minor units: summed exactly, then rounded half away from zero.
[[nodiscard]] std::int64_t TieredAmount(const Tiers& tiers, Decimal units);
/// The most units that have a price; nothing without a limit.
[[nodiscard]] std::optional<std::int64_t> LastBound(const Tiers& tiers);
/// All rates are 0.
[[nodiscard]] bool IsFree(const Tiers& tiers);

}  // namespace plinto::polar::emulator
