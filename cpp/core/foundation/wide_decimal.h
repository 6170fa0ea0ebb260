// Decimal numbers as Polar's server computes with them: Python's `decimal` in its default context.
//
// A result has at most 28 significant digits, rounded half to even; a number that is only taken over keeps all of its
// digits, as the binary fraction of a double does. Polar's figures follow from both: a third of 3,000 is
// 999.9999999999999999999999999, and 1.005 is 1.00499999999999989... Pure; small numbers, so speed does not matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plinto::polar {

class WideDecimal {
 public:
  explicit WideDecimal(std::int64_t number);
  /// The exact value of a finite double, as Python's `Decimal(float)`; 0 of others.
  [[nodiscard]] static WideDecimal Exactly(double number);
  /// As Python's `Decimal(str)` reads `12`, `-0.25`, `.5`, `1e-3`, `1_000`, with white space around. Nothing for other
  /// text, and for an infinity or NaN.
  [[nodiscard]] static std::optional<WideDecimal> Parse(std::string_view text);

  // To 28 digits, half to even.
  [[nodiscard]] WideDecimal Times(const WideDecimal& other) const;
  /// 0 when `other` is 0.
  [[nodiscard]] WideDecimal Over(const WideDecimal& other) const;

  // To whole numbers, clamped to 64 bits.
  [[nodiscard]] std::int64_t Truncated() const;
  [[nodiscard]] std::int64_t HalfToEven() const;
  /// Polar's `polar_round`.
  [[nodiscard]] std::int64_t HalfAwayFromZero() const;

  [[nodiscard]] bool IsZero() const { return digits_ == "0"; }
  [[nodiscard]] bool IsNegative() const { return negative_ && !IsZero(); }
  /// How many digits stand before the point, without leading zeros, and how many after it, without trailing zeros.
  [[nodiscard]] int WholeDigits() const;
  [[nodiscard]] int FractionDigits() const;
  /// `-1234.5` without trailing zeros, or as `1,234.50`: grouped by thousands, with `least` to `most` digits after the
  /// point, rounded half to even.
  [[nodiscard]] std::string Text() const;
  [[nodiscard]] std::string Grouped(int least, int most) const;

 private:
  WideDecimal(bool negative, std::string digits, int exponent);
  [[nodiscard]] std::int64_t Whole(bool half_even, bool half_away) const;

  bool negative_ = false;
  std::string digits_ = "0";  ///< The value is digits * 10^exponent.
  int exponent_ = 0;
};

}  // namespace plinto::polar
