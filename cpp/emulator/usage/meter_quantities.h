// GET /v1/meters/{id}/quantities: what a meter has counted per hour, day, week, month or year.
#pragma once

#include "emulator/api/answers.h"

namespace plinto::polar::emulator {

struct World;
struct Meter;

/// Intervals are UTC's; another `timezone` and `customer_aggregation_function` are 501. The total of sums and counts is
/// their sum, of the others the aggregate of the intervals' values, as Polar has it. At most 1,000 intervals, else 422.
[[nodiscard]] HttpResponse MeterQuantities(const World& world, const Meter& meter, const ListQuery& query);

}  // namespace plinto::polar::emulator
