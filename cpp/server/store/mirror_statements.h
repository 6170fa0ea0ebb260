// The statements of the mirror among themselves: one fact into its table, and what must not come back.
#pragma once

#include "server/store/rows.h"
#include "server/store/sql.h"

namespace plinto::polar::server::sql {

/// Folds one fact into the state of its owner.
void ApplyFact(const Scope& db, const BillingFact& fact, Timestamp now);

}  // namespace plinto::polar::server::sql
