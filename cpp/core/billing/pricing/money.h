// Amounts as Polar computes them: whole minor units, percentages, parts of a sum, and exact decimals.
//
// Pure. Products are computed in 128 bits, and results that do not fit 64 bits are clamped: no amount of Polar's (at
// most 99,999,999) comes near. Prorations: wide_decimal.h. Sources: Polar's models/discount.py and kit/math.py.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plinto::polar {

/// What a percentage takes off an amount: half a unit is rounded away from zero. Polar multiplies by the share as a
/// binary fraction, which may lie below its decimal value: 29 % of 1,450 is 420.49999999999994, and so 420.
[[nodiscard]] std::int64_t PercentageOff(std::int64_t amount, std::int64_t basis_points);

/// Splits `total` over parts in proportion to `weights` so that the parts add up to it: what rounding leaves goes to
/// the largest remainders, the earlier part first. All zero when the weights are.
[[nodiscard]] std::vector<std::int64_t> SplitByLargestRemainder(std::int64_t total,
                                                                const std::vector<std::int64_t>& weights);

/// An exact decimal number: `mantissa / 10^scale`, scale 0 to 12, as Polar stores `unit_amount`.
struct ScaledDecimal {
  std::int64_t mantissa = 0;
  int scale = 0;
};
/// Reads `12`, `-0.25`, `.5`; at most 17 digits, 12 of them after the point. Nothing for other text.
[[nodiscard]] std::optional<ScaledDecimal> ParseDecimal(std::string_view text);
/// `12`, `-0.25`: no trailing zeros.
[[nodiscard]] std::string FormatDecimal(ScaledDecimal decimal);
/// `units * unit_amount` in minor units, rounded half away from zero.
[[nodiscard]] std::int64_t MeteredAmount(ScaledDecimal units, ScaledDecimal unit_amount);
/// The sum of such products, exact until it is rounded once; clamped like all else.
struct MeteredPart {
  ScaledDecimal units = {};
  ScaledDecimal unit_amount = {};
};
[[nodiscard]] std::int64_t MeteredAmount(const std::vector<MeteredPart>& parts);

}  // namespace plinto::polar
