// The database of a server: opened once, shared by all tenants, each with a store of its own.
//
// A Store sees its tenant's rows only. Thread-safe; stores may outlive the Database. Errors of the coroutines:
// STORE_FAILED.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/result.h"
#include "server/base/async/task.h"
#include "server/store/engines/sqlite_writer.h"
#include "server/store/notification_store.h"
#include "server/store/queue_depths.h"
#include "server/store/reconcile_store.h"
#include "server/store/retention.h"
#include "server/store/store.h"

namespace plinto::polar::server {

/// The tenant whose Polar account is in the environment.
inline const std::string kDefaultTenant = "default";

/// A tenant beside the environment's.
struct TenantRow {
  std::string id;
  std::string settings = {};  ///< as the caller gives it: sealed (base/secrets/secret_box.h), for it holds secrets
  Timestamp created_at = {};
  std::optional<Timestamp> ending_since = {};  ///< no longer served; goes once its endings are told (tenants/ending.h)

  bool operator==(const TenantRow&) const = default;
};

class Database {
 public:
  /// `path` is a file or `:memory:`. With a clock, which outlives it, several servers share it. Errors: STORE_FAILED.
  [[nodiscard]] static Result<std::unique_ptr<Database>> OpenSqlite(
      const std::string& path, SqliteWriter::Mode mode = SqliteWriter::Mode::kThread,
      const Clock* shared_clock = nullptr);
  /// `url` as libpq reads it, with at most so many connections. Errors: STORE_FAILED.
  [[nodiscard]] static Result<std::unique_ptr<Database>> OpenPostgres(const std::string& url, int connections = 8);

  /// Over a runner whose database is open and at the newest schema.
  explicit Database(std::shared_ptr<SqlRunner> runner) : runner_(std::move(runner)) {}

  [[nodiscard]] std::unique_ptr<Store> ForTenant(std::string tenant) const;
  /// What the application is to be told of this tenant's customers.
  [[nodiscard]] std::unique_ptr<NotificationStore> NotificationsOf(std::string tenant) const;
  /// Which of this tenant's customers Polar is to be asked about again.
  [[nodiscard]] std::unique_ptr<ReconcileStore> ReconcileStoreOf(std::string tenant) const;
  [[nodiscard]] Retention RetentionOf(std::string tenant) const;

  /// Brings the sequence of notifications forward to `now`, in milliseconds, where it is more than an hour behind: a
  /// copy of the database that was restored must not count on from what the application heard long ago.
  [[nodiscard]] Task<Status> RaiseSequence(Timestamp now) const;

  /// Frees what a process held that has ended, of all tenants: for a server that starts and has an SQLite file alone.
  /// Where servers share the database nothing is freed; there a claim ends by its time.
  [[nodiscard]] Task<Status> FreeClaims() const;

  /// Over all tenants.
  [[nodiscard]] Task<Result<QueueDepths>> CountQueues() const;

  /// By id. The default tenant is not among them.
  [[nodiscard]] Task<Result<std::vector<TenantRow>>> ListTenants() const;
  [[nodiscard]] Task<Result<std::optional<TenantRow>>> FindTenant(std::string id) const;
  /// False, and nothing changes, when there is one with this id.
  [[nodiscard]] Task<Result<bool>> AddTenant(TenantRow tenant) const;
  /// Replaces the settings. False when there is no such tenant.
  [[nodiscard]] Task<Result<bool>> ChangeTenant(std::string id, std::string settings, Timestamp now) const;
  /// From now on the tenant is ending, unless it was already. False when there is no such tenant.
  [[nodiscard]] Task<Result<bool>> EndTenant(std::string id, Timestamp now) const;
  /// Removes the tenant and its keys; what was billed stays. False when there is no such tenant.
  [[nodiscard]] Task<Result<bool>> RemoveTenant(std::string id) const;

 private:
  std::shared_ptr<SqlRunner> runner_;
};

}  // namespace plinto::polar::server
