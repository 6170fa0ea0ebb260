// When usage has to be at Polar: before the billing period of its customer ends, since Polar bills by the time at which
// it hears of an event.
//
// To be exact, before the last quarter of an hour that begins in the period: each quarter Polar writes onto bills what
// it has heard of since, and what it has not written when the period ends is billed in the next. Pure. Waiting after a
// failure is good manners, but not beyond the end: there are tries shortly before it, so that a Polar that comes back
// is reached, and one that does not is asked a few times more. Source: Polar's meter/tasks.py.
#pragma once

#include <optional>

#include "core/foundation/timestamp.h"

namespace plinto::polar {

/// What a customer has recorded is sent before all other usage from so long before their period's end on: longer than
/// any wait after a failure, and a quarter of an hour.
inline constexpr std::int64_t kEndingSeconds = 4'500;
/// From so long before it on, it is sent before what else is only read: the budget may have run out for all else.
inline constexpr std::int64_t kPressingSeconds = 60;

/// The last time before the end of a period at which usage is written onto its bill.
[[nodiscard]] Timestamp LastBilled(Timestamp period_end);

/// When to try again: at `retry_at`, or before where that would be too late for the period.
[[nodiscard]] Timestamp RetryWithinPeriod(Timestamp now, Timestamp retry_at, std::optional<Timestamp> period_end);

/// Is it so late that nothing of less hurry may come first?
[[nodiscard]] bool IsPressing(Timestamp now, std::optional<Timestamp> period_end);

}  // namespace plinto::polar
