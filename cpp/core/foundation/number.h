// A number of JSON that need not be an integer, kept as it was written: 10 stays 10, 10.0 stays 10.0.
//
// Polar counts units of meters in such numbers. Money never is one: it is 64-bit minor units, or decimal text.
#pragma once

#include <optional>

#include "core/foundation/json.h"

namespace plinto::polar {

class Number {
 public:
  Number() : json_(std::int64_t{0}) {}
  explicit Number(std::int64_t value) : json_(value) {}
  explicit Number(double value) : json_(value) {}

  /// Nothing when `json` is not a number.
  [[nodiscard]] static std::optional<Number> FromJson(const Json& json);

  [[nodiscard]] double ToDouble() const;
  /// Nothing for fractions and for what does not fit into 64 bits.
  [[nodiscard]] std::optional<std::int64_t> ToInteger() const { return AsInteger(json_); }
  [[nodiscard]] const Json& json() const { return json_; }

 private:
  Json json_;
};

}  // namespace plinto::polar
