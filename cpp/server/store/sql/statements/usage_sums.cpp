// Sums of what a subject has used: per event and period, and per value of one property where it is asked for.
#include "core/gateway/usage_summary.h"
#include "server/store/engines/sql.h"
#include "server/store/sql/joined.h"
#include "server/store/sql/row_ids.h"
#include "server/store/sql/statements/statements.h"
#include "server/store/sql/statements/usage_rows.h"

namespace plinto::polar::server::sql {
namespace {

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
constexpr char kStates[] =
    " count(*) FILTER (WHERE reported_to_polar_at IS NOT NULL),"
    " count(*) FILTER (WHERE reported_to_polar_at IS NULL AND next_attempt_at IS NOT NULL),"
    " count(*) FILTER (WHERE reported_to_polar_at IS NULL AND next_attempt_at IS NULL)";
constexpr char kUsed[] =
    " FROM polar_usage_events WHERE tenant = ?1 AND coalesce(organization_id, user_id) = ?2 AND erased = 0"
    " AND created_at >= ?3 AND created_at < ?4 AND (CAST(?5 AS TEXT) IS NULL OR event_name = ?5)";
// On PostgreSQL the span of time is one of ids too, which says what parts of the table it is in.
constexpr char kWithin8[] = " AND id >= ?8 AND id < ?9";
constexpr char kWithin9[] = " AND id >= ?9 AND id < ?10";
constexpr char kNone[] = "";
constexpr char kPage[] = " GROUP BY 2, 1 ORDER BY 2, 1 LIMIT ?6 OFFSET ?7";

template <std::size_t P, std::size_t S, std::size_t W>
consteval auto Sums(const char (&period)[P], const char (&sum)[S], const char (&within)[W]) {
  return Joined("SELECT event_name, ", period, sum, kStates, kUsed, within, kPage);
}

// The key is compared, and never a part of a path. Of a value that is no text its JSON.
constexpr char kSqliteValue[] = "json_member(properties, ?8)";
constexpr char kPostgresValue[] = "CAST(properties AS JSON) ->> CAST(?8 AS TEXT)";

template <std::size_t P, std::size_t S, std::size_t V, std::size_t W>
consteval auto SumsByValue(const char (&period)[P], const char (&sum)[S], const char (&value)[V],
                           const char (&within)[W]) {
  return Joined("WITH used AS MATERIALIZED (SELECT event_name, ", period, " AS period, ", value,
                " AS value, quantity, reported_to_polar_at, next_attempt_at", kUsed, within,
                "), frequent AS (SELECT value FROM used WHERE value IS NOT NULL GROUP BY value"
                " ORDER BY count(*) DESC, value LIMIT 50)"
                " SELECT event_name, period",
                sum, kStates,
                ", CASE WHEN value IN (SELECT value FROM frequent) THEN value END AS shown,"
                " CASE WHEN value IS NULL OR value IN (SELECT value FROM frequent) THEN 0 ELSE 1 END AS other"
                " FROM used GROUP BY period, event_name, shown, other"
                " ORDER BY period, event_name, other, shown NULLS LAST LIMIT ?6 OFFSET ?7");
}
static_assert(kMostSummaryValues == 50, "as above");

constexpr auto kByDaySqlite = Sums(kDay, kSqliteSum, kNone);
constexpr auto kByMonthSqlite = Sums(kSqliteMonth, kSqliteSum, kNone);
constexpr auto kByDayPostgres = Sums(kDay, kPostgresSum, kWithin8);
constexpr auto kByMonthPostgres = Sums(kPostgresMonth, kPostgresSum, kWithin8);
constexpr auto kByDayAndValueSqlite = SumsByValue(kDay, kSqliteSum, kSqliteValue, kNone);
constexpr auto kByMonthAndValueSqlite = SumsByValue(kSqliteMonth, kSqliteSum, kSqliteValue, kNone);
constexpr auto kByDayAndValuePostgres = SumsByValue(kDay, kPostgresSum, kPostgresValue, kWithin9);
constexpr auto kByMonthAndValuePostgres = SumsByValue(kPostgresMonth, kPostgresSum, kPostgresValue, kWithin9);

const char* SummaryFor(SqlEngine engine, bool by_month, bool by_value) {
  if (engine == SqlEngine::kSqlite) {
    if (by_value) return by_month ? kByMonthAndValueSqlite.data() : kByDayAndValueSqlite.data();
    return by_month ? kByMonthSqlite.data() : kByDaySqlite.data();
  }
  if (by_value) return by_month ? kByMonthAndValuePostgres.data() : kByDayAndValuePostgres.data();
  return by_month ? kByMonthPostgres.data() : kByDayPostgres.data();
}

std::string PeriodText(std::int64_t period, bool by_month) {
  if (!by_month) return FormatTimestamp(Timestamp::FromSeconds(period * 86'400)).substr(0, 10);
  const std::string month = std::to_string(period % 12 + 1);
  return std::to_string(period / 12) + (month.size() == 1 ? "-0" : "-") + month;
}

}  // namespace

std::vector<UsageSummaryRow> SummarizeUsage(const Scope& db, const UsageSummaryRequest& request) {
  const bool by_value = request.property.has_value();
  Query query(db, SummaryFor(db.engine(), request.by_month, by_value));
  query.Bind(request.subject.id).Bind(request.from).Bind(request.to).Bind(request.event_name);
  query.Bind(request.limit).Bind(request.offset);
  if (by_value) query.Bind(*request.property);
  // To the end of the second in which it ends.
  if (db.engine() == SqlEngine::kPostgres)
    query.Bind(FirstIdOf(request.from)).Bind(FirstIdOf(request.to.PlusSeconds(1)));
  std::vector<UsageSummaryRow> rows;
  while (query.Step()) {
    UsageSummaryRow row{.event_name = query.Text(0),
                        .period = PeriodText(query.Integer(1), request.by_month),
                        .events = query.Integer(2),
                        .quantity = DecimalSum(QuantityOf(query.Text(3))),
                        .reported = query.Integer(4),
                        .waiting = query.Integer(5),
                        .parked = query.Integer(6)};
    if (by_value && !query.IsNull(7)) row.value = query.Text(7);
    row.other = by_value && query.Integer(8) != 0;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace plinto::polar::server::sql
