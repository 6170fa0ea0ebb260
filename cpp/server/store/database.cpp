#include "server/store/database.h"

#include "server/store/engines/postgres_pool.h"
#include "server/store/engines/run_on.h"
#include "server/store/sql/sql_notification_store.h"
#include "server/store/sql/sql_reconcile_store.h"
#include "server/store/sql/sql_store.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kSequenceSeconds = 3'600;

TenantRow ReadTenant(Query& query) {
  return {query.Text(0), query.Text(1), query.Time(2), query.IsNull(3) ? std::nullopt : std::optional(query.Time(3))};
}

}  // namespace

Result<std::unique_ptr<Database>> Database::OpenSqlite(const std::string& path, SqliteWriter::Mode mode,
                                                       const Clock* shared_clock) {
  auto writer = SqliteWriter::Open(path, mode, shared_clock);
  if (!writer) return std::move(writer).error();
  return std::unique_ptr<Database>(new Database(std::move(*writer)));
}

Result<std::unique_ptr<Database>> Database::OpenPostgres(const std::string& url, int connections) {
  auto pool = PostgresPool::Open(url, connections);
  if (!pool) return std::move(pool).error();
  return std::unique_ptr<Database>(new Database(std::move(*pool)));
}

std::unique_ptr<Store> Database::ForTenant(std::string tenant) const {
  return std::make_unique<SqlStore>(runner_, std::move(tenant));
}

Task<Result<QueueDepths>> Database::CountQueues() const {
  return RunOn<QueueDepths>(
      *runner_,
      [](SqlConnection& db) {
        const auto count = [&db](const char* sql) {
          Query query(db, sql);
          return query.Step() ? query.Integer(0) : 0;
        };
        return QueueDepths{count("SELECT count(*) FROM polar_webhook_events WHERE next_attempt_at IS NOT NULL"),
                           count("SELECT count(*) FROM polar_webhook_events WHERE parked_at IS NOT NULL"),
                           count("SELECT count(*) FROM polar_usage_events WHERE next_attempt_at IS NOT NULL"),
                           count("SELECT count(*) FROM polar_usage_events WHERE parked_at IS NOT NULL"),
                           count("SELECT count(*) FROM app_notifications WHERE next_attempt_at IS NOT NULL"),
                           count("SELECT count(*) FROM app_notifications WHERE parked_at IS NOT NULL")};
      },
      SqlAccess::kRead);
}

std::unique_ptr<NotificationStore> Database::NotificationsOf(std::string tenant) const {
  return std::make_unique<SqlNotificationStore>(SqlTenant(runner_, std::move(tenant)));
}

std::unique_ptr<ReconcileStore> Database::ReconcileStoreOf(std::string tenant) const {
  return std::make_unique<SqlReconcileStore>(SqlTenant(runner_, std::move(tenant)));
}

Retention Database::RetentionOf(std::string tenant) const { return Retention(SqlTenant(runner_, std::move(tenant))); }

Task<Status> Database::RaiseSequence(Timestamp now) const {
  return RunOn<Done>(*runner_, [now](SqlConnection& db) {
    const std::int64_t behind = now.PlusSeconds(-kSequenceSeconds).Milliseconds();
    if (db.engine() == SqlEngine::kPostgres) {
      // Servers that are at work give far fewer than an hour's worth meanwhile.
      Query raise(db,
                  "SELECT setval(numbers, ?2) FROM (SELECT CAST(pg_get_serial_sequence('app_notifications', 'id')"
                  " AS regclass) AS numbers) known WHERE coalesce(pg_sequence_last_value(numbers), 0) < ?1");
      raise.Bind(behind).Bind(now.Milliseconds()).Run();
      return Done{};
    }
    Query begin(db,
                "INSERT INTO sqlite_sequence (name, seq) SELECT 'app_notifications', 0"
                " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'app_notifications')");
    begin.Run();
    Query raise(db, "UPDATE sqlite_sequence SET seq = ?2 WHERE name = 'app_notifications' AND seq < ?1");
    raise.Bind(behind).Bind(now.Milliseconds()).Run();
    return Done{};
  });
}

Task<Status> Database::FreeClaims() const {
  return RunOn<Done>(*runner_, [](SqlConnection& db) {
    if (db.engine() == SqlEngine::kPostgres || db.shared_clock() != nullptr) return Done{};
    for (const char* free :
         {"UPDATE polar_webhook_events SET claim = NULL, claimed_until = NULL WHERE claimed_until IS NOT NULL",
          "UPDATE polar_usage_events SET claim = NULL, claimed_until = NULL WHERE claimed_until IS NOT NULL",
          "UPDATE app_notifications SET claim = NULL, claimed_until = NULL WHERE claimed_until IS NOT NULL"}) {
      Query(db, free).Run();
    }
    return Done{};
  });
}

Task<Result<std::vector<TenantRow>>> Database::ListTenants() const {
  return RunOn<std::vector<TenantRow>>(*runner_, [](SqlConnection& db) {
    Query query(db, "SELECT id, settings, created_at, ending_since FROM tenants ORDER BY id");
    std::vector<TenantRow> tenants;
    while (query.Step()) tenants.push_back(ReadTenant(query));
    return tenants;
  });
}

Task<Result<std::optional<TenantRow>>> Database::FindTenant(std::string id) const {
  return RunOn<std::optional<TenantRow>>(*runner_, [id = std::move(id)](SqlConnection& db) -> std::optional<TenantRow> {
    Query query(db, "SELECT id, settings, created_at, ending_since FROM tenants WHERE id = ?1");
    if (!query.Bind(id).Step()) return std::nullopt;
    return ReadTenant(query);
  });
}

Task<Result<bool>> Database::AddTenant(TenantRow tenant) const {
  return RunOn<bool>(*runner_, [tenant = std::move(tenant)](SqlConnection& db) {
    Query insert(db,
                 "INSERT INTO tenants (id, settings, created_at, updated_at) VALUES (?1, ?2, ?3, ?4)"
                 " ON CONFLICT DO NOTHING");
    insert.Bind(tenant.id).Bind(tenant.settings).Bind(tenant.created_at).Bind(tenant.created_at);
    return insert.Run() > 0;
  });
}

Task<Result<bool>> Database::ChangeTenant(std::string id, std::string settings, Timestamp now) const {
  return RunOn<bool>(*runner_, [id = std::move(id), settings = std::move(settings), now](SqlConnection& db) {
    Query update(db, "UPDATE tenants SET settings = ?2, updated_at = ?3 WHERE id = ?1");
    return update.Bind(id).Bind(settings).Bind(now).Run() > 0;
  });
}

Task<Result<bool>> Database::EndTenant(std::string id, Timestamp now) const {
  return RunOn<bool>(*runner_, [id = std::move(id), now](SqlConnection& db) {
    Query update(db, "UPDATE tenants SET ending_since = coalesce(ending_since, ?2) WHERE id = ?1");
    return update.Bind(id).Bind(now).Run() > 0;
  });
}

Task<Result<bool>> Database::RemoveTenant(std::string id) const {
  return RunOn<bool>(*runner_, [id = std::move(id)](SqlConnection& db) {
    Query service_keys(db, "DELETE FROM service_keys WHERE tenant = ?1");
    service_keys.Bind(id).Run();
    Query signing_keys(db, "DELETE FROM signing_keys WHERE tenant = ?1");
    signing_keys.Bind(id).Run();
    // Its next account at Polar may be another one, of which nothing is known.
    Query progress(db, "DELETE FROM job_progress WHERE tenant = ?1");
    progress.Bind(id).Run();
    Query tenant(db, "DELETE FROM tenants WHERE id = ?1");
    return tenant.Bind(id).Run() > 0;
  });
}

}  // namespace plinto::polar::server
