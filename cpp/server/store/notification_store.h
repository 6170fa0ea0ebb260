// What the application is told of its customers' access: whom to look at again, and what waits to be delivered.
//
// A fact that may change a customer's access marks the customer in its own transaction (store/sql/statements.h): no
// change is missed, however the process ends. Real: Database::NotificationsOf(). Every function may return
// STORE_FAILED.
#pragma once

#include "core/foundation/result.h"
#include "server/base/task.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// A customer whose access may have changed.
struct AccessCheck {
  std::string polar_customer_id;
  std::optional<Subject> subject;  ///< none while no subject is known to be this customer
  std::string told;                ///< JSON text of what the application was told last; empty before the first time
  std::int64_t marks = 0;          ///< rises with each fact
};

struct Notification {
  std::int64_t row = 0;  ///< set by the store
  std::string id;        ///< the delivery's `webhook-id`
  std::string polar_customer_id;
  std::string polar_subscription_id;  ///< empty without one
  std::string subscription_id;        ///< the application's own id for it, as told by its answers; set by the store
  std::string type;
  std::string data;  ///< JSON text of an object
  int attempts = 0;
  Timestamp created_at;
};

class NotificationStore {
 public:
  virtual ~NotificationStore() = default;

  [[nodiscard]] virtual Task<Result<std::vector<AccessCheck>>> DueChecks(Timestamp now, int limit) = 0;
  /// Keeps what is to be told from now on, with the notification that tells it, and when to look again; facts that have
  /// come meanwhile stay due. Does nothing when another server was faster.
  [[nodiscard]] virtual Task<Status> FinishCheck(AccessCheck check, std::string told,
                                                 std::optional<Notification> notification,
                                                 std::optional<Timestamp> again_at, Timestamp now) = 0;

  /// Due ones, at most one of a customer: the oldest that was neither delivered nor given up.
  [[nodiscard]] virtual Task<Result<std::vector<Notification>>> DueNotifications(Timestamp now, int limit) = 0;
  /// `subscription_id` is the application's, where its answer had one. A notification is a snapshot: earlier ones of
  /// the customer that were given up are of no use any more, and go; so does the last word about somebody who was
  /// erased.
  [[nodiscard]] virtual Task<Status> MarkDelivered(Notification notification, std::string subscription_id,
                                                   Timestamp now) = 0;
  /// `retry_at` none parks it.
  [[nodiscard]] virtual Task<Status> MarkFailed(std::int64_t row, std::string error, std::optional<Timestamp> retry_at,
                                                Timestamp now) = 0;
  /// Parked ones, oldest first, at most `limit`, from behind the row `after` on.
  [[nodiscard]] virtual Task<Result<std::vector<ParkedNotification>>> ListParked(int limit, std::int64_t after) = 0;
  /// Makes parked ones due again, as if they had not been tried: one row or all, of those that were parked at `since`
  /// or later. Returns how many.
  [[nodiscard]] virtual Task<Result<std::int64_t>> Replay(std::optional<std::int64_t> row,
                                                          std::optional<Timestamp> since, Timestamp now) = 0;
  /// Writes the last notification of so many of the tenant's customers, and looks at them no more. Returns how many
  /// there were; 0 when it is done.
  [[nodiscard]] virtual Task<Result<std::int64_t>> TellEndings(int limit, Timestamp now) = 0;
  /// When something of either kind will be due.
  [[nodiscard]] virtual Task<Result<std::optional<Timestamp>>> NextDue() = 0;
};

}  // namespace plinto::polar::server
