// What a meter counted, interval by interval.
#pragma once

#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

struct MeterQuantity {
  Timestamp timestamp;
  Number quantity;
};
template <>
inline constexpr auto kDescription<MeterQuantity> =
    Describe(Field("timestamp", &MeterQuantity::timestamp, "When the interval begins."),
             Field("quantity", &MeterQuantity::quantity, "Of the events whose own time is in it, as a double."));

struct MeterQuantities {
  std::vector<MeterQuantity> quantities;
  Number total;
  Json extra;
};
template <>
inline constexpr auto kDescription<MeterQuantities> =
    Describe(Field("quantities", &MeterQuantities::quantities, "Of each interval."),
             Field("total", &MeterQuantities::total, "Of all of them."));

}  // namespace plinto::polar
