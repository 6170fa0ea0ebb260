// What a meter counts: its filter over events, and its aggregation of those that match.
//
// Filters are trees of `and`/`or` over clauses on `name`, `source`, `timestamp` (Unix seconds) or a metadata property.
// A property that is absent matches no clause, `ne` included, as in SQL; numbers are compared as they are, and `like`
// finds a part of the text. Facts: Polar's meter/filter.py, aggregation.py.
//
// Polar's database adds doubles up in an order that nobody fixes, so that the last digits of its figures are left to
// chance: 0.1 a million times may be 100000.00000133288. Here sums are exact, and rounded to a double when they are
// told: that is what Polar's figures are near to, and a test can compare with it.
#pragma once

#include <span>
#include <vector>

#include "core/foundation/decimal_sum.h"
#include "core/foundation/json.h"

namespace plinto::polar::emulator {

struct Meter;
struct UsageEvent;
class Issues;

/// Checks a `Filter` of a request and gives it as stored (property names without the prefix `metadata.`).
[[nodiscard]] Json ReadMeterFilter(const Json& json, const Json& loc, Issues& issues);
/// Likewise an aggregation: `count`, `sum`/`max`/`min`/`avg` of a property, `unique` of a property.
[[nodiscard]] Json ReadAggregation(const Json& json, const Json& loc, Issues& issues);

[[nodiscard]] bool MatchesFilter(const Json& filter, const UsageEvent& event);
/// Whether the meter finds this event: admitted by the filter, with a number where the aggregation needs one. Of the
/// event's own fields `timestamp` is a number (Unix seconds), `name` and `source` are none, whatever the metadata have.
[[nodiscard]] bool Finds(const Meter& meter, const UsageEvent& event);
/// Whether it is usage, too: quantities show system events, but balances and bills leave them out.
[[nodiscard]] bool Counts(const Meter& meter, const UsageEvent& event);
/// The aggregate of events that count; 0 of none. An average is the nearest double.
[[nodiscard]] DecimalSum Aggregate(const Meter& meter, std::span<const UsageEvent* const> events);

/// Whether aggregates of parts add up to that of the whole: `count` and `sum`.
[[nodiscard]] bool IsSummable(const Meter& meter);
/// Whether the property lies inside of an object.
[[nodiscard]] bool AggregatesNested(const Meter& meter);

/// The nearest double of `sum / count`; 0 of none.
[[nodiscard]] DecimalSum AverageOf(const DecimalSum& sum, std::size_t count);

}  // namespace plinto::polar::emulator
