// Meters whose count is known here as soon as an event is recorded: of one event's name, by number or by quantity.
//
// Pure.
#pragma once

#include <string>

#include "core/foundation/result.h"
#include "core/model/meter.h"

namespace plinto::polar {

struct CountableMeter {
  std::string id;
  std::string name;
  std::string event_name;
  bool counts_events = false;  ///< each is 1; else their quantities are summed up

  [[nodiscard]] Decimal UnitsOf(const Decimal& quantity) const { return counts_events ? Decimal(1) : quantity; }
  bool operator==(const CountableMeter&) const = default;
};

/// Errors: METER_NOT_RESERVABLE, naming `field`, for a filter or an aggregation that only Polar can evaluate.
[[nodiscard]] Result<CountableMeter> ReadCountableMeter(const Meter& meter, std::string field);

}  // namespace plinto::polar
