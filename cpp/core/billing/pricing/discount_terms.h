// What a discount takes off, and for how long a subscription has it.
//
// Pure. Sources: Polar's models/discount.py and kit/math.py.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"
#include "core/model/discount.h"

namespace plinto::polar {

/// A discount in one currency: a percentage, or an amount.
struct DiscountTerms {
  bool is_percentage = false;
  std::int64_t basis_points = 0;  ///< Of a percentage: 1 to 10,000.
  std::int64_t amount = 0;        ///< Of a fixed one, in minor units; 0 where it has none in the currency.
};

/// Errors: UPSTREAM_ANSWER_INVALID, when Polar has not said or this version does not know what it takes off.
[[nodiscard]] Result<DiscountTerms> DiscountTermsOf(const Discount& discount, std::string_view currency);

/// What comes off `amount`, never more than it.
[[nodiscard]] std::int64_t DiscountOff(const DiscountTerms& discount, std::int64_t amount);
/// What comes off each of the amounts: a percentage from each for itself, a fixed amount split among them.
[[nodiscard]] std::vector<std::int64_t> DiscountOffEach(const std::optional<DiscountTerms>& discount,
                                                        const std::vector<std::int64_t>& amounts);

/// Whether a discount has had its time in a period that begins at `period_start`: `once` after the period that first
/// had it, `repeating` n when the period begins later than n - 1 calendar months after the first one, `forever` never.
[[nodiscard]] bool HasRunOut(std::string_view duration, std::optional<std::int64_t> months, Timestamp first_used,
                             Timestamp period_start);

}  // namespace plinto::polar
