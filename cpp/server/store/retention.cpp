#include "server/store/retention.h"

#include <algorithm>
#include <array>
#include <span>

#include "server/base/defects.h"
#include "server/store/sql/row_ids.h"

namespace plinto::polar::server {
namespace {

// What somebody else is working on is not waited for: it is pruned another time.
constexpr std::array kStatements = {
    "WITH old AS (SELECT id FROM polar_webhook_events WHERE tenant = ?1 AND processed_at IS NOT NULL"
    " AND processed_at < ?2 AND processed = 1 AND next_attempt_at IS NULL ORDER BY processed_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM polar_webhook_events NOT INDEXED WHERE tenant = ?1 AND id IN (SELECT id FROM "
    "old)",
    "WITH old AS (SELECT id FROM polar_checkouts WHERE tenant = ?1 AND expires_at < ?2"
    " AND status IN ('open', 'expired', 'failed') ORDER BY expires_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM polar_checkouts NOT INDEXED WHERE tenant = ?1 AND id IN (SELECT id FROM old)",
    "WITH old AS (SELECT id FROM app_notifications WHERE tenant = ?1 AND parked_at IS NOT NULL"
    " AND parked_at < ?2 ORDER BY parked_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM app_notifications NOT INDEXED WHERE tenant = ?1 AND id IN (SELECT id FROM "
    "old)",
    "WITH old AS (SELECT subject_id FROM plinto_subjects WHERE tenant = ?1 AND fact_timestamp < ?2"
    " ORDER BY fact_timestamp LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM plinto_subjects WHERE tenant = ?1 AND subject_id IN (SELECT subject_id FROM "
    "old)",
    "WITH old AS (SELECT id FROM usage_leases WHERE tenant = ?1 AND expires_at < ?2 ORDER BY expires_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM usage_leases WHERE tenant = ?1 AND id IN (SELECT id FROM old)",
    "WITH old AS (SELECT id FROM access_grants WHERE tenant = ?1 AND coalesce(removed_at, ends_at) < ?2"
    " ORDER BY coalesce(removed_at, ends_at) LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM access_grants WHERE tenant = ?1 AND id IN (SELECT id FROM old)",
};

// In SQLite usage goes row by row. In PostgreSQL whole parts go, so that here only what is in none is left;
// ids are known for longer than what they are ids of, so that what is sent again late is not taken for new. Only those
// of parts that are gone are looked at: one event that waits keeps its part, and all the ids of it.
constexpr const char* kUsageOfSqlite =
    "WITH old AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND reported_to_polar_at IS NOT NULL"
    " AND reported_to_polar_at < ?2 AND next_attempt_at IS NULL ORDER BY reported_to_polar_at LIMIT ?3)"
    " DELETE FROM polar_usage_events NOT INDEXED WHERE tenant = ?1 AND id IN (SELECT id FROM old)";
constexpr const char* kUsageOfPostgres =
    "WITH old AS (SELECT id FROM polar_usage_events_default WHERE tenant = ?1 AND reported_to_polar_at IS NOT NULL"
    " AND reported_to_polar_at < ?2 AND next_attempt_at IS NULL LIMIT ?3 FOR UPDATE SKIP LOCKED)"
    " DELETE FROM polar_usage_events_default WHERE tenant = ?1 AND id IN (SELECT id FROM old)";
constexpr const char* kIdsOfPostgres =
    "WITH gone AS (SELECT n * 2419200 * 4194304 AS since,"
    " least((n + 1) * 2419200 * 4194304, CAST(?2 AS BIGINT)) AS until"
    " FROM generate_series((SELECT event / 4194304 / 2419200 FROM polar_usage_ids WHERE tenant = ?1"
    " AND event < CAST(?2 AS BIGINT) ORDER BY event LIMIT 1), CAST(?2 AS BIGINT) / 4194304 / 2419200) AS n WHERE "
    "to_regclass('polar_usage_events_'"
    " || to_char(to_timestamp(n * 2419200) AT TIME ZONE 'UTC', 'YYYYMMDD')) IS NULL),"
    " old AS (SELECT found.event FROM gone CROSS JOIN LATERAL (SELECT event FROM polar_usage_ids known"
    " WHERE tenant = ?1 AND event >= gone.since AND event < gone.until AND NOT EXISTS"
    " (SELECT 1 FROM polar_usage_events_default used WHERE used.tenant = ?1 AND used.id = known.event)"
    " ORDER BY event LIMIT ?3 FOR UPDATE SKIP LOCKED) found LIMIT ?3)"
    " DELETE FROM polar_usage_ids WHERE tenant = ?1 AND event IN (SELECT event FROM old)";
static_assert(sql::kNumbersOfSecond == 4'194'304 && sql::kPartSeconds == 2'419'200, "the statement above says so");
constexpr std::int64_t kIdsLongerSeconds = 35 * 86'400;
// Of all tenants: whichever comes first drops them.
constexpr const char* kDropParts = "SELECT polar_drop_usage_parts(?2) WHERE CAST(?1 AS TEXT) IS NOT NULL";
constexpr const char* kMakeParts =
    "SELECT polar_make_parts('polar_usage_events', ?2) WHERE CAST(?1 AS TEXT) IS NOT NULL";

std::int64_t PruneUsage(const Scope& db, Timestamp before, int limit) {
  if (db.engine() == SqlEngine::kSqlite) {
    Query rows(db, kUsageOfSqlite);
    return rows.Bind(before).Bind(limit).Run();
  }
  std::int64_t pruned = 0;
  {
    Query parts(db, kDropParts);
    if (parts.Bind(before).Step()) pruned += parts.Integer(0);
  }
  {
    Query rows(db, kUsageOfPostgres);
    pruned += rows.Bind(before).Bind(limit).Run();
  }
  Query ids(db, kIdsOfPostgres);
  return pruned + ids.Bind(sql::FirstIdOf(before.PlusSeconds(-kIdsLongerSeconds))).Bind(limit).Run();
}

std::int64_t RunEach(const Scope& db, std::span<const char* const> statements, Timestamp before, int limit) {
  std::int64_t pruned = 0;
  for (const char* statement : statements) {
    Query query(db, statement);
    pruned += query.Bind(before).Bind(limit).Run();
  }
  return pruned;
}

constexpr std::array kToldStatements = {
    "WITH old AS (SELECT id FROM app_notifications WHERE tenant = ?1 AND delivered_at IS NOT NULL"
    " AND delivered_at < ?2 ORDER BY delivered_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM app_notifications NOT INDEXED WHERE tenant = ?1 AND id IN (SELECT id FROM "
    "old)",
    "WITH old AS (SELECT id FROM app_attempts WHERE tenant = ?1 AND attempted_at < ?2 ORDER BY attempted_at LIMIT ?3"
    " FOR UPDATE SKIP LOCKED) DELETE FROM app_attempts NOT INDEXED WHERE tenant = ?1 AND id IN (SELECT id FROM old)",
};

// Nothing is put off for longer than two hours (service/, notification_statements.cpp), but for the looks at
// a customer's access that a date calls for.
constexpr std::int64_t kLongestSeconds = 2 * 3'600;
constexpr std::array kPullForward = {
    "UPDATE polar_webhook_events SET next_attempt_at = ?2 WHERE tenant = ?1 AND source IN ('polar', 'plinto', "
    "'conekta')"
    " AND next_attempt_at > ?3",
    "UPDATE polar_usage_events SET next_attempt_at = ?2 WHERE tenant = ?1 AND next_attempt_at > ?3",
    "UPDATE app_notifications SET next_attempt_at = ?2 WHERE tenant = ?1 AND next_attempt_at > ?3",
    "UPDATE app_health SET probe_at = ?2 WHERE tenant = ?1 AND probe_at > ?3",
};
// Customers are looked at once a day at least (sql/schedule.cpp).
constexpr std::int64_t kWalkSeconds = 25 * 3'600;
// So is who has grants and no customer (service/deliveries/notifications.cpp).
constexpr const char* kPullGrantsForward =
    "UPDATE app_access SET check_at = ?2 WHERE tenant = ?1 AND check_at > ?3 AND polar_customer_id LIKE '%:%'";
constexpr const char* kPullCustomersForward =
    "UPDATE polar_customers SET reconcile_at = ?2 WHERE tenant = ?1 AND reconcile_at > ?3";

constexpr std::int64_t kHourUs = std::int64_t{3'600} * 1'000'000;

}  // namespace

Timestamp AdvanceTrusted(Timestamp trusted, Timestamp seen, Timestamp now) {
  const std::int64_t passed = std::clamp<std::int64_t>(now.microseconds - seen.microseconds, 0, kHourUs);
  return std::max(trusted, std::min(now, Timestamp{trusted.microseconds + 2 * passed}));
}

Task<Result<Timestamp>> Retention::TrustedTime(Timestamp now) const {
  return tenant_.Run<Timestamp>([now](const Scope& db) {
    Timestamp trusted = now;
    {
      Query find(db, "SELECT trusted_at, seen_at FROM retention_clock WHERE tenant = ?1");
      if (find.Step()) trusted = AdvanceTrusted(find.Time(0), find.Time(1), now);
    }
    Query keep(db,
               "INSERT INTO retention_clock (tenant, trusted_at, seen_at) VALUES (?1, ?2, ?3)"
               " ON CONFLICT (tenant) DO UPDATE SET trusted_at = excluded.trusted_at, seen_at = excluded.seen_at");
    keep.Bind(trusted).Bind(now).Run();
    return std::min(trusted, now);
  });
}

Task<Status> Retention::PullForward(Timestamp now) const {
  return tenant_.Run<Done>([now](const Scope& db) {
    for (const char* statement : kPullForward) {
      Query query(db, statement);
      query.Bind(now).Bind(now.PlusSeconds(kLongestSeconds)).Run();
    }
    Query customers(db, kPullCustomersForward);
    customers.Bind(now).Bind(now.PlusSeconds(kWalkSeconds)).Run();
    Query grants(db, kPullGrantsForward);
    grants.Bind(now).Bind(now.PlusSeconds(kWalkSeconds)).Run();
    return Done{};
  });
}

Task<Status> Retention::MakeParts(Timestamp now) const {
  return tenant_.Run<Done>([now](const Scope& db) {
    if (db.engine() == SqlEngine::kSqlite) return Done{};
    Query make(db, kMakeParts);
    make.Bind(now).Step();
    return Done{};
  });
}

Task<Result<std::int64_t>> Retention::Prune(Timestamp before, int limit) const {
  if (HasDefect("retention-too-early")) before = kLastTimestamp;
  return tenant_.Run<std::int64_t>([before, limit](const Scope& db) {
    return RunEach(db, kStatements, before, limit) + PruneUsage(db, before, limit);
  });
}

Task<Result<std::int64_t>> Retention::PruneTold(Timestamp before, int limit) const {
  if (HasDefect("retention-too-early")) before = kLastTimestamp;
  return tenant_.Run<std::int64_t>(
      [before, limit](const Scope& db) { return RunEach(db, kToldStatements, before, limit); });
}

}  // namespace plinto::polar::server
