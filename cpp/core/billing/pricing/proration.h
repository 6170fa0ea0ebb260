// What a change in the middle of a period credits and charges.
//
// The share is remaining / total of the period's seconds to 28 digits, as Python's decimal divides: ten days of thirty
// are 0.3333333333333333333333333333. A product change gives one line per price, each (price - discount) * share
// rounded half to even, credits and debits apart; another number of seats or units gives one line for the difference,
// truncated toward zero, so that 3,000 more for those ten days are 999. Metered, custom and free prices are not
// prorated. Pure. As in Polar's server/polar/subscription/update.py.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/billing/pricing/discount_terms.h"
#include "core/foundation/timestamp.h"
#include "core/foundation/wide_decimal.h"
#include "core/model/price.h"

namespace plinto::polar {

/// Whether a price of this kind is prorated, unless it is free.
[[nodiscard]] bool IsProrated(PriceKind kind);

/// How much of the period is left at `now`, 0 to 1.
[[nodiscard]] WideDecimal ShareLeft(Timestamp start, Timestamp end, Timestamp now);

/// What the prices that are prorated come to for that share, each after its part of the discount. `amounts`: of a
/// period, before discount.
[[nodiscard]] std::vector<std::int64_t> ProratePrices(const std::vector<std::int64_t>& amounts,
                                                      const std::optional<DiscountTerms>& discount,
                                                      const WideDecimal& share);

/// What the seats or units cost after the part of the discount that falls on them, beside fixed prices.
[[nodiscard]] std::int64_t CountAfterDiscount(std::int64_t counted, std::vector<std::int64_t> fixed,
                                              const std::optional<DiscountTerms>& discount);
/// What the difference of two such amounts comes to for that share; 0 makes no line.
[[nodiscard]] std::int64_t ProrateCount(std::int64_t before, std::int64_t after, const WideDecimal& share);

}  // namespace plinto::polar
