// A decimal number, kept as its text: no digit is lost on the way from a caller to the database and to Polar.
//
// Polar reads a number of JSON as a double. What a double does not hold to the last digit is therefore refused where it
// comes in (IsHeldByDouble), not rounded in silence. Sums: decimal_sum.h. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/json.h"

namespace plinto::polar {

class Decimal {
 public:
  /// Digits of a decimal after the point, at most.
  static constexpr std::size_t kMaxPlaces = 30;
  /// And before it.
  static constexpr std::size_t kMaxWholeDigits = 30;

  Decimal() : text_("0") {}
  Decimal(std::int64_t number) : text_(std::to_string(number)) {}

  /// Reads `12`, `-0.25`, `1.5e3`: what JSON takes for a number, with any number of zeros before and behind. Nothing
  /// for other text, and beyond the limits above.
  [[nodiscard]] static std::optional<Decimal> Parse(std::string_view text);
  /// A number, or a text of one.
  [[nodiscard]] static std::optional<Decimal> FromJson(const Json& json);

  /// `-1234.5`: without an exponent and without zeros that say nothing. Equal numbers have equal texts.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The number as JSON has it; what a double does not hold is rounded to one.
  [[nodiscard]] Json ToJson() const;
  /// Nothing where no double holds it to the last digit.
  [[nodiscard]] std::optional<double> AsDouble() const;
  [[nodiscard]] bool IsHeldByDouble() const { return AsDouble().has_value(); }
  [[nodiscard]] bool IsNegative() const { return text_.front() == '-'; }

  bool operator==(const Decimal&) const = default;

 private:
  std::string text_;
};

}  // namespace plinto::polar
