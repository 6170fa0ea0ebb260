// The statements of the mirror among themselves: facts into their tables, once their ids are locked.
#pragma once

#include <set>
#include <string>

#include "server/store/engines/sql.h"
#include "server/store/rows.h"

namespace plinto::polar::server::sql {

/// What has to be locked (locks.h) before the facts are folded.
std::set<std::string> IdsIn(const Facts& facts);
/// Keeps what is newer than what is known. The facts' ids are locked.
void FoldFacts(const Scope& db, const Facts& facts, Timestamp now);
/// The facts of each owner together, so that their state is read and written whole, once.
std::vector<BillingFact> GatherBilling(const Facts& facts);
/// What is held of an owner: nothing but the id where nothing is, or where it cannot be read.
BillingState ReadHeldState(const Scope& db, const std::string& owner);
/// Folds one fact into the state of its owner. Its id is locked.
void FoldFact(const Scope& db, const BillingFact& fact, Timestamp now);

}  // namespace plinto::polar::server::sql
