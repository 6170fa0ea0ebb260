// What one of our own usage events adds to one of Polar's meters: by the meter's filter, as Polar applies it.
//
// Pure. Only meters that count events or sum a property are understood: a most, an average or a number of distinct
// values cannot be told day by day. A filter compares texts as texts and numbers as numbers; `like` is "contains", and
// what an event does not have matches nothing. Source: Polar's `meter/filter.py` and `meter/aggregation.py`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/decimal.h"
#include "core/model/meter.h"

namespace plinto::polar {

/// An event as Polar has it.
struct MeteredEvent {
  std::string_view name;
  Timestamp timestamp;
  const Json& metadata;
};

/// Why CountOn() cannot say anything of this meter; empty when it can.
[[nodiscard]] std::string WhyUncountable(const Meter& meter);

/// What the event adds; none where the meter does not count it.
[[nodiscard]] std::optional<Decimal> CountOn(const Meter& meter, const MeteredEvent& event);

}  // namespace plinto::polar
