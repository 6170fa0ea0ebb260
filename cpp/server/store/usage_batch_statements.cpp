// Many usage events at once, and their sums.
#include <set>

#include "core/foundation/json.h"
#include "server/store/joined.h"
#include "server/store/sql.h"
#include "server/store/statements.h"

namespace plinto::polar::server::sql {
namespace {

// One statement and one round trip for all of them; the rows travel as JSON.
constexpr const char* kInsertMany =
    "INSERT INTO polar_usage_events (tenant, organization_id, user_id, external_id, event_name, quantity, properties,"
    " next_attempt_at, created_at, polar_customer_id) SELECT ?1, e.organization_id, e.user_id, e.external_id,"
    " e.event_name, e.quantity, e.properties, e.created_at, e.created_at,"
    " coalesce((SELECT c.polar_customer_id FROM polar_customers c"
    " WHERE c.tenant = ?1 AND c.organization_id = e.organization_id),"
    " (SELECT c.polar_customer_id FROM polar_customers c WHERE c.tenant = ?1 AND c.user_id = e.user_id))"
    " FROM json_to_recordset(?2::json) AS e(organization_id TEXT, user_id TEXT, external_id TEXT, event_name TEXT,"
    " quantity BIGINT, properties TEXT, created_at BIGINT)"
    " ON CONFLICT DO NOTHING RETURNING coalesce(organization_id, user_id), external_id";

Json JsonOf(const UsageRow& usage) {
  const bool is_user = usage.subject.kind == Subject::Kind::kUser;
  Json json = EmptyObject();
  SetMember(json, is_user ? "user_id" : "organization_id", usage.subject.id);
  SetMember(json, "external_id", usage.external_id);
  SetMember(json, "event_name", usage.event_name);
  SetMember(json, "quantity", usage.quantity);
  SetMember(json, "properties", usage.properties);
  SetMember(json, "created_at", usage.created_at.microseconds);
  return json;
}

std::vector<bool> InsertMany(const Scope& db, const std::vector<UsageRow>& usage) {
  Json rows = EmptyArray();
  for (const UsageRow& row : usage) rows.get_ptr<Json::array_t*>()->push_back(JsonOf(row));
  std::set<std::pair<std::string, std::string>> inserted;
  Query insert(db, kInsertMany);
  insert.Bind(DumpJson(rows));
  while (insert.Step()) inserted.emplace(insert.Text(0), insert.Text(1));
  std::vector<bool> is_new;
  // Of two with the same id in this list the first one counts.
  for (const UsageRow& row : usage) is_new.push_back(inserted.erase({row.subject.id, row.external_id}) > 0);
  return is_new;
}

constexpr char kSelect[] = "SELECT event_name, ";
constexpr char kDay[] = "created_at / 86400000000";
constexpr char kSqliteMonth[] =
    "CAST(strftime('%Y', created_at / 1000000, 'unixepoch') AS INTEGER) * 12"
    " + CAST(strftime('%m', created_at / 1000000, 'unixepoch') AS INTEGER) - 1";
constexpr char kPostgresMonth[] =
    "CAST(extract(year FROM to_timestamp(created_at / 1000000) AT TIME ZONE 'UTC') * 12"
    " + extract(month FROM to_timestamp(created_at / 1000000) AT TIME ZONE 'UTC') - 1 AS BIGINT)";
// Quantities are added in two halves: a sum of a few thousand of the greatest does not fit into 64 bits.
constexpr char kSums[] =
    ", count(*), CAST(sum(quantity / 4294967296) AS BIGINT), CAST(sum(quantity % 4294967296) AS BIGINT),"
    " count(*) FILTER (WHERE reported_to_polar_at IS NOT NULL),"
    " count(*) FILTER (WHERE reported_to_polar_at IS NULL AND next_attempt_at IS NOT NULL),"
    " count(*) FILTER (WHERE reported_to_polar_at IS NULL AND next_attempt_at IS NULL)"
    " FROM polar_usage_events WHERE tenant = ?1 AND coalesce(organization_id, user_id) = ?2 AND erased = 0"
    " AND created_at >= ?3 AND created_at < ?4 AND (CAST(?5 AS TEXT) IS NULL OR event_name = ?5)"
    " GROUP BY 2, 1 ORDER BY 2, 1 LIMIT ?6 OFFSET ?7";
constexpr auto kByDay = Joined(kSelect, kDay, kSums);
constexpr auto kByMonthSqlite = Joined(kSelect, kSqliteMonth, kSums);
constexpr auto kByMonthPostgres = Joined(kSelect, kPostgresMonth, kSums);

const char* SummaryFor(SqlEngine engine, bool by_month) {
  if (!by_month) return kByDay.data();
  return engine == SqlEngine::kSqlite ? kByMonthSqlite.data() : kByMonthPostgres.data();
}

std::string PeriodText(std::int64_t period, bool by_month) {
  if (!by_month) return FormatTimestamp(Timestamp::FromSeconds(period * 86'400)).substr(0, 10);
  const std::string month = std::to_string(period % 12 + 1);
  return std::to_string(period / 12) + (month.size() == 1 ? "-0" : "-") + month;
}

std::int64_t FromHalves(std::int64_t high, std::int64_t low) {
  constexpr std::int64_t kHalf = std::int64_t{1} << 32;
  high += low / kHalf;
  return high >= kHalf / 2 ? INT64_MAX : high * kHalf + low % kHalf;
}

}  // namespace

std::vector<bool> AddUsageBatch(const Scope& db, const std::vector<UsageRow>& usage) {
  if (db.engine() == SqlEngine::kPostgres) return InsertMany(db, usage);
  std::vector<bool> is_new;
  for (const UsageRow& row : usage) is_new.push_back(InsertUsage(db, row).has_value());
  return is_new;
}

std::vector<UsageSummaryRow> SummarizeUsage(const Scope& db, const UsageSummaryRequest& request) {
  Query query(db, SummaryFor(db.engine(), request.by_month));
  query.Bind(request.subject.id).Bind(request.from).Bind(request.to).Bind(request.event_name);
  query.Bind(request.limit).Bind(request.offset);
  std::vector<UsageSummaryRow> rows;
  while (query.Step()) {
    rows.push_back({.event_name = query.Text(0),
                    .period = PeriodText(query.Integer(1), request.by_month),
                    .events = query.Integer(2),
                    .quantity = FromHalves(query.Integer(3), query.Integer(4)),
                    .reported = query.Integer(5),
                    .waiting = query.Integer(6),
                    .parked = query.Integer(7)});
  }
  return rows;
}

}  // namespace plinto::polar::server::sql
