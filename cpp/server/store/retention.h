// What the store forgets by age: only what is done with. Made by Database::RetentionOf().
//
// A clock that jumps ahead would make everything old at once. So age is counted by a time of the store's own, which is
// written down, and which a jump brings forward by two hours at most; while it lags behind it catches up at double
// speed.
//
// Kept for ever, or until erased: customers, subscriptions, orders, paid checkouts, keys. Never pruned whatever its
// age: deliveries that are not processed, usage that Polar has not been told of, notifications that wait.
#pragma once

#include "core/foundation/result.h"
#include "server/base/async/task.h"
#include "server/store/sql/sql_tenant.h"

namespace plinto::polar::server {

class Retention {
 public:
  explicit Retention(SqlTenant tenant) : tenant_(std::move(tenant)) {}

  /// The time by which age is counted, brought forward to `now` as far as it may be. Errors: STORE_FAILED.
  [[nodiscard]] Task<Result<Timestamp>> TrustedTime(Timestamp now) const;

  /// Makes due what a clock that was ahead has put off for longer than anything is. Errors: STORE_FAILED.
  [[nodiscard]] Task<Status> PullForward(Timestamp now) const;

  /// On PostgreSQL, makes the parts for usage of now and of the weeks to come. Errors: STORE_FAILED.
  [[nodiscard]] Task<Status> MakeParts(Timestamp now) const;

  /// Removes at most `limit` rows of each kind that were done with before `before`: processed deliveries, reported
  /// usage, checkouts that expired unpaid, notifications that were given up, old news of Plinto's, leases. On
  /// PostgreSQL usage goes by whole parts of four weeks, once all of one was done with before; a part counts as a row.
  /// Returns how many rows went; 0 when nothing is left to prune. Errors: STORE_FAILED.
  [[nodiscard]] Task<Result<std::int64_t>> Prune(Timestamp before, int limit) const;
  /// The same of notifications that were delivered, and of the log of attempts.
  [[nodiscard]] Task<Result<std::int64_t>> PruneTold(Timestamp before, int limit) const;

 private:
  SqlTenant tenant_;
};

/// How far time is trusted to have come: it was trusted to be `trusted` when the clock said `seen`, which now says
/// `now`.
[[nodiscard]] Timestamp AdvanceTrusted(Timestamp trusted, Timestamp seen, Timestamp now);

}  // namespace plinto::polar::server
