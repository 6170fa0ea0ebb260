// Sums and balances of decimals, exact to the last digit: a tenth, a million times over, is 100,000.
//
// Fixed point in two 128-bit halves, so that a million sums a second cost nothing to speak of. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "core/foundation/decimal.h"

namespace plinto::polar {

class DecimalSum {
 public:
  DecimalSum() = default;
  DecimalSum(std::int64_t number) : whole_(number) {}
  explicit DecimalSum(const Decimal& decimal) { Add(decimal); }

  void Add(const Decimal& decimal);
  void Subtract(const Decimal& decimal);
  DecimalSum& operator+=(const DecimalSum& other);
  DecimalSum& operator-=(const DecimalSum& other);
  [[nodiscard]] friend DecimalSum operator+(DecimalSum left, const DecimalSum& right) { return left += right; }
  [[nodiscard]] friend DecimalSum operator-(DecimalSum left, const DecimalSum& right) { return left -= right; }

  [[nodiscard]] bool IsZero() const { return whole_ == 0 && places_ == 0; }
  [[nodiscard]] bool IsNegative() const { return whole_ < 0; }
  /// Rounded down; of what fits into 64 bits.
  [[nodiscard]] std::int64_t Whole() const { return static_cast<std::int64_t>(whole_); }
  /// All of its digits, as Decimal::text() writes them.
  [[nodiscard]] std::string Text() const;
  /// As Text(); zero beyond the 30 digits before the point that a Decimal has room for.
  [[nodiscard]] Decimal ToDecimal() const;
  /// The number as JSON has it, and as a double; what a double does not hold is rounded to the nearest one.
  [[nodiscard]] Json ToJson() const { return ToDecimal().ToJson(); }
  [[nodiscard]] double ToDouble() const;

  bool operator==(const DecimalSum&) const = default;
  std::strong_ordering operator<=>(const DecimalSum&) const = default;

 private:
  __extension__ using Wide = __int128;
  void Carry();

  // The value is whole + places / 10^30, with 0 <= places < 10^30: also of negative ones, so that they compare in
  // order.
  Wide whole_ = 0;
  Wide places_ = 0;
};

}  // namespace plinto::polar
