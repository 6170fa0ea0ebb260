// The statements by which notifications are delivered: claimed, held, given back, and marked with what came of them.
//
// A notification is held under a claim that nobody else uses, until a time of the database's clock. Whoever was stopped
// for longer finds the claim gone, and changes nothing. Locks are taken on the notifications first, then on app_health.
#pragma once

#include "server/store/engines/sql.h"
#include "server/store/notification_store.h"

namespace plinto::polar::server::sql {

[[nodiscard]] Claimed ClaimNotification(const Scope& db, const std::string& claim, Timestamp now);
[[nodiscard]] bool RenewClaim(const Scope& db, const Notification& held, Timestamp now);
void GiveBackClaim(const Scope& db, const Notification& held);
[[nodiscard]] bool MarkNotificationDelivered(const Scope& db, const Notification& held,
                                             const std::string& subscription_id, const Attempt& attempt, Timestamp now);
[[nodiscard]] FailedAttempt MarkNotificationFailed(const Scope& db, const Notification& held, const Attempt& attempt,
                                                   std::optional<Timestamp> retry_at, Timestamp now);
[[nodiscard]] std::vector<LoggedAttempt> ListAttempts(const Scope& db, std::optional<std::int64_t> notification,
                                                      int limit, std::int64_t after);
/// When the next one that may be claimed is due, by the clock that says `now`; those that are held when they are held
/// no more.
[[nodiscard]] std::optional<Timestamp> NextNotificationDue(const Scope& db, Timestamp now);

}  // namespace plinto::polar::server::sql
