// The notification store in an SQL database, made by Database::NotificationsOf().
#pragma once

#include "server/store/notification_store.h"
#include "server/store/sql/sql_tenant.h"

namespace plinto::polar::server {

class SqlNotificationStore final : public NotificationStore {
 public:
  explicit SqlNotificationStore(SqlTenant tenant) : tenant_(std::move(tenant)) {}

  Task<Result<std::vector<AccessCheck>>> DueChecks(Timestamp now, int limit) override;
  Task<Status> FinishCheck(AccessCheck check, std::string told, std::optional<Notification> notification,
                           std::optional<Timestamp> again_at, Timestamp now) override;
  Task<Result<Claimed>> Claim(std::string claim, Timestamp now) override;
  Task<Result<bool>> Renew(Notification held, Timestamp now) override;
  Task<Status> GiveBack(Notification held) override;
  Task<Result<bool>> MarkDelivered(Notification held, std::string subscription_id, Attempt attempt,
                                   Timestamp now) override;
  Task<Result<FailedAttempt>> MarkFailed(Notification held, Attempt attempt, std::optional<Timestamp> retry_at,
                                         Timestamp now) override;
  Task<Status> ProbeNow(Timestamp now) override;
  Task<Result<std::vector<ParkedNotification>>> ListParked(int limit, std::int64_t after) override;
  Task<Result<std::vector<LoggedAttempt>>> ListAttempts(std::optional<std::int64_t> notification, int limit,
                                                        std::int64_t after) override;
  Task<Result<std::int64_t>> Replay(std::optional<std::int64_t> row, std::optional<Timestamp> since,
                                    Timestamp now) override;
  Task<Result<std::int64_t>> TellEndings(int limit, Timestamp now) override;
  Task<Result<std::optional<Timestamp>>> NextDue(Timestamp now) override;

 private:
  SqlTenant tenant_;
};

}  // namespace plinto::polar::server
