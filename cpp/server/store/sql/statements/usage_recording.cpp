// Usage that is recorded: each event of a subject once, whatever comes twice. And what has become of one.
//
// In SQLite the table has its ids in an index of its own. In PostgreSQL, where it is parted by time, they are in a
// table beside it, and a part of one transaction (docs/decisions/server/usage-partitions.md).
#include <set>

#include "core/foundation/json.h"
#include "server/store/engines/sql.h"
#include "server/store/sql/joined.h"
#include "server/store/sql/row_ids.h"
#include "server/store/sql/statements/statements.h"
#include "server/store/sql/statements/usage_rows.h"

namespace plinto::polar::server::sql {
namespace {

static_assert(kNumbersOfSecond == 4'194'304 && kPartSeconds == 2'419'200,
              "the statements below, and those of the migrations, say so in numbers");

constexpr char kValues[] =
    "organization_id, user_id, external_id, event_name, quantity, properties, next_attempt_at, created_at, used_at,"
    " parent_id, member_id";
// With RETURNING, SQLite copies each page that the statement changes into a journal of the statement's own, since it
// might have to be undone.
constexpr auto kInsertSqlite = Joined("INSERT INTO polar_usage_events (tenant, ", kValues,
                                      ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11)"
                                      " ON CONFLICT DO NOTHING");
constexpr char kInsertedSqlite[] = "SELECT last_insert_rowid() WHERE ?1 IS NOT NULL";
// The id that is there already is locked, so that its event is there to be read.
constexpr auto kInsertPostgres = Joined(
    "WITH fresh AS (INSERT INTO polar_usage_ids (tenant, subject, external_id, event)"
    " VALUES (?1, coalesce(?2, ?3), ?4, CAST(?8 AS BIGINT) / 1000000 * 4194304"
    " + (nextval('polar_usage_numbers') & 4194303))"
    " ON CONFLICT (tenant, subject, external_id) DO UPDATE SET external_id = excluded.external_id WHERE false"
    " RETURNING event) INSERT INTO polar_usage_events (id, tenant, ",
    kValues,
    ") SELECT event, ?1, ?2, ?3, ?4, ?5, ?6, ?7, CAST(?8 AS BIGINT), CAST(?8 AS BIGINT), CAST(?9 AS BIGINT), ?10, ?11"
    " FROM fresh RETURNING id");
// One statement and one round trip for all of them; the rows travel as JSON. Their ids follow the list; they are
// inserted in the order of their keys, so that two lists with the same events wait for each other in one direction
// only.
constexpr auto kInsertMany = Joined(
    "WITH listed AS MATERIALIZED (SELECT l.*, l.created_at / 1000000 * 4194304"
    " + (nextval('polar_usage_numbers') & 4194303) AS id FROM json_to_recordset(?2::json)"
    " AS l(organization_id TEXT, user_id TEXT, external_id TEXT, event_name TEXT, quantity TEXT, properties TEXT,"
    " created_at BIGINT, used_at BIGINT, parent_id TEXT, member_id TEXT)),"
    " fresh AS (INSERT INTO polar_usage_ids (tenant, subject, external_id, event)"
    " SELECT ?1, coalesce(organization_id, user_id), external_id, id FROM listed ORDER BY 2, 3, 4"
    " ON CONFLICT DO NOTHING RETURNING event)"
    " INSERT INTO polar_usage_events (id, tenant, ",
    kValues,
    ") SELECT id, ?1, organization_id, user_id, external_id, event_name, quantity, properties, created_at, created_at,"
    " used_at, parent_id, member_id FROM listed JOIN fresh ON fresh.event = listed.id"
    " RETURNING coalesce(organization_id, user_id), external_id");

constexpr char kFateColumns[] =
    ", reported_to_polar_at, was_duplicate, next_attempt_at, parked_at, coalesce(error_message, '')";
constexpr auto kFindById =
    Joined("SELECT ", kUsageColumns, kFateColumns, " FROM polar_usage_events WHERE tenant = ?1 AND id = ?2");
constexpr auto kReadInOrder = Joined("SELECT ", kUsageColumns, kFateColumns,
                                     " FROM polar_usage_events WHERE tenant = ?1"
                                     " AND coalesce(organization_id, user_id) >= ?2"
                                     " AND (coalesce(organization_id, user_id), created_at, id) > (?2, ?3, ?4)"
                                     " AND created_at >= ?5 AND id >= ?6"
                                     " ORDER BY coalesce(organization_id, user_id), created_at, id LIMIT ?7");
constexpr auto kFindSqlite =
    Joined("SELECT ", kUsageColumns, kFateColumns,
           " FROM polar_usage_events WHERE tenant = ?1 AND coalesce(organization_id, user_id) = ?2"
           " AND external_id = ?3");

// The row's id; none when the subject has used the external id before.
std::optional<std::int64_t> Insert(const Scope& db, const UsageRow& usage) {
  const bool is_user = usage.subject.kind == Subject::Kind::kUser;
  const bool is_sqlite = db.engine() == SqlEngine::kSqlite;
  Query insert(db, is_sqlite ? kInsertSqlite.data() : kInsertPostgres.data());
  insert.BindText(is_user ? "" : usage.subject.id).BindText(is_user ? usage.subject.id : "");
  insert.Bind(usage.external_id).Bind(usage.event_name).Bind(usage.quantity.text()).Bind(usage.properties);
  insert.Bind(usage.created_at).Bind(usage.used_at).BindText(usage.parent_id).BindText(usage.member_id);
  if (!is_sqlite) return insert.Step() ? std::optional(insert.Integer(0)) : std::nullopt;
  if (insert.Run() == 0) return std::nullopt;
  Query inserted(db, kInsertedSqlite);
  return inserted.Step() ? std::optional(inserted.Integer(0)) : std::nullopt;
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
  Query insert(db, kInsertMany.data());
  insert.Bind(DumpJson(rows));
  while (insert.Step()) inserted.emplace(insert.Text(0), insert.Text(1));
  std::vector<bool> is_new;
  // Of two with the same id in this list the first one counts.
  for (const UsageRow& row : usage) is_new.push_back(inserted.erase({row.subject.id, row.external_id}) > 0);
  return is_new;
}

std::optional<std::int64_t> FindId(const Scope& db, const Subject& subject, const std::string& external_id) {
  Query find(db, "SELECT event FROM polar_usage_ids WHERE tenant = ?1 AND subject = ?2 AND external_id = ?3");
  if (!find.Bind(subject.id).Bind(external_id).Step()) return std::nullopt;
  return find.Integer(0);
}

UsageFate FateIn(Query& query) {
  UsageFate fate;
  fate.usage = ReadUsage(query);
  const int next = kUsageColumnsRead;
  if (!query.IsNull(next)) fate.reported_at = query.Time(next);
  if (!query.IsNull(next + 1)) fate.was_duplicate = query.Integer(next + 1) != 0;
  if (!query.IsNull(next + 2)) fate.next_attempt_at = query.Time(next + 2);
  if (!query.IsNull(next + 3)) fate.parked_at = query.Time(next + 3);
  fate.error = query.Text(next + 4);
  return fate;
}

std::optional<UsageFate> ReadFate(Query& query) {
  if (!query.Step()) return std::nullopt;
  return FateIn(query);
}

}  // namespace

Decimal QuantityOf(const std::string& text) { return Decimal::Parse(text).value_or(Decimal()); }

UsageRow ReadUsage(Query& query) {
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

std::optional<UsageFate> FindUsageRow(const Scope& db, std::int64_t row) {
  Query find(db, kFindById.data());
  find.Bind(row);
  return ReadFate(find);
}

std::optional<UsageFate> FindUsage(const Scope& db, const Subject& subject, const std::string& external_id) {
  if (db.engine() == SqlEngine::kPostgres) {
    const std::optional<std::int64_t> row = FindId(db, subject, external_id);
    return row ? FindUsageRow(db, *row) : std::nullopt;
  }
  Query find(db, kFindSqlite.data());
  find.Bind(subject.id).Bind(external_id);
  return ReadFate(find);
}

std::vector<UsageFate> ReadUsageSince(const Scope& db, Timestamp since, const UsageRow& after, int limit) {
  // In SQLite ids do not tell of time, and the table is one.
  const std::int64_t first_id = db.engine() == SqlEngine::kPostgres ? FirstIdOf(since) : 0;
  Query read(db, kReadInOrder.data());
  read.Bind(after.subject.id).Bind(after.created_at).Bind(after.row).Bind(since).Bind(first_id).Bind(limit);
  std::vector<UsageFate> fates;
  while (read.Step()) fates.push_back(FateIn(read));
  return fates;
}

std::optional<UsageRow> FindEarlier(const Scope& db, const UsageRow& usage) {
  if (auto known = FindUsage(db, usage.subject, usage.external_id)) return std::move(known->usage);
  if (db.engine() == SqlEngine::kSqlite || !FindId(db, usage.subject, usage.external_id)) return std::nullopt;
  // Ids are kept for longer than what was reported.
  UsageRow earlier = usage;
  earlier.reported = true;
  return earlier;
}

AddedUsage AddUsage(const Scope& db, UsageRow usage) {
  if (const auto row = Insert(db, usage)) {
    usage.row = *row;
    return {.kept = std::move(usage), .is_new = true};
  }
  std::optional<UsageRow> earlier = FindEarlier(db, usage);
  if (!earlier) throw std::runtime_error("a usage event could neither be stored nor found");
  return {.kept = *std::move(earlier)};
}

std::vector<bool> AddUsageBatch(const Scope& db, const std::vector<UsageRow>& usage) {
  if (db.engine() == SqlEngine::kPostgres) return InsertMany(db, usage);
  std::vector<bool> is_new;
  for (const UsageRow& row : usage) is_new.push_back(Insert(db, row).has_value());
  return is_new;
}

}  // namespace plinto::polar::server::sql
