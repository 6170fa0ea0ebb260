// Tiers of units (bought by number) and of metered usage, as requests and answers have them. What they cost is the
// core's arithmetic (core/billing/pricing/tiers.h). Facts: Polar's product/tiers.py.
#pragma once

#include "core/billing/pricing/tiers.h"
#include "core/foundation/json.h"

namespace plinto::polar::emulator {

class BodyReader;
class Issues;

/// Reads `TiersInput` at `tiers` of the reader's object, which must have it. `whole`: rates in minor units only.
[[nodiscard]] RateTiers ReadTiers(BodyReader& reader, bool whole, Issues& issues);
/// `Tiers`
[[nodiscard]] Json RenderTiers(const RateTiers& tiers);

}  // namespace plinto::polar::emulator
