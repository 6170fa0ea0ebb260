// Amounts as Polar computes them: whole minor units, exact products, Polar's three ways of rounding.
//
// Pure and without floating point. Products are computed in 128 bits, and results that do not fit 64 bits are clamped:
// no amount of Polar's (at most 99,999,999) comes near. Sources: Polar's order/amounts.py and kit/currency.py.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plinto::polar::emulator {

/// `amount * part / whole`, rounded half away from zero: percentages and metered amounts (`polar_round`).
[[nodiscard]] std::int64_t PolarRound(std::int64_t amount, std::int64_t part, std::int64_t whole);
/// The same, rounded half to even: proration of a product change, tax of a refund.
[[nodiscard]] std::int64_t RoundHalfEven(std::int64_t amount, std::int64_t part, std::int64_t whole);
/// The same, truncated toward zero: proration of seats.
[[nodiscard]] std::int64_t Truncate(std::int64_t amount, std::int64_t part, std::int64_t whole);

/// Splits `total` over parts in proportion to `weights` so that the parts add up to it: what rounding leaves goes to
/// the largest remainders, the earlier part first. All zero when the weights are.
[[nodiscard]] std::vector<std::int64_t> SplitByLargestRemainder(std::int64_t total,
                                                                const std::vector<std::int64_t>& weights);

/// An exact decimal number: `mantissa / 10^scale`, scale 0 to 12, as Polar stores `unit_amount`.
struct Decimal {
  std::int64_t mantissa = 0;
  int scale = 0;
};
/// Reads `12`, `-0.25`, `.5`; at most 17 digits, 12 of them after the point. Nothing for other text.
[[nodiscard]] std::optional<Decimal> ParseDecimal(std::string_view text);
/// `12`, `-0.25`: no trailing zeros.
[[nodiscard]] std::string FormatDecimal(Decimal decimal);
/// `units * unit_amount` in minor units, rounded half away from zero.
[[nodiscard]] std::int64_t MeteredAmount(Decimal units, Decimal unit_amount);
/// The sum of such products, exact until it is rounded once; clamped like all else.
struct MeteredPart {
  Decimal units = {};
  Decimal unit_amount = {};
};
[[nodiscard]] std::int64_t MeteredAmount(const std::vector<MeteredPart>& parts);

/// Whether Polar presents prices in it: three lower-case letters of its list.
[[nodiscard]] bool IsPresentmentCurrency(std::string_view currency);
/// `$1,234.50`, `CHF 0.50`, `JPY 80`: as Polar writes amounts in its messages.
[[nodiscard]] std::string FormatCurrency(std::int64_t amount, std::string_view currency);
/// Amounts of such a currency have no hundredths.
[[nodiscard]] bool IsZeroDecimal(std::string_view currency);
/// What is due below this is not charged but becomes the customer's debt; no price but 0 is below it.
[[nodiscard]] std::int64_t MinimumCharge(std::string_view currency);
[[nodiscard]] std::int64_t MaximumCharge(std::string_view currency);

}  // namespace plinto::polar::emulator
