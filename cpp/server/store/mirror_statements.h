// The statements of the mirror among themselves: one fact into its table, and what must not come back.
#pragma once

#include "server/store/rows.h"
#include "server/store/sql.h"

namespace plinto::polar::server::sql {

/// Folds one fact into the state of its owner.
void ApplyFact(const Scope& db, const BillingFact& fact, Timestamp now);

/// Was this customer erased, and not made known again since?
[[nodiscard]] bool IsErased(const Scope& db, const std::string& polar_customer_id);

}  // namespace plinto::polar::server::sql
