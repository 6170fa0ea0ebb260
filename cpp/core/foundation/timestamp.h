// Points in time as Polar writes them: RFC 3339 text, microsecond precision, UTC.
//
// The core owns no clock: whoever calls it says what time it is.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plinto::polar {

/// Microseconds since 1970-01-01T00:00:00Z. A value type, ordered by time.
struct Timestamp {
  std::int64_t microseconds = 0;

  [[nodiscard]] static constexpr Timestamp FromSeconds(std::int64_t seconds) { return {seconds * 1'000'000}; }
  [[nodiscard]] static constexpr Timestamp FromMilliseconds(std::int64_t ms) { return {ms * 1'000}; }
  [[nodiscard]] constexpr std::int64_t Seconds() const {
    return microseconds / 1'000'000 - (microseconds % 1'000'000 < 0 ? 1 : 0);
  }
  [[nodiscard]] constexpr std::int64_t Milliseconds() const {
    return microseconds / 1'000 - (microseconds % 1'000 < 0 ? 1 : 0);
  }
  [[nodiscard]] constexpr Timestamp PlusSeconds(std::int64_t seconds) const {
    return {microseconds + seconds * 1'000'000};
  }
  [[nodiscard]] constexpr Timestamp PlusMilliseconds(std::int64_t ms) const { return {microseconds + ms * 1'000}; }

  constexpr bool operator==(const Timestamp&) const = default;
  constexpr auto operator<=>(const Timestamp&) const = default;
};

/// The end of the year 9999, 9999-12-31T23:59:59.999999Z. A later time is a mistake, and sums with it could overflow.
inline constexpr Timestamp kLastTimestamp = {253'402'300'799'999'999};

/// A date of the proleptic Gregorian calendar.
struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;  ///< 1 to 12
  int day = 1;    ///< 1 to 31
};

[[nodiscard]] CivilDate ToCivilDate(Timestamp at);
[[nodiscard]] int DaysInMonth(std::int64_t year, int month);

/// The same time of day `months` later, on `anchor_day` or the month's last day if that comes first (Polar's rule for
/// renewals: January 31 -> February 28 -> March 31 with anchor 31).
[[nodiscard]] Timestamp AddMonths(Timestamp at, std::int64_t months, int anchor_day);

/// Reads RFC 3339 with `Z` or a numeric offset and 0 to 9 fraction digits (cut to microseconds), years 0001 to 9999.
/// Nothing when the text is not that, time zone included.
[[nodiscard]] std::optional<Timestamp> ParseTimestamp(std::string_view text);

/// `2026-11-22T06:00:00Z`, with six fraction digits when there are any, as Polar prints it.
[[nodiscard]] std::string FormatTimestamp(Timestamp at);

}  // namespace plinto::polar
