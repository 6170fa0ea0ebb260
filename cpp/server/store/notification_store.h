// What the application is told of its customers' access: whom to look at again, what waits to be delivered, and how the
// application fares.
//
// A fact that may change a customer's access marks the customer in its own transaction
// (store/sql/statements/statements.h): no change is missed, however the process ends. Real:
// Database::NotificationsOf(). Every function may return STORE_FAILED.
#pragma once

#include "core/foundation/result.h"
#include "server/base/async/task.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// A customer whose access may have changed.
struct AccessCheck {
  std::string polar_customer_id;   ///< or `user:` or `organization:` and the id of somebody without a customer
  std::optional<Subject> subject;  ///< none while no subject is known to be this customer
  std::string told;                ///< JSON text of what the application was told last; empty before the first time
  std::int64_t marks = 0;          ///< rises with each fact
};

struct Notification {
  std::int64_t row = 0;  ///< set by the store; its `sequence`: rises from each change to the next, none is given twice
  std::string id;        ///< the delivery's `webhook-id`
  std::string polar_customer_id;      ///< or as AccessCheck's, or `usage:` and a subject's id
  std::string polar_subscription_id;  ///< empty without one
  std::string subscription_id;        ///< the application's own id for it, as told by its answers; set by the store
  std::string type;
  std::string data;  ///< JSON text of an object
  int attempts = 0;
  Timestamp created_at;
  std::string claim = {};  ///< by which it is held; set by the store
};

/// News of usage, of which none replaces another; the rest are snapshots of a customer's access.
[[nodiscard]] inline bool TellsOfUsage(const Notification& one) { return one.type.starts_with("usage."); }

/// Whoever has claimed a notification holds it for so long, by the database's clock, and longer where they renew it:
/// a request and the writing down of its outcome.
inline constexpr std::int64_t kClaimSeconds = 30;

/// How the application fares. After 10 failures in a row, over five minutes or more, or once it has answered 410 Gone,
/// it is paused: one probe is sent after a minute, and the next ones after pauses that double up to an hour.
struct ApplicationHealth {
  int failures = 0;                             ///< in a row; 0 while all is well
  std::optional<Timestamp> failing_since = {};  ///< the first of them
  std::string fault = {};                       ///< the last one, in words
  std::optional<Timestamp> paused_at = {};
  std::optional<Timestamp> probe_at = {};
};

struct Claimed {
  std::optional<Notification> notification;
  ApplicationHealth health;
};

/// One try to deliver a notification.
struct Attempt {
  Timestamp at;
  std::int64_t took_ms = 0;
  std::optional<int> status = {};  ///< of the application's answer, if there was one
  std::string fault = {};          ///< in words; empty when it was delivered
};

struct FailedAttempt {
  bool is_parked = false;
  ApplicationHealth health;
};

/// An attempt as the log has it.
struct LoggedAttempt {
  std::int64_t row = 0;           ///< of the attempt
  std::int64_t notification = 0;  ///< its row
  std::string type;               ///< empty where the notification is gone, as are the next two
  std::string polar_customer_id;
  std::string id;
  std::string outcome;  ///< `delivered`, `failed`, `given up`, or `overtaken` by another server while it took too long
  Attempt attempt = {};
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

  /// The notification that is due the longest, to be held under `claim`, which nobody else uses. None of a customer of
  /// whom another one is held, or an older one waits. While the application is paused: a probe when it is time, each of
  /// another customer where several wait.
  [[nodiscard]] virtual Task<Result<Claimed>> Claim(std::string claim, Timestamp now) = 0;
  /// Holds it for another while. False when it is not held any more: then it is not to be sent.
  [[nodiscard]] virtual Task<Result<bool>> Renew(Notification held, Timestamp now) = 0;
  /// It was not sent: another one may take it at once.
  [[nodiscard]] virtual Task<Status> GiveBack(Notification held) = 0;
  /// `subscription_id` is the application's, where its answer had one. What tells of access is a snapshot: earlier ones
  /// of the customer that were given up are of no use any more, and go; so does the last word about somebody who was
  /// erased. The application is paused no more. False, and nothing changes, when it is not held any more.
  [[nodiscard]] virtual Task<Result<bool>> MarkDelivered(Notification held, std::string subscription_id,
                                                         Attempt attempt, Timestamp now) = 0;
  /// `retry_at` none parks it. While the application is paused the attempt does not count, and nothing is parked. The
  /// same where it is not held any more, but for the log.
  [[nodiscard]] virtual Task<Result<FailedAttempt>> MarkFailed(Notification held, Attempt attempt,
                                                               std::optional<Timestamp> retry_at, Timestamp now) = 0;
  /// A paused application is probed at once, and the pauses begin anew.
  [[nodiscard]] virtual Task<Status> ProbeNow(Timestamp now) = 0;

  /// Parked ones, oldest first, at most `limit`, from behind the row `after` on.
  [[nodiscard]] virtual Task<Result<std::vector<ParkedNotification>>> ListParked(int limit, std::int64_t after) = 0;
  /// The newest first, at most `limit`, from behind the attempt `after` on; 0 begins. Of one notification or of all.
  [[nodiscard]] virtual Task<Result<std::vector<LoggedAttempt>>> ListAttempts(std::optional<std::int64_t> notification,
                                                                              int limit, std::int64_t after) = 0;
  /// Makes due again, as if they had not been tried: the one of this row, or else all that were delivered or given up
  /// at `since` or later, or else all that were given up. Those that came after one of them for the same customer are
  /// told after it, so that the newest is told last. A paused application is probed at once. Returns how many will be
  /// told that did not wait.
  [[nodiscard]] virtual Task<Result<std::int64_t>> Replay(std::optional<std::int64_t> row,
                                                          std::optional<Timestamp> since, Timestamp now) = 0;
  /// Writes the last notification of so many of the tenant's customers, and looks at them no more. Returns how many
  /// there were; 0 when it is done.
  [[nodiscard]] virtual Task<Result<std::int64_t>> TellEndings(int limit, Timestamp now) = 0;
  /// When something of either kind will be due, by the clock that says `now`.
  [[nodiscard]] virtual Task<Result<std::optional<Timestamp>>> NextDue(Timestamp now) = 0;
};

}  // namespace plinto::polar::server
