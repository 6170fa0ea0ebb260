// GET /v1/meters/{id}/quantities: what a meter has counted per hour, day, week, month or year.
#pragma once

#include "emulator/api/answers.h"

namespace plinto::polar::emulator {

struct World;
struct Meter;

/// Takes `customer_aggregation_function`, and as `timezone` the zones whose offset never changes; others are 501. The
/// total of sums and counts is their sum, that of averages and distinct values covers all events, others aggregate the
/// intervals' values, as at Polar. At most 1,000 intervals, else 422. Without a meter 404, once the query holds.
[[nodiscard]] HttpResponse MeterQuantities(const World& world, const Meter* meter, const ListQuery& query);

}  // namespace plinto::polar::emulator
