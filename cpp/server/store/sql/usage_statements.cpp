// The outbox of usage events: stored before they are acknowledged, then reported to Polar in batches; and their sums.
#include <set>
#include <stdexcept>

#include "core/foundation/json.h"
#include "server/store/engines/sql.h"
#include "server/store/sql/claims.h"
#include "server/store/sql/joined.h"
#include "server/store/sql/statements.h"
#include "server/store/store.h"

namespace plinto::polar::server::sql {
namespace {

constexpr char kTable[] = "polar_usage_events";
constexpr char kColumns[] =
    "id, organization_id, user_id, external_id, event_name, quantity, properties, created_at, reported_to_polar_at,"
    " attempts, refusals, refused_at, used_at, coalesce(parent_id, ''), coalesce(member_id, '')";
constexpr auto kFind = Joined("SELECT ", kColumns, " FROM ", kTable,
                              " WHERE tenant = ?1 AND coalesce(organization_id, user_id) = ?2 AND external_id = ?3");
constexpr auto kSelectDue = SelectDue(kTable, kColumns);
constexpr auto kHoldOne = HoldOne(kTable);
constexpr auto kHoldMany = HoldMany(kTable);
constexpr DueStatements kDueUsage = {kSelectDue.data(), kHoldOne.data(), kHoldMany.data(), kUsageHeldSeconds};

// The event that is there already stays as it is, and is locked, so that it is there to be read.
constexpr const char* kInsertOne =
    "INSERT INTO polar_usage_events (tenant, organization_id, user_id, external_id, event_name, quantity,"
    " properties, next_attempt_at, created_at, used_at, parent_id, member_id, polar_customer_id)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
    " coalesce((SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND organization_id = ?2),"
    " (SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND user_id = ?3)))"
    " ON CONFLICT (tenant, coalesce(organization_id, user_id), external_id)"
    " DO UPDATE SET external_id = excluded.external_id WHERE false RETURNING id";
// One statement and one round trip for all of them; the rows travel as JSON. Their ids follow the list; they are
// inserted in the order of their keys, so that two lists with the same events wait for each other in one direction
// only.
constexpr const char* kInsertMany =
    "INSERT INTO polar_usage_events (id, tenant, organization_id, user_id, external_id, event_name, quantity,"
    " properties, next_attempt_at, created_at, used_at, parent_id, member_id, polar_customer_id)"
    " OVERRIDING SYSTEM VALUE SELECT e.id, ?1, e.organization_id, e.user_id, e.external_id, e.event_name, e.quantity,"
    " e.properties, e.created_at, e.created_at, e.used_at, e.parent_id, e.member_id,"
    " coalesce((SELECT c.polar_customer_id FROM polar_customers c"
    " WHERE c.tenant = ?1 AND c.organization_id = e.organization_id),"
    " (SELECT c.polar_customer_id FROM polar_customers c WHERE c.tenant = ?1 AND c.user_id = e.user_id))"
    " FROM (SELECT nextval(pg_get_serial_sequence('polar_usage_events', 'id')) AS id, listed.*"
    " FROM json_to_recordset(?2::json) AS listed(organization_id TEXT, user_id TEXT, external_id TEXT, event_name TEXT,"
    " quantity TEXT, properties TEXT, created_at BIGINT, used_at BIGINT, parent_id TEXT, member_id TEXT)) AS e"
    " ORDER BY coalesce(e.organization_id, e.user_id), e.external_id, e.id"
    " ON CONFLICT DO NOTHING RETURNING coalesce(organization_id, user_id), external_id";

// Marks of many rows are one statement on PostgreSQL, where each costs a round trip; they lock the rows in one order.
// The rows are the last parameter.
constexpr char kOneAt3[] = " WHERE tenant = ?1 AND id = ?3";
constexpr char kOneAt6[] = " WHERE tenant = ?1 AND id = ?6";
constexpr char kHeldAt3[] =
    "WITH held AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND id = ANY(?3::bigint[])"
    " ORDER BY id FOR UPDATE) ";
constexpr char kHeldAt6[] =
    "WITH held AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND id = ANY(?6::bigint[])"
    " ORDER BY id FOR UPDATE) ";
constexpr char kMany[] = " WHERE tenant = ?1 AND id IN (SELECT id FROM held)";
// Who recorded before their first purchase has become a customer meanwhile.
constexpr char kReported[] =
    "UPDATE polar_usage_events SET reported_to_polar_at = coalesce(reported_to_polar_at, CAST(?2 AS BIGINT)),"
    " next_attempt_at = NULL, error_message = NULL, parked_at = NULL, claim = NULL, claimed_until = NULL,"
    " polar_customer_id = coalesce(polar_customer_id, (SELECT c.polar_customer_id FROM polar_customers c"
    " WHERE c.tenant = ?1 AND c.organization_id = polar_usage_events.organization_id),"
    " (SELECT c.polar_customer_id FROM polar_customers c"
    " WHERE c.tenant = ?1 AND c.user_id = polar_usage_events.user_id))";
constexpr char kFailed[] =
    "UPDATE polar_usage_events SET error_message = ?2, attempts = attempts + 1, next_attempt_at = ?3,"
    " parked_at = CASE WHEN CAST(?3 AS BIGINT) IS NULL THEN CAST(?4 AS BIGINT) END, claim = NULL,"
    " claimed_until = NULL";
constexpr char kCounted[] = ", refusals = refusals + 1, refused_at = coalesce(refused_at, CAST(?4 AS BIGINT))";
constexpr char kMayFail[] = " AND reported_to_polar_at IS NULL AND coalesce(claim, '') = ?5";
constexpr auto kReportedOne = Joined(kReported, kOneAt3);
constexpr auto kReportedMany = Joined(kHeldAt3, kReported, kMany);
constexpr auto kFailedOne = Joined(kFailed, kOneAt6, kMayFail);
constexpr auto kFailedMany = Joined(kHeldAt6, kFailed, kMany, kMayFail);
constexpr auto kRefusedOne = Joined(kFailed, kCounted, kOneAt6, kMayFail);
constexpr char kReleased[] = "UPDATE polar_usage_events SET claim = NULL, claimed_until = NULL";
constexpr char kIsHeld[] = " AND claim = ?2";
constexpr auto kReleasedOne = Joined(kReleased, kOneAt3, kIsHeld);
constexpr auto kReleasedMany = Joined(kHeldAt3, kReleased, kMany, kIsHeld);

constexpr char kSelect[] = "SELECT event_name, ";
constexpr char kDay[] = "created_at / 86400000000";
constexpr char kSqliteMonth[] =
    "CAST(strftime('%Y', created_at / 1000000, 'unixepoch') AS INTEGER) * 12"
    " + CAST(strftime('%m', created_at / 1000000, 'unixepoch') AS INTEGER) - 1";
constexpr char kPostgresMonth[] =
    "CAST(extract(year FROM to_timestamp(created_at / 1000000) AT TIME ZONE 'UTC') * 12"
    " + extract(month FROM to_timestamp(created_at / 1000000) AT TIME ZONE 'UTC') - 1 AS BIGINT)";
// Exact to the last digit: SQLite's sum() would go through doubles, so there the aggregate is our own.
constexpr char kSqliteSum[] = ", count(*), decimal_sum(quantity),";
constexpr char kPostgresSum[] = ", count(*), CAST(trim_scale(sum(CAST(quantity AS NUMERIC))) AS TEXT),";
constexpr char kSums[] =
    " count(*) FILTER (WHERE reported_to_polar_at IS NOT NULL),"
    " count(*) FILTER (WHERE reported_to_polar_at IS NULL AND next_attempt_at IS NOT NULL),"
    " count(*) FILTER (WHERE reported_to_polar_at IS NULL AND next_attempt_at IS NULL)"
    " FROM polar_usage_events WHERE tenant = ?1 AND coalesce(organization_id, user_id) = ?2 AND erased = 0"
    " AND created_at >= ?3 AND created_at < ?4 AND (CAST(?5 AS TEXT) IS NULL OR event_name = ?5)"
    " GROUP BY 2, 1 ORDER BY 2, 1 LIMIT ?6 OFFSET ?7";
constexpr auto kByDaySqlite = Joined(kSelect, kDay, kSqliteSum, kSums);
constexpr auto kByDayPostgres = Joined(kSelect, kDay, kPostgresSum, kSums);
constexpr auto kByMonthSqlite = Joined(kSelect, kSqliteMonth, kSqliteSum, kSums);
constexpr auto kByMonthPostgres = Joined(kSelect, kPostgresMonth, kPostgresSum, kSums);

const char* SummaryFor(SqlEngine engine, bool by_month) {
  if (engine == SqlEngine::kSqlite) return by_month ? kByMonthSqlite.data() : kByDaySqlite.data();
  return by_month ? kByMonthPostgres.data() : kByDayPostgres.data();
}

std::string PeriodText(std::int64_t period, bool by_month) {
  if (!by_month) return FormatTimestamp(Timestamp::FromSeconds(period * 86'400)).substr(0, 10);
  const std::string month = std::to_string(period % 12 + 1);
  return std::to_string(period / 12) + (month.size() == 1 ? "-0" : "-") + month;
}

// What is stored was checked when it came.
Decimal QuantityOf(const std::string& text) { return Decimal::Parse(text).value_or(Decimal()); }

UsageRow ReadRow(Query& query) {
  UsageRow row;
  row.row = query.Integer(0);
  row.subject = query.IsNull(1) ? Subject{Subject::Kind::kUser, query.Text(2)}
                                : Subject{Subject::Kind::kOrganization, query.Text(1)};
  row.external_id = query.Text(3);
  row.event_name = query.Text(4);
  row.quantity = QuantityOf(query.Text(5));
  row.properties = query.Text(6);
  row.created_at = query.Time(7);
  row.reported = !query.IsNull(8);
  row.attempts = static_cast<int>(query.Integer(9));
  row.refusals = static_cast<int>(query.Integer(10));
  if (!query.IsNull(11)) row.refused_at = query.Time(11);
  if (!query.IsNull(12)) row.used_at = query.Time(12);
  row.parent_id = query.Text(13);
  row.member_id = query.Text(14);
  return row;
}

// The row's id; none when the subject has used the external id before.
std::optional<std::int64_t> Insert(const Scope& db, const UsageRow& usage) {
  const bool is_user = usage.subject.kind == Subject::Kind::kUser;
  Query insert(db, kInsertOne);
  insert.BindText(is_user ? "" : usage.subject.id).BindText(is_user ? usage.subject.id : "");
  insert.Bind(usage.external_id).Bind(usage.event_name).Bind(usage.quantity.text()).Bind(usage.properties);
  insert.Bind(usage.created_at).Bind(usage.created_at).Bind(usage.used_at);
  insert.BindText(usage.parent_id).BindText(usage.member_id);
  return insert.Step() ? std::optional(insert.Integer(0)) : std::nullopt;
}

Json JsonOf(const UsageRow& usage) {
  const bool is_user = usage.subject.kind == Subject::Kind::kUser;
  Json json = EmptyObject();
  SetMember(json, is_user ? "user_id" : "organization_id", usage.subject.id);
  SetMember(json, "external_id", usage.external_id);
  SetMember(json, "event_name", usage.event_name);
  SetMember(json, "quantity", usage.quantity.text());
  SetMember(json, "properties", usage.properties);
  SetMember(json, "created_at", usage.created_at.microseconds);
  if (usage.used_at) SetMember(json, "used_at", usage.used_at->microseconds);
  if (!usage.parent_id.empty()) SetMember(json, "parent_id", usage.parent_id);
  if (!usage.member_id.empty()) SetMember(json, "member_id", usage.member_id);
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

}  // namespace

std::optional<UsageRow> FindUsage(const Scope& db, const Subject& subject, const std::string& external_id) {
  Query find(db, kFind.data());
  return find.Bind(subject.id).Bind(external_id).Step() ? std::optional(ReadRow(find)) : std::nullopt;
}

UsageFate AddUsage(const Scope& db, UsageRow usage) {
  if (const auto row = Insert(db, usage)) {
    usage.row = *row;
    return {.kept = std::move(usage), .is_new = true};
  }
  std::optional<UsageRow> kept = FindUsage(db, usage.subject, usage.external_id);
  if (!kept) throw std::runtime_error("a usage event could neither be stored nor found");
  return {.kept = *std::move(kept)};
}

std::vector<bool> AddUsageBatch(const Scope& db, const std::vector<UsageRow>& usage) {
  if (db.engine() == SqlEngine::kPostgres) return InsertMany(db, usage);
  std::vector<bool> is_new;
  for (const UsageRow& row : usage) is_new.push_back(Insert(db, row).has_value());
  return is_new;
}

std::vector<UsageRow> ClaimUsage(const Scope& db, const std::string& claim, Timestamp now, int limit) {
  return ClaimDue<UsageRow>(db, kDueUsage, claim, now, limit, ReadRow);
}

std::int64_t RenewUsage(const Scope& db, const std::string& claim, Timestamp now) {
  Query update(db,
               "WITH held AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND claimed_until > 0 AND claim = ?3"
               " ORDER BY id FOR UPDATE)"
               " UPDATE polar_usage_events NOT INDEXED SET claimed_until = ?2"
               " WHERE tenant = ?1 AND id IN (SELECT id FROM held) AND claim = ?3");
  return update.Bind(DatabaseNow(db, now).PlusSeconds(kUsageHeldSeconds)).Bind(claim).Run();
}

void ReleaseUsage(const Scope& db, const std::vector<std::int64_t>& rows, const std::string& claim) {
  ForRows(db, rows, kReleasedOne.data(), kReleasedMany.data(), [&](Query& query) { query.Bind(claim); });
}

std::optional<Timestamp> NextUsageDue(const Scope& db, Timestamp now) {
  std::optional<Timestamp> due;
  {
    Query query(db,
                "SELECT next_attempt_at FROM polar_usage_events WHERE tenant = ?1 AND next_attempt_at IS NOT NULL"
                " AND claimed_until IS NULL ORDER BY next_attempt_at LIMIT 1");
    due = EarliestOf(query);
  }
  std::optional<Timestamp> held;
  {
    Query query(db, "SELECT min(claimed_until) FROM polar_usage_events WHERE tenant = ?1 AND claimed_until > 0");
    held = EarliestOf(query);
  }
  return EarliestOf(db, due, held, now, kUsageHeldSeconds);
}

void MarkUsageReported(const Scope& db, const std::vector<std::int64_t>& rows, Timestamp now) {
  ForRows(db, rows, kReportedOne.data(), kReportedMany.data(), [now](Query& query) { query.Bind(now); });
}

std::int64_t MarkUsageFailed(const Scope& db, const std::vector<std::int64_t>& rows, const std::string& error,
                             std::optional<Timestamp> retry_at, Timestamp now, const std::string& claim) {
  const std::string words = WithoutNul(error);
  return ForRows(db, rows, kFailedOne.data(), kFailedMany.data(),
                 [&](Query& query) { query.Bind(words).Bind(retry_at).Bind(now).Bind(claim); });
}

std::int64_t MarkUsageRefused(const Scope& db, std::int64_t row, const std::string& error,
                              std::optional<Timestamp> retry_at, Timestamp now, const std::string& claim) {
  Query update(db, kRefusedOne.data());
  return update.Bind(WithoutNul(error)).Bind(retry_at).Bind(now).Bind(claim).Bind(row).Run();
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
                    .quantity = DecimalSum(QuantityOf(query.Text(3))),
                    .reported = query.Integer(4),
                    .waiting = query.Integer(5),
                    .parked = query.Integer(6)});
  }
  return rows;
}

}  // namespace plinto::polar::server::sql
