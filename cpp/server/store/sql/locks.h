// Turns: transactions that change the same things do so one after the other.
//
// A job that reads before it writes, or changes several rows, first locks what it is about, then reads. Every job locks
// in the same order (subjects, then ids, each sorted), before it changes a row, so that no two wait for each other.
// Locks end with the transaction. SQLite has one writer and needs none. Why so:
// docs/decisions/server/store-conflicts.md.
#pragma once

#include <set>
#include <string>

#include "server/store/engines/sql.h"

namespace plinto::polar::server::sql {

/// Whose customer a subject is: read and changed by one at a time.
void LockSubject(const Scope& db, const std::string& subject_id);
/// What facts, deliveries and erasures are about: ids of Polar's customers, checkouts, and subscriptions or orders with
/// seats, or of Plinto's subjects.
void LockIds(const Scope& db, const std::set<std::string>& ids);

/// The usage of subjects (usage_accounts.h): many may have it shared, or one alone. The last of the locks.
void LockUsageOf(const Scope& db, const std::set<std::string>& subjects, bool shared);

}  // namespace plinto::polar::server::sql
