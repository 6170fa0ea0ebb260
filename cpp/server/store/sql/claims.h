// Rows that are worked off when they are due: those of the inbox and of the outbox of usage.
//
// Servers that share a database hold what they work off: under a claim that nobody else uses, until a time of the
// database's clock. Rows that another server is taking are skipped, so that nobody waits. What comes of a row is
// written only while it is held under that claim; of a row that nobody holds the claim is empty. Where one server has
// the database alone, one loop works off each of these queues, and the rows are only read.
#pragma once

#include <algorithm>

#include "server/store/engines/sql.h"
#include "server/store/sql/database_clock.h"
#include "server/store/sql/joined.h"

namespace plinto::polar::server::sql {

/// ?2 is the caller's time, ?3 the database's, ?4 the LatestClaimEnd() (database_clock.h). `more` continues the
/// condition: " AND ...".
template <std::size_t T, std::size_t C, std::size_t M = 1>
consteval auto SelectDue(const char (&table)[T], const char (&columns)[C], const char (&more)[M] = "") {
  return Joined("SELECT ", columns, " FROM ", table, " WHERE tenant = ?1 AND next_attempt_at <= ?2", more,
                " AND (claimed_until IS NULL OR claimed_until <= ?3 OR claimed_until > ?4)"
                " ORDER BY next_attempt_at, id LIMIT ?5 FOR UPDATE SKIP LOCKED");
}
template <std::size_t T>
consteval auto HoldOne(const char (&table)[T]) {
  return Joined("UPDATE ", table, " SET claim = ?2, claimed_until = ?3 WHERE tenant = ?1 AND id = ?4");
}
/// Of rows that this transaction has locked. `more` as in SelectDue().
template <std::size_t T, std::size_t M = 1>
consteval auto HoldMany(const char (&table)[T], const char (&more)[M] = "") {
  return Joined("UPDATE ", table, " SET claim = ?2, claimed_until = ?3 WHERE tenant = ?1 AND id = ANY(?4::bigint[])",
                more);
}

/// Whether a statement on many rows is told their lowest and highest id: that of a table in parts, which it would look
/// through otherwise.
enum class Span : bool { kUntold, kTold };

/// Runs `one` for each row, or `many` at once on PostgreSQL, where each would cost a round trip. The rows are the last
/// parameter, or their span is. Returns how many rows were changed.
template <class Bind>
int ForRows(const Scope& db, const std::vector<std::int64_t>& rows, const char* one, const char* many, Bind bind,
            Span span = Span::kUntold) {
  if (rows.empty()) return 0;
  if (db.engine() == SqlEngine::kPostgres) {
    std::string list = "{";
    for (const std::int64_t row : rows) list += (list.size() == 1 ? "" : ",") + std::to_string(row);
    Query update(db, many);
    bind(update);
    update.Bind(list + "}");
    if (span == Span::kTold) {
      const auto [lowest, highest] = std::minmax_element(rows.begin(), rows.end());
      update.Bind(*lowest).Bind(*highest);
    }
    return update.Run();
  }
  int changed = 0;
  for (const std::int64_t row : rows) {
    Query update(db, one);
    bind(update);
    changed += update.Bind(row).Run();
  }
  return changed;
}

struct DueStatements {
  const char* select;
  const char* hold_one;
  const char* hold_many;
  std::int64_t held_seconds;
  Span span = Span::kUntold;  ///< of hold_many
};

/// The rows that are due, at most `limit`, by their ids.
template <class Row, class Read>
std::vector<Row> SelectRows(const Scope& db, const DueStatements& sql, Timestamp now, Timestamp database_now, int limit,
                            Read read) {
  std::vector<Row> rows;
  Query query(db, sql.select);
  query.Bind(now).Bind(database_now).Bind(LatestClaimEnd(database_now, sql.held_seconds)).Bind(limit);
  while (query.Step()) rows.push_back(read(query));
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.row < b.row; });
  return rows;
}

/// They are held under the claim from now on, where servers share the database.
template <class Row>
std::vector<Row> HoldRows(const Scope& db, const DueStatements& sql, const std::string& claim, Timestamp database_now,
                          std::vector<Row> rows) {
  if (!db.is_shared()) return rows;
  const Timestamp until = database_now.PlusSeconds(sql.held_seconds);
  std::vector<std::int64_t> ids;
  for (Row& row : rows) {
    row.claim = claim;
    ids.push_back(row.row);
  }
  ForRows(
      db, ids, sql.hold_one, sql.hold_many, [&](Query& query) { query.Bind(claim).Bind(until); }, sql.span);
  return rows;
}

/// The rows that are due, at most `limit`, by their ids: held under the claim where servers share the database.
template <class Row, class Read>
std::vector<Row> ClaimDue(const Scope& db, const DueStatements& sql, const std::string& claim, Timestamp now, int limit,
                          Read read) {
  const Timestamp database_now = DatabaseNow(db, now);
  return HoldRows(db, sql, claim, database_now, SelectRows<Row>(db, sql, now, database_now, limit, read));
}

/// What a query for the earliest time answers: none where no row is waiting.
inline std::optional<Timestamp> EarliestOf(Query& query) {
  if (!query.Step() || query.IsNull(0)) return std::nullopt;
  return query.Time(0);
}

/// The earlier one of when a row that is free is due and when the first one that is held may be free, by the clock that
/// says `now`. Not at once: a row may be held by a clock that is ahead.
inline std::optional<Timestamp> EarliestOf(const Scope& db, std::optional<Timestamp> due, std::optional<Timestamp> held,
                                           Timestamp now, std::int64_t held_seconds) {
  if (!held) return due;
  const std::int64_t left = std::clamp<std::int64_t>(held->microseconds - DatabaseNow(db, now).microseconds, 1'000'000,
                                                     held_seconds * 1'000'000);
  const Timestamp free_at{now.microseconds + left};
  return due ? std::min(*due, free_at) : free_at;
}

}  // namespace plinto::polar::server::sql
