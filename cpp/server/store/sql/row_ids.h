// Ids of rows that are parted by time on PostgreSQL: the second in which a row was recorded, and a number.
//
// So a statement that knows a row's id, or a span of time, touches the parts that may hold it and no other. SQLite has
// one table, and ids that count.
#pragma once

#include <cstdint>

#include "core/foundation/timestamp.h"

namespace plinto::polar::server::sql {

/// Numbers of one second. A sequence gives them, and begins anew after so many.
inline constexpr std::int64_t kNumbersOfSecond = std::int64_t{1} << 22;
/// A part has the rows of four weeks, counted since 1970. Few parts: a statement that cannot tell which it needs locks
/// them all, with their indexes.
inline constexpr std::int64_t kPartSeconds = 28 * 86'400;

/// The first id of whatever is recorded in the second of `at` or later.
[[nodiscard]] constexpr std::int64_t FirstIdOf(Timestamp at) { return at.microseconds / 1'000'000 * kNumbersOfSecond; }

}  // namespace plinto::polar::server::sql
