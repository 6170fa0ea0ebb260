// `usage.threshold`: what the application is told once 80 % and once 100 % of a limit or of credits are recorded.
#pragma once

#include "server/store/sql/statements/usage_accounts.h"

namespace plinto::polar::server::sql {

void TellThreshold(const Scope& db, const LimitRow& limit, int threshold, Timestamp now);
void TellThreshold(const Scope& db, const Subject& subject, const Balance& balance, int threshold, Timestamp now);

}  // namespace plinto::polar::server::sql
