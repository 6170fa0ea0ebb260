// The outbox of usage events: stored before they are acknowledged, then reported to Polar in batches.
#include <algorithm>

#include "server/store/joined.h"
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

// Marks of many rows are one statement on PostgreSQL, where each costs a round trip. The rows are the last parameter.
constexpr char kOneAt3[] = " WHERE tenant = ?1 AND id = ?3";
constexpr char kOneAt4[] = " WHERE tenant = ?1 AND id = ?4";
constexpr char kManyAt3[] = " WHERE tenant = ?1 AND id = ANY(?3::bigint[])";
constexpr char kManyAt4[] = " WHERE tenant = ?1 AND id = ANY(?4::bigint[])";
// Who recorded before his first purchase has become a customer meanwhile.
constexpr char kReported[] =
    "UPDATE polar_usage_events SET reported_to_polar_at = ?2, next_attempt_at = NULL, error_message = NULL,"
    " polar_customer_id = coalesce(polar_customer_id, (SELECT c.polar_customer_id FROM polar_customers c"
    " WHERE c.tenant = ?1 AND c.organization_id = polar_usage_events.organization_id),"
    " (SELECT c.polar_customer_id FROM polar_customers c"
    " WHERE c.tenant = ?1 AND c.user_id = polar_usage_events.user_id))";
constexpr char kFailed[] =
    "UPDATE polar_usage_events SET error_message = ?2, attempts = attempts + 1, next_attempt_at = ?3";
constexpr auto kReportedOne = Joined(kReported, kOneAt3);
constexpr auto kReportedMany = Joined(kReported, kManyAt3);
constexpr auto kFailedOne = Joined(kFailed, kOneAt4);
constexpr auto kFailedMany = Joined(kFailed, kManyAt4);
constexpr auto kReleasedMany = Joined("UPDATE polar_usage_events SET next_attempt_at = ?2", kManyAt3);

template <class Bind>
void ForRows(const Scope& db, const std::vector<std::int64_t>& rows, const char* one, const char* many, Bind bind) {
  if (rows.empty()) return;
  if (db.engine() == SqlEngine::kPostgres) {
    std::string list = "{";
    for (const std::int64_t row : rows) list += (list.size() == 1 ? "" : ",") + std::to_string(row);
    Query update(db, many);
    bind(update);
    update.Bind(list + "}").Run();
    return;
  }
  for (const std::int64_t row : rows) {
    Query update(db, one);
    bind(update);
    update.Bind(row).Run();
  }
}

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

std::optional<std::int64_t> InsertUsage(const Scope& db, const UsageRow& usage) {
  const bool is_user = usage.subject.kind == Subject::Kind::kUser;
  const auto organization = is_user ? std::nullopt : std::optional(usage.subject.id);
  const auto user = is_user ? std::optional(usage.subject.id) : std::nullopt;
  Query insert(
      db,
      "INSERT INTO polar_usage_events (tenant, organization_id, user_id, external_id, event_name, quantity,"
      " properties, next_attempt_at, created_at, polar_customer_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
      " coalesce((SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND organization_id = ?2),"
      " (SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND user_id = ?3)))"
      " ON CONFLICT DO NOTHING RETURNING id");
  insert.Bind(organization).Bind(user).Bind(usage.external_id).Bind(usage.event_name);
  insert.Bind(usage.quantity).Bind(usage.properties).Bind(usage.created_at).Bind(usage.created_at);
  return insert.Step() ? std::optional(insert.Integer(0)) : std::nullopt;
}

UsageRow AddUsage(const Scope& db, UsageRow usage) {
  if (const auto row = InsertUsage(db, usage)) {
    usage.row = *row;
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
  ForRows(db, rows, kReportedOne.data(), kReportedMany.data(), [now](Query& query) { query.Bind(now); });
}

void MarkUsageFailed(const Scope& db, const std::vector<std::int64_t>& rows, const std::string& error,
                     std::optional<Timestamp> retry_at) {
  ForRows(db, rows, kFailedOne.data(), kFailedMany.data(), [&](Query& query) { query.Bind(error).Bind(retry_at); });
}

void ReleaseUsage(const Scope& db, const std::vector<std::int64_t>& rows, Timestamp due) {
  if (db.engine() != SqlEngine::kPostgres) return;  // not claimed, so still due
  ForRows(db, rows, nullptr, kReleasedMany.data(), [due](Query& query) { query.Bind(due); });
}

}  // namespace plinto::polar::server::sql
