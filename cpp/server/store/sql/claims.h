// Rows that are worked off when they are due: those of the inbox, the outbox of usage and the notifications.
//
// One process works off an SQLite file: due rows are read. Servers that share a PostgreSQL take rows for a while, so
// that no other takes them too; a server that dies leaves them due again when the while is over. Rows that another
// server is taking are skipped, so that nobody waits.
#pragma once

#include "server/store/engines/sql.h"
#include "server/store/sql/joined.h"

namespace plinto::polar::server::sql {

inline constexpr std::int64_t kLeaseSeconds = 60;

/// `more` continues the condition: " AND ...".
template <std::size_t T, std::size_t C, std::size_t M = 1>
consteval auto SelectDue(const char (&table)[T], const char (&columns)[C], const char (&more)[M] = "") {
  return Joined("SELECT ", columns, " FROM ", table, " WHERE tenant = ?1 AND next_attempt_at <= ?2", more,
                " ORDER BY next_attempt_at, id LIMIT ?3");
}
template <std::size_t T, std::size_t C, std::size_t M = 1>
consteval auto TakeDue(const char (&table)[T], const char (&columns)[C], const char (&more)[M] = "") {
  return Joined("UPDATE ", table, " SET next_attempt_at = ?4 WHERE tenant = ?1 AND id = ANY(ARRAY(SELECT id FROM ",
                table, " WHERE tenant = ?1 AND next_attempt_at <= ?2", more,
                " ORDER BY next_attempt_at, id LIMIT ?3 FOR UPDATE SKIP LOCKED)) RETURNING ", columns);
}

/// Reads the rows that are due, at most `limit`, in no order: by `select`, or by `take` where servers share them.
template <class Read>
void ClaimDue(const Scope& db, const char* select, const char* take, Timestamp now, int limit, Read read) {
  const bool shared = db.engine() == SqlEngine::kPostgres;
  Query query(db, shared ? take : select);
  query.Bind(now).Bind(limit);
  if (shared) query.Bind(now.PlusSeconds(kLeaseSeconds));
  while (query.Step()) read(query);
}

/// What a query for the earliest time answers: none where no row is waiting.
inline std::optional<Timestamp> EarliestOf(Query& query) {
  if (!query.Step() || query.IsNull(0)) return std::nullopt;
  return query.Time(0);
}

}  // namespace plinto::polar::server::sql
