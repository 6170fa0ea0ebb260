// What the reconciler works by: who is due, what the mirror holds of them, and what became of it. Real:
// Database::ReconcileStoreOf(). Every function may return STORE_FAILED.
#pragma once

#include "core/foundation/result.h"
#include "server/base/async/task.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// A snapshot as it is stored.
struct HeldSnapshot {
  std::string id;
  std::string content;  ///< JSON text
};

/// What the mirror holds of a customer, from Polar, that may still give access.
struct HeldObjects {
  bool has_bought = false;                       ///< anything, ever
  std::vector<HeldSnapshot> subscriptions = {};  ///< that have not ended
  std::vector<HeldSnapshot> orders = {};         ///< bought once, not void
};

/// A customer, and whose it is.
struct FoundCustomer {
  std::string polar_customer_id;
  Subject subject;

  bool operator==(const FoundCustomer&) const = default;
};

class ReconcileStore {
 public:
  virtual ~ReconcileStore() = default;

  /// Customers that are due, the longest due first, at most `limit`. Of several servers one is given each, for a
  /// minute.
  [[nodiscard]] virtual Task<Result<std::vector<std::string>>> DueCustomers(Timestamp now, int limit) = 0;
  /// When the next one is due, if any is waiting.
  [[nodiscard]] virtual Task<Result<std::optional<Timestamp>>> NextDue() = 0;
  /// It could not be done now: the customer stays due, and is not given out before.
  [[nodiscard]] virtual Task<Status> PutOff(std::string polar_customer_id, Timestamp until) = 0;
  /// Makes customers due that were verified before `before`, the longest ago first, at most `limit` of them. Returns
  /// how many; fewer than `limit` when it is done.
  [[nodiscard]] virtual Task<Result<std::int64_t>> DemandAll(Timestamp before, int limit) = 0;

  [[nodiscard]] virtual Task<Result<HeldObjects>> ReadHeld(std::string polar_customer_id) = 0;
  /// Folds in all that Polar has answered, in one transaction, and marks the customer as verified. Returns what was
  /// different: nothing of what a newer fact has changed meanwhile, and nothing of a customer who was erased. `is_dry`
  /// compares and stores nothing.
  [[nodiscard]] virtual Task<Result<std::vector<Repair>>> Reconcile(std::string polar_customer_id, Facts facts,
                                                                    Timestamp now, bool is_dry) = 0;

  /// The customer with this id of Polar's, or of the Plinto user or organization with it.
  [[nodiscard]] virtual Task<Result<std::optional<FoundCustomer>>> FindCustomer(std::string id) = 0;
  /// Active customers by Polar's id, from behind `after` on, at most `limit`.
  [[nodiscard]] virtual Task<Result<std::vector<std::string>>> ListCustomers(std::string after, int limit) = 0;
};

}  // namespace plinto::polar::server
