// The outbox of usage events: stored before they are acknowledged, then reported to Polar in batches.
#include <algorithm>

#include "server/store/sql.h"
#include "server/store/statements.h"

namespace plinto::polar::server::sql {
namespace {

constexpr const char* kColumns =
    "SELECT id, organization_id, user_id, external_id, event_name, quantity, properties, created_at,"
    " reported_to_polar_at, attempts FROM polar_usage_events"
    " WHERE tenant = ?1 AND coalesce(organization_id, user_id) = ?2 AND external_id = ?3";
constexpr const char* kDue =
    "SELECT id, organization_id, user_id, external_id, event_name, quantity, properties, created_at,"
    " reported_to_polar_at, attempts FROM polar_usage_events WHERE tenant = ?1 AND next_attempt_at <= ?2"
    " ORDER BY next_attempt_at, id LIMIT ?3";
// Servers that share a PostgreSQL take rows for a while, as in the inbox.
constexpr std::int64_t kLeaseSeconds = 60;
constexpr const char* kClaim =
    "UPDATE polar_usage_events SET next_attempt_at = ?4 WHERE tenant = ?1 AND id = ANY(ARRAY("
    "SELECT id FROM polar_usage_events WHERE tenant = ?1 AND next_attempt_at <= ?2"
    " ORDER BY next_attempt_at, id LIMIT ?3 FOR UPDATE SKIP LOCKED))"
    " RETURNING id, organization_id, user_id, external_id, event_name, quantity, properties, created_at,"
    " reported_to_polar_at, attempts";

UsageRow ReadRow(Query& query) {
  UsageRow row;
  row.row = query.Integer(0);
  row.subject = query.IsNull(1) ? Subject{Subject::Kind::kUser, query.Text(2)}
                                : Subject{Subject::Kind::kOrganization, query.Text(1)};
  row.external_id = query.Text(3);
  row.event_name = query.Text(4);
  row.quantity = query.Integer(5);
  row.properties = query.Text(6);
  row.created_at = query.Time(7);
  row.reported = !query.IsNull(8);
  row.attempts = static_cast<int>(query.Integer(9));
  return row;
}

}  // namespace

UsageRow AddUsage(const Scope& db, UsageRow usage) {
  const bool is_user = usage.subject.kind == Subject::Kind::kUser;
  const auto organization = is_user ? std::nullopt : std::optional(usage.subject.id);
  const auto user = is_user ? std::optional(usage.subject.id) : std::nullopt;
  Query insert(db,
               "INSERT INTO polar_usage_events (tenant, organization_id, user_id, external_id, event_name, quantity,"
               " properties, next_attempt_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
               " ON CONFLICT DO NOTHING RETURNING id");
  insert.Bind(organization).Bind(user).Bind(usage.external_id).Bind(usage.event_name);
  insert.Bind(usage.quantity).Bind(usage.properties).Bind(usage.created_at).Bind(usage.created_at);
  if (insert.Step()) {
    usage.row = insert.Integer(0);
    return usage;
  }
  Query find(db, kColumns);
  if (!find.Bind(usage.subject.id).Bind(usage.external_id).Step()) {
    throw std::runtime_error("a usage event could neither be stored nor found");
  }
  return ReadRow(find);
}

std::vector<UsageRow> DueUsage(const Scope& db, Timestamp now, int limit) {
  const bool shared = db.engine() == SqlEngine::kPostgres;
  Query query(db, shared ? kClaim : kDue);
  query.Bind(now).Bind(limit);
  if (shared) query.Bind(now.PlusSeconds(kLeaseSeconds));
  std::vector<UsageRow> rows;
  while (query.Step()) rows.push_back(ReadRow(query));
  std::sort(rows.begin(), rows.end(), [](const UsageRow& a, const UsageRow& b) { return a.row < b.row; });
  return rows;
}

std::optional<Timestamp> NextUsageDue(const Scope& db) {
  Query query(db,
              "SELECT min(next_attempt_at) FROM polar_usage_events"
              " WHERE tenant = ?1 AND next_attempt_at IS NOT NULL");
  if (!query.Step() || query.IsNull(0)) return std::nullopt;
  return query.Time(0);
}

void MarkUsageReported(const Scope& db, const std::vector<std::int64_t>& rows, Timestamp now) {
  for (const std::int64_t row : rows) {
    Query update(db,
                 "UPDATE polar_usage_events SET reported_to_polar_at = ?2, next_attempt_at = NULL, error_message = NULL"
                 " WHERE tenant = ?1 AND id = ?3");
    update.Bind(now).Bind(row).Run();
  }
}

void MarkUsageFailed(const Scope& db, const std::vector<std::int64_t>& rows, const std::string& error,
                     std::optional<Timestamp> retry_at) {
  for (const std::int64_t row : rows) {
    Query update(db,
                 "UPDATE polar_usage_events SET error_message = ?2, attempts = attempts + 1, next_attempt_at = ?3"
                 " WHERE tenant = ?1 AND id = ?4");
    update.Bind(error).Bind(retry_at).Bind(row).Run();
  }
}

}  // namespace plinto::polar::server::sql
