// What the store forgets by age: only what is done with. Made by Database::RetentionOf().
//
// Kept for ever, or until erased: customers, subscriptions, orders, paid checkouts, keys. Never pruned whatever its
// age: deliveries that are not processed, usage that Polar has not been told of, notifications that were not delivered.
#pragma once

#include "core/foundation/result.h"
#include "server/base/task.h"
#include "server/store/sql_tenant.h"

namespace plinto::polar::server {

class Retention {
 public:
  explicit Retention(SqlTenant tenant) : tenant_(std::move(tenant)) {}

  /// Removes at most `limit` rows of each kind that were done with before `before`: processed deliveries, reported
  /// usage, checkouts that expired unpaid, delivered notifications, old news of Plinto's. Returns how many rows went;
  /// fewer than `limit` when nothing is left to prune. Errors: STORE_FAILED.
  [[nodiscard]] Task<Result<std::int64_t>> Prune(Timestamp before, int limit) const;

 private:
  SqlTenant tenant_;
};

}  // namespace plinto::polar::server
