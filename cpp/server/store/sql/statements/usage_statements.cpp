// The outbox of usage: what is due to be reported to Polar, and what came of it.
#include <set>
#include <stdexcept>

#include "core/billing/usage/usage_period.h"
#include "server/store/engines/sql.h"
#include "server/store/sql/claims.h"
#include "server/store/sql/joined.h"
#include "server/store/sql/row_ids.h"
#include "server/store/sql/statements/statements.h"
#include "server/store/sql/statements/usage_rows.h"
#include "server/store/store.h"

namespace plinto::polar::server::sql {
namespace {

constexpr char kWithin4[] = " AND id >= ?5 AND id <= ?6";
constexpr auto kSelectDue = SelectDue(kUsageTable, kUsageColumns);
constexpr auto kHoldOne = HoldOne(kUsageTable);
constexpr auto kHoldMany = HoldMany(kUsageTable, kWithin4);
constexpr DueStatements kDueUsage = {kSelectDue.data(), kHoldOne.data(), kHoldMany.data(), kUsageHeldSeconds,
                                     Span::kTold};

// Usage of customers whose billing period ends soon, and of whom any waits. What has waited for longer than two days
// has other worries: on PostgreSQL it is not looked for in all parts. ?2 to ?5 as in SelectDue(), ?6 until when the
// period ends, ?7 the first id that is looked for.
constexpr char kEnding[] =
    " FROM polar_subscriptions s"
    " JOIN polar_customers c ON c.tenant = ?1 AND c.polar_customer_id = s.polar_customer_id"
    " JOIN polar_usage_events u ON u.tenant = ?1"
    " AND coalesce(u.organization_id, u.user_id) = coalesce(c.organization_id, c.user_id)"
    " AND u.next_attempt_at IS NOT NULL"
    " WHERE s.tenant = ?1 AND s.current_period_end > ?2 AND s.status IN ('active', 'trialing', 'past_due')";
constexpr auto kSelectEnding = Joined(
    "SELECT u.id, u.organization_id, u.user_id, u.external_id, u.event_name, u.quantity, u.properties, u.created_at,"
    " u.reported_to_polar_at, u.attempts, u.refusals, u.refused_at, u.used_at, coalesce(u.parent_id, ''),"
    " coalesce(u.member_id, ''), s.current_period_end",
    kEnding,
    " AND s.current_period_end <= ?6 AND u.id >= ?7 AND u.next_attempt_at <= ?2"
    " AND (u.claimed_until IS NULL OR u.claimed_until <= ?3 OR u.claimed_until > ?4)"
    " ORDER BY s.current_period_end, u.id LIMIT ?5 FOR UPDATE OF u SKIP LOCKED");
constexpr auto kSoonestEnd =
    Joined("SELECT min(s.current_period_end)", kEnding, " AND s.current_period_end <= ?3 AND u.id >= ?4");
constexpr std::int64_t kLookedForSeconds = 2 * 86'400;

// Marks of many rows are one statement on PostgreSQL, where each costs a round trip; they lock the rows in one order.
// The rows are the last parameter, and their span.
constexpr char kOneAt4[] = " WHERE tenant = ?1 AND id = ?4";
constexpr char kOneAt3[] = " WHERE tenant = ?1 AND id = ?3";
constexpr char kOneAt6[] = " WHERE tenant = ?1 AND id = ?6";
constexpr char kHeldAt3[] =
    "WITH held AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND id = ANY(?3::bigint[])"
    " AND id >= ?4 AND id <= ?5 ORDER BY id FOR UPDATE) ";
constexpr char kHeldAt4[] =
    "WITH held AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND id = ANY(?4::bigint[])"
    " AND id >= ?5 AND id <= ?6 ORDER BY id FOR UPDATE) ";
constexpr char kHeldAt6[] =
    "WITH held AS (SELECT id FROM polar_usage_events WHERE tenant = ?1 AND id = ANY(?6::bigint[])"
    " AND id >= ?7 AND id <= ?8 ORDER BY id FOR UPDATE) ";
constexpr char kManyWithin3[] = " WHERE tenant = ?1 AND id IN (SELECT id FROM held) AND id >= ?4 AND id <= ?5";
constexpr char kManyWithin4[] = " WHERE tenant = ?1 AND id IN (SELECT id FROM held) AND id >= ?5 AND id <= ?6";
constexpr char kManyWithin6[] = " WHERE tenant = ?1 AND id IN (SELECT id FROM held) AND id >= ?7 AND id <= ?8";
// Who recorded before their first purchase has become a customer meanwhile.
constexpr char kReported[] =
    "UPDATE polar_usage_events SET reported_to_polar_at = coalesce(reported_to_polar_at, CAST(?2 AS BIGINT)),"
    " was_duplicate = coalesce(was_duplicate, CAST(?3 AS BIGINT)), next_attempt_at = NULL, error_message = NULL, "
    "parked_at = NULL, claim = NULL, claimed_until = NULL,"
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
constexpr auto kReportedOne = Joined(kReported, kOneAt4);
constexpr auto kReportedMany = Joined(kHeldAt4, kReported, kManyWithin4);
constexpr auto kFailedOne = Joined(kFailed, kOneAt6, kMayFail);
constexpr auto kFailedMany = Joined(kHeldAt6, kFailed, kManyWithin6, kMayFail);
constexpr auto kRefusedOne = Joined(kFailed, kCounted, kOneAt6, kMayFail);
constexpr char kReleased[] = "UPDATE polar_usage_events SET claim = NULL, claimed_until = NULL";
constexpr char kIsHeld[] = " AND claim = ?2";
constexpr auto kReleasedOne = Joined(kReleased, kOneAt3, kIsHeld);
constexpr auto kReleasedMany = Joined(kHeldAt3, kReleased, kManyWithin3, kIsHeld);

std::int64_t FirstLookedFor(const Scope& db, Timestamp now) {
  return db.engine() == SqlEngine::kPostgres ? FirstIdOf(now.PlusSeconds(-kLookedForSeconds)) : 0;
}

std::vector<UsageRow> SelectEnding(const Scope& db, Timestamp now, Timestamp database_now, int limit) {
  std::vector<UsageRow> rows;
  std::set<std::int64_t> known;  // a customer may have several subscriptions
  Query query(db, kSelectEnding.data());
  query.Bind(now).Bind(database_now).Bind(LatestClaimEnd(database_now, kUsageHeldSeconds)).Bind(limit);
  query.Bind(now.PlusSeconds(kEndingSeconds)).Bind(FirstLookedFor(db, now));
  while (query.Step()) {
    UsageRow row = ReadUsage(query);
    if (!known.insert(row.row).second) continue;
    row.period_end = query.Time(kUsageColumnsRead);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::vector<UsageRow> ClaimUsage(const Scope& db, const std::string& claim, Timestamp now, int limit) {
  const Timestamp database_now = DatabaseNow(db, now);
  std::vector<UsageRow> rows = SelectEnding(db, now, database_now, limit);
  std::set<std::int64_t> known;
  for (const UsageRow& row : rows) known.insert(row.row);
  if (std::ssize(rows) < limit) {
    for (UsageRow& row : SelectRows<UsageRow>(db, kDueUsage, now, database_now, limit, ReadUsage)) {
      if (std::ssize(rows) < limit && !known.contains(row.row)) rows.push_back(std::move(row));
    }
  }
  return HoldRows(db, kDueUsage, claim, database_now, std::move(rows));
}

std::optional<Timestamp> SoonestUsageEnd(const Scope& db, Timestamp now) {
  Query query(db, kSoonestEnd.data());
  query.Bind(now).Bind(now.PlusSeconds(kEndingSeconds)).Bind(FirstLookedFor(db, now));
  return EarliestOf(query);
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
  ForRows(
      db, rows, kReleasedOne.data(), kReleasedMany.data(), [&](Query& query) { query.Bind(claim); }, Span::kTold);
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

void MarkUsageReported(const Scope& db, const std::vector<std::int64_t>& rows, Timestamp now,
                       std::optional<bool> was_duplicate) {
  std::optional<std::int64_t> duplicate;
  if (was_duplicate) duplicate = *was_duplicate ? 1 : 0;
  ForRows(
      db, rows, kReportedOne.data(), kReportedMany.data(), [&](Query& query) { query.Bind(now).Bind(duplicate); },
      Span::kTold);
}

std::int64_t MarkUsageFailed(const Scope& db, const std::vector<std::int64_t>& rows, const std::string& error,
                             std::optional<Timestamp> retry_at, Timestamp now, const std::string& claim) {
  const std::string words = WithoutNul(error);
  return ForRows(
      db, rows, kFailedOne.data(), kFailedMany.data(),
      [&](Query& query) { query.Bind(words).Bind(retry_at).Bind(now).Bind(claim); }, Span::kTold);
}

std::int64_t MarkUsageRefused(const Scope& db, std::int64_t row, const std::string& error,
                              std::optional<Timestamp> retry_at, Timestamp now, const std::string& claim) {
  Query update(db, kRefusedOne.data());
  return update.Bind(WithoutNul(error)).Bind(retry_at).Bind(now).Bind(claim).Bind(row).Run();
}

}  // namespace plinto::polar::server::sql
