// The outbox of usage events: stored before they are acknowledged, then reported to Polar in batches.
#include "server/store/sqlite_query.h"
#include "server/store/sqlite_rows.h"

namespace plinto::polar::server::sqlite {
namespace {

constexpr const char* kColumns =
    "SELECT id, organization_id, user_id, external_id, event_name, quantity, properties, created_at,"
    " reported_to_polar_at, attempts FROM polar_usage_events"
    " WHERE tenant = ? AND coalesce(organization_id, user_id) = ? AND external_id = ?";
constexpr const char* kDue =
    "SELECT id, organization_id, user_id, external_id, event_name, quantity, properties, created_at,"
    " reported_to_polar_at, attempts FROM polar_usage_events WHERE next_attempt_at <= ?"
    " ORDER BY next_attempt_at, id LIMIT ?";

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

UsageRow AddUsage(SqliteConnection& db, UsageRow usage) {
  const bool is_user = usage.subject.kind == Subject::Kind::kUser;
  const auto organization = is_user ? std::nullopt : std::optional(usage.subject.id);
  const auto user = is_user ? std::optional(usage.subject.id) : std::nullopt;
  Query insert(db,
               "INSERT INTO polar_usage_events (tenant, organization_id, user_id, external_id, event_name, quantity,"
               " properties, next_attempt_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  insert.Bind(kTenant).Bind(organization).Bind(user).Bind(usage.external_id).Bind(usage.event_name);
  insert.Bind(usage.quantity).Bind(usage.properties).Bind(usage.created_at).Bind(usage.created_at);
  if (insert.Run() > 0) {
    usage.row = db.database().getLastInsertRowid();
    return usage;
  }
  Query find(db, kColumns);
  if (!find.Bind(kTenant).Bind(usage.subject.id).Bind(usage.external_id).Step()) {
    throw std::runtime_error("a usage event could neither be stored nor found");
  }
  return ReadRow(find);
}

std::vector<UsageRow> DueUsage(SqliteConnection& db, Timestamp now, int limit) {
  Query query(db, kDue);
  query.Bind(now).Bind(limit);
  std::vector<UsageRow> rows;
  while (query.Step()) rows.push_back(ReadRow(query));
  return rows;
}

std::optional<Timestamp> NextUsageDue(SqliteConnection& db) {
  Query query(db, "SELECT min(next_attempt_at) FROM polar_usage_events WHERE next_attempt_at IS NOT NULL");
  if (!query.Step() || query.IsNull(0)) return std::nullopt;
  return query.Time(0);
}

void MarkUsageReported(SqliteConnection& db, const std::vector<std::int64_t>& rows, Timestamp now) {
  for (const std::int64_t row : rows) {
    Query update(db,
                 "UPDATE polar_usage_events SET reported_to_polar_at = ?, next_attempt_at = NULL, error_message = NULL"
                 " WHERE id = ?");
    update.Bind(now).Bind(row).Run();
  }
}

void MarkUsageFailed(SqliteConnection& db, const std::vector<std::int64_t>& rows, const std::string& error,
                     std::optional<Timestamp> retry_at) {
  for (const std::int64_t row : rows) {
    Query update(db,
                 "UPDATE polar_usage_events SET error_message = ?, attempts = attempts + 1, next_attempt_at = ?"
                 " WHERE id = ?");
    update.Bind(error).Bind(retry_at).Bind(row).Run();
  }
}

}  // namespace plinto::polar::server::sqlite
