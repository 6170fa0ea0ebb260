#include "core/billing/usage/usage_period.h"

#include <algorithm>
#include <array>

namespace plinto::polar {
namespace {

// The tries of the last minute, in seconds before the end. The last one leaves Polar time to answer, and clocks to
// differ.
constexpr std::int64_t kLastTries[] = {60, 20, 5};

std::array<Timestamp, 2> EndsOf(Timestamp period_end) { return {LastBilled(period_end), period_end}; }

}  // namespace

Timestamp LastBilled(Timestamp period_end) {
  constexpr std::int64_t kQuarter = 900'000'000;
  return Timestamp{(period_end.microseconds - 1) / kQuarter * kQuarter};
}

Timestamp RetryWithinPeriod(Timestamp now, Timestamp retry_at, std::optional<Timestamp> period_end) {
  if (!period_end) return retry_at;
  for (const Timestamp end : EndsOf(*period_end)) {
    for (const std::int64_t before : kLastTries) {
      const Timestamp last_try = end.PlusSeconds(-before);
      if (last_try > now) return std::min(retry_at, last_try);
    }
  }
  return retry_at;
}

bool IsPressing(Timestamp now, std::optional<Timestamp> period_end) {
  if (!period_end) return false;
  const auto ends = EndsOf(*period_end);
  return std::any_of(ends.begin(), ends.end(),
                     [now](Timestamp end) { return now < end && end <= now.PlusSeconds(kPressingSeconds); });
}

}  // namespace plinto::polar
