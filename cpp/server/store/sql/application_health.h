// How a tenant's application fares: its failures in a row, the pause that they end in, and the probes meanwhile. A row
// of app_health while it fails, none while all is well.
#pragma once

#include "server/store/engines/sql.h"
#include "server/store/notification_store.h"

namespace plinto::polar::server::sql {

[[nodiscard]] ApplicationHealth ReadHealth(const Scope& db);
/// Counts a failure, which may begin a pause. After what is locked of the notification itself.
[[nodiscard]] ApplicationHealth CountFailure(const Scope& db, const Attempt& attempt, Timestamp now);
/// Ends what failed. What was put off during a pause is due.
void CountSuccess(const Scope& db, Timestamp now);
/// False when another server was faster.
[[nodiscard]] bool TakeProbe(const Scope& db, Timestamp now);
void ProbeNow(const Scope& db, Timestamp now);

}  // namespace plinto::polar::server::sql
