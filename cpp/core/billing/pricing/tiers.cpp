#include "core/billing/pricing/tiers.h"

#include <algorithm>
#include <limits>

namespace plinto::polar {
namespace {

ScaledDecimal RateOf(const RateTier& tier) { return ParseDecimal(tier.unit_amount).value_or(ScaledDecimal{}); }

MeteredPart SeatsAt(std::int64_t seats, const SeatTier& tier) { return {{seats, 0}, {tier.price_per_seat, 0}}; }

// `bound` units at the scale of the quantity; the greatest number where that does not fit, which no quantity reaches.
std::int64_t AtScale(std::int64_t bound, int scale) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < scale; ++i) {
    if (bound > kMost / 10) return kMost;
    bound *= 10;
  }
  return bound;
}

// The nearest one for fewer than the first tier begins with, or more than the last allows.
const SeatTier& TierReached(const std::vector<SeatTier>& tiers, std::int64_t seats) {
  for (const SeatTier& tier : tiers) {
    if (seats >= tier.min_seats && (!tier.max_seats || seats <= *tier.max_seats)) return tier;
  }
  return seats < tiers.front().min_seats ? tiers.front() : tiers.back();
}

}  // namespace

std::int64_t TieredAmount(const RateTiers& tiers, ScaledDecimal units) {
  if (units.mantissa <= 0 || tiers.list.empty()) return 0;
  std::vector<MeteredPart> parts;
  std::int64_t priced = 0;
  for (const RateTier& tier : tiers.list) {
    const std::int64_t last = tier.bound ? AtScale(*tier.bound, units.scale) : units.mantissa;
    if (tiers.type == TierType::kGraduated) {
      const std::int64_t upto = std::min(last, units.mantissa);
      if (upto > priced) parts.push_back({ScaledDecimal{upto - priced, units.scale}, RateOf(tier)});
      priced = std::max(priced, upto);
    } else if (units.mantissa <= last || &tier == &tiers.list.back()) {
      return MeteredAmount(units, RateOf(tier));
    }
  }
  return MeteredAmount(parts);
}

std::optional<std::int64_t> LastBound(const RateTiers& tiers) {
  return tiers.list.empty() ? std::nullopt : tiers.list.back().bound;
}

bool IsFree(const RateTiers& tiers) {
  return std::all_of(tiers.list.begin(), tiers.list.end(),
                     [](const RateTier& tier) { return RateOf(tier).mantissa == 0; });
}

std::int64_t AmountOfSeats(TierType type, const std::vector<SeatTier>& tiers, std::int64_t seats) {
  if (seats <= 0 || tiers.empty()) return 0;
  if (type == TierType::kVolume) return MeteredAmount({SeatsAt(seats, TierReached(tiers, seats))});
  std::vector<MeteredPart> parts;
  std::int64_t priced = 0;
  for (const SeatTier& tier : tiers) {
    const std::int64_t last = tier.max_seats ? std::min(seats, *tier.max_seats) : seats;
    if (last <= priced) continue;
    parts.push_back(SeatsAt(last - priced, tier));
    priced = last;
  }
  return MeteredAmount(parts);
}

bool IsFree(const std::vector<SeatTier>& tiers) {
  return std::all_of(tiers.begin(), tiers.end(), [](const SeatTier& tier) { return tier.price_per_seat == 0; });
}

}  // namespace plinto::polar
