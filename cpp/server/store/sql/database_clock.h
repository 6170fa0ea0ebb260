// The clock by which servers share work: the database's, since their own differ.
#pragma once

#include "server/base/time/clock.h"
#include "server/store/engines/sql.h"

namespace plinto::polar::server::sql {

/// PostgreSQL's time, as of the beginning of the transaction; that of an SQLite which servers share. An SQLite file
/// belongs to one server otherwise: its clock says `now`.
[[nodiscard]] inline Timestamp DatabaseNow(const Scope& db, Timestamp now) {
  if (const Clock* shared = db.shared_clock()) return shared->Now();
  if (db.engine() != SqlEngine::kPostgres) return now;
  Query query(db, "SELECT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT) WHERE CAST(?1 AS TEXT) IS NOT NULL");
  return query.Step() ? query.Time(0) : now;
}

/// The latest end that a claim made about now can have: one that ends later was made by a clock that was ahead.
/// Transactions that are under way together have begun at different times, a minute apart at most.
[[nodiscard]] inline Timestamp LatestClaimEnd(Timestamp database_now, std::int64_t held_seconds) {
  return database_now.PlusSeconds(held_seconds + 60);
}

}  // namespace plinto::polar::server::sql
