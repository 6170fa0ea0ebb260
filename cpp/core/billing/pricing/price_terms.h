// What a price charges up front, in one form for whoever tells of it: Polar's models, or the price list of our own API.
//
// Pure. Usage is charged afterwards and is no part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/billing/pricing/tiers.h"
#include "core/foundation/result.h"
#include "core/model/price.h"

namespace plinto::polar {

/// How many a buyer takes of what is sold by number.
struct Quantity {
  std::optional<std::int64_t> seats = {};
  std::optional<std::int64_t> units = {};
};

/// Above what any card pays; sums of several still fit.
inline constexpr std::int64_t kMostAmount = 10'000'000'000'000'000;

struct PriceTerms {
  PriceKind kind = PriceKind::kFixed;
  std::int64_t amount = 0;                      ///< Of `fixed`; of `custom` its preset, else its minimum.
  TierType seat_tier_type = TierType::kVolume;  ///< Of `seat_based`, like the next one.
  std::vector<SeatTier> seat_tiers = {};
  RateTiers unit_tiers = {};              ///< Of `unit_based`.
  std::int64_t fewest = 1;                ///< How few seats or units can be bought,
  std::optional<std::int64_t> most = {};  ///< and how many; nothing without a limit.
};

/// Errors: UPSTREAM_ANSWER_INVALID, for a price whose kind or tiers this version does not know.
[[nodiscard]] Result<PriceTerms> PriceTermsOf(const Price& price);
/// UPSTREAM_ANSWER_INVALID, of `what` this version cannot reckon with.
[[nodiscard]] Error UnknownPrice(std::string what);

/// Errors: UPSTREAM_ANSWER_INVALID, for a way to add up that this version does not know.
[[nodiscard]] Result<TierType> ReadTierType(const OpenEnum<TierType>& type);

[[nodiscard]] bool IsMetered(const PriceTerms& price);
/// Sold by number: seats or units.
[[nodiscard]] bool IsCounted(const PriceTerms& price);
/// Costs nothing, whatever is taken of it up front; a metered price is never free.
[[nodiscard]] bool IsFree(const PriceTerms& price);
/// What a period costs up front, before discount: seats or units by their number, the fewest when absent.
[[nodiscard]] std::int64_t AmountOf(const PriceTerms& price, const Quantity& quantity = {});

}  // namespace plinto::polar
