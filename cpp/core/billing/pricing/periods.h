// When periods and trials end: the calendar rule of Polar's enums.py.
//
// Pure. Intervals are Polar's words: `day`, `week`, `month` or `year`; the caller knows that it is one of them.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/foundation/timestamp.h"

namespace plinto::polar {

/// The end of the period that begins at `start`. Days and weeks are added; months and years lead to the same time of
/// day on the anchor day, or on the month's last day if that comes first.
[[nodiscard]] Timestamp NextPeriod(Timestamp start, std::string_view interval, std::int64_t count, int anchor_day);

/// The same, with the day of `at` as the anchor: trials, and periods that begin anew.
[[nodiscard]] Timestamp AddInterval(Timestamp at, std::string_view interval, std::int64_t count);

}  // namespace plinto::polar
