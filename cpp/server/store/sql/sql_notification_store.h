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
  Task<Result<std::vector<Notification>>> DueNotifications(Timestamp now, int limit) override;
  Task<Status> MarkDelivered(Notification notification, std::string subscription_id, Timestamp now) override;
  Task<Status> MarkFailed(std::int64_t row, std::string error, std::optional<Timestamp> retry_at,
                          Timestamp now) override;
  Task<Result<std::vector<ParkedNotification>>> ListParked(int limit, std::int64_t after) override;
  Task<Result<std::int64_t>> Replay(std::optional<std::int64_t> row, std::optional<Timestamp> since,
                                    Timestamp now) override;
  Task<Result<std::int64_t>> TellEndings(int limit, Timestamp now) override;
  Task<Result<std::optional<Timestamp>>> NextDue() override;

 private:
  SqlTenant tenant_;
};

}  // namespace plinto::polar::server
