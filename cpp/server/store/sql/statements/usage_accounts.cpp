#include "server/store/sql/statements/usage_accounts.h"

#include <algorithm>

#include "core/foundation/json.h"
#include "server/base/defects.h"
#include "server/store/sql/database_clock.h"
#include "server/store/sql/joined.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/threshold_news.h"

namespace plinto::polar::server::sql {
namespace {

// So long an event may take to reach Polar and still be counted as missing from Polar's figure: no index leads to what
// waits of one subject alone, so that all of its events since then are looked through.
constexpr std::int64_t kLongestWaySeconds = 2 * 86'400;

// What is stored was checked when it came.
DecimalSum SumOf(const std::string& text) { return DecimalSum(Decimal::Parse(text).value_or(Decimal())); }

// Exact on both engines: SQLite's own sum() would go through doubles.
constexpr char kSqliteSum[] = "SELECT count(*), coalesce(decimal_sum(quantity), '0')";
constexpr char kPostgresSum[] =
    "SELECT count(*), CAST(trim_scale(coalesce(sum(CAST(quantity AS NUMERIC)), 0)) AS TEXT)";
constexpr char kOfEvents[] =
    " FROM polar_usage_events WHERE tenant = ?1 AND coalesce(organization_id, user_id) = ?2 AND event_name = ?3"
    " AND erased = 0 AND created_at >= ?4 AND created_at < ?5";
constexpr char kUnconfirmed[] = " AND (reported_to_polar_at IS NULL OR reported_to_polar_at >= ?6)";
// The parts of the table that may hold them (row_ids.h).
constexpr char kOfParts[] = " AND id >= CAST(?4 AS BIGINT) / 1000000 * 4194304";
constexpr auto kRecordedSqlite = Joined(kSqliteSum, kOfEvents);
constexpr auto kRecordedPostgres = Joined(kPostgresSum, kOfEvents, kOfParts);
constexpr auto kMissingSqlite = Joined(kSqliteSum, kOfEvents, kUnconfirmed);
constexpr auto kMissingPostgres = Joined(kPostgresSum, kOfEvents, kOfParts, kUnconfirmed);
constexpr char kOfLeases[] =
    " FROM usage_leases WHERE tenant = ?1 AND subject_id = ?2 AND event_name = ?3 AND state = 'open'"
    " AND expires_at > ?4";
constexpr char kOfMeter[] = " AND meter_id = ?5";
constexpr char kOfPeriod[] = " AND granted_at >= ?5 AND granted_at < ?6";
constexpr auto kLeasedSqlite = Joined(kSqliteSum, kOfLeases, kOfMeter);
constexpr auto kLeasedPostgres = Joined(kPostgresSum, kOfLeases, kOfMeter);
constexpr auto kReservedSqlite = Joined(kSqliteSum, kOfLeases, kOfPeriod);
constexpr auto kReservedPostgres = Joined(kPostgresSum, kOfLeases, kOfPeriod);

template <class Sqlite, class Postgres>
const char* For(const Scope& db, const Sqlite& sqlite, const Postgres& postgres) {
  return db.engine() == SqlEngine::kSqlite ? sqlite.data() : postgres.data();
}

// A count, or a sum of quantities.
DecimalSum ReadSum(Query& query, bool counts) {
  if (!query.Step()) return {};
  return counts ? DecimalSum(query.Integer(0)) : SumOf(query.Text(1));
}

DecimalSum MissingSince(const Scope& db, const EventAccounts& accounts, bool counts, Timestamp since) {
  Query query(db, For(db, kMissingSqlite, kMissingPostgres));
  query.Bind(accounts.subject.id).Bind(accounts.event_name).Bind(since.PlusSeconds(-kLongestWaySeconds));
  return ReadSum(query.Bind(kLastTimestamp).Bind(since), counts);
}

DecimalSum LeasedOn(const Scope& db, const EventAccounts& accounts, const CountableMeter& meter) {
  if (HasDefect("leases-not-counted")) return {};
  Query query(db, For(db, kLeasedSqlite, kLeasedPostgres));
  const Timestamp at = HasDefect("leases-never-expire") ? Timestamp{} : accounts.at;
  query.Bind(accounts.subject.id).Bind(accounts.event_name).Bind(at);
  return ReadSum(query.Bind(meter.id), meter.counts_events);
}

DecimalSum ReservedIn(const Scope& db, const LimitRow& limit, Timestamp at) {
  Query query(db, For(db, kReservedSqlite, kReservedPostgres));
  query.Bind(limit.name.subject.id).Bind(limit.name.event_name).Bind(at).Bind(limit.period_start);
  return ReadSum(query.Bind(PeriodEnd(limit.name.period, limit.period_start)), false);
}

constexpr char kLimitColumns[] =
    "SELECT event_name, period, maximum, used, period_start, told FROM usage_limits WHERE tenant = ?1"
    " AND subject_id = ?2";
constexpr char kOfEvent[] = " AND event_name = ?3";
constexpr char kInOrder[] = " ORDER BY event_name, period";
constexpr char kLocked[] = " FOR UPDATE";
constexpr auto kLimitsOfSubject = Joined(kLimitColumns, kInOrder);
constexpr auto kLimitsOfEvent = Joined(kLimitColumns, kOfEvent, kInOrder);
constexpr auto kLimitsLocked = Joined(kLimitColumns, kOfEvent, kInOrder, kLocked);
constexpr char kBalances[] =
    "SELECT meter_id, meter_name, counts_events, used, consumed, credited, as_of, period_start, counted_at,"
    " took_back, told FROM usage_balances WHERE tenant = ?1 AND subject_id = ?2 AND event_name = ?3"
    " ORDER BY meter_id";
constexpr auto kBalancesRead = Joined(kBalances);
constexpr auto kBalancesLocked = Joined(kBalances, kLocked);

constexpr const char* kHasAccounts =
    "SELECT 1 FROM usage_limits WHERE tenant = ?1 AND subject_id = ?2 AND event_name = ?3 UNION ALL"
    " SELECT 1 FROM usage_balances WHERE tenant = ?1 AND subject_id = ?2 AND event_name = ?3 LIMIT 1";
// One round trip for all of them.
constexpr const char* kWithAccounts =
    "SELECT e.subject_id, e.event_name FROM json_to_recordset(?2::json) AS e(subject_id TEXT, event_name TEXT)"
    " WHERE EXISTS (SELECT 1 FROM usage_limits a WHERE a.tenant = ?1 AND a.subject_id = e.subject_id"
    " AND a.event_name = e.event_name) OR EXISTS (SELECT 1 FROM usage_balances a WHERE a.tenant = ?1"
    " AND a.subject_id = e.subject_id AND a.event_name = e.event_name)";

std::vector<LimitRow> ReadLimits(Query& query, const Subject& subject) {
  std::vector<LimitRow> limits;
  while (query.Step()) {
    LimitRow& limit = limits.emplace_back();
    limit.name = {subject, query.Text(0), query.Text(1) == "day" ? LimitPeriod::kDay : LimitPeriod::kMonth};
    limit.maximum = SumOf(query.Text(2));
    limit.used = SumOf(query.Text(3));
    limit.period_start = query.Time(4);
    limit.told = static_cast<int>(query.Integer(5));
  }
  return limits;
}

std::vector<LimitRow> FindLimits(const Scope& db, const EventAccounts& accounts, Purpose purpose) {
  Query query(db, purpose == Purpose::kChange ? kLimitsLocked.data() : kLimitsOfEvent.data());
  return ReadLimits(query.Bind(accounts.subject.id).Bind(accounts.event_name), accounts.subject);
}

std::vector<Balance> FindBalances(const Scope& db, const EventAccounts& accounts, Purpose purpose) {
  Query query(db, purpose == Purpose::kChange ? kBalancesLocked.data() : kBalancesRead.data());
  query.Bind(accounts.subject.id).Bind(accounts.event_name);
  std::vector<Balance> balances;
  while (query.Step()) {
    Balance& one = balances.emplace_back();
    one.meter = {query.Text(0), query.Text(1), accounts.event_name, query.Integer(2) == 1};
    one.ledger.used = SumOf(query.Text(3));
    one.ledger.consumed = SumOf(query.Text(4));
    one.ledger.credited = query.Integer(5);
    one.ledger.as_of = query.Time(6);
    one.ledger.period_start = query.Time(7);
    one.ledger.counted_at = query.Time(8);
    one.ledger.took_back = query.Integer(9) == 1;
    one.ledger.told = static_cast<int>(query.Integer(10));
    one.is_stored = true;
  }
  return balances;
}

void SaveBalance(const Scope& db, const std::string& subject, const Balance& one) {
  if (!one.is_stored) {
    // A meter that counts another event now.
    Query other(db, "DELETE FROM usage_balances WHERE tenant = ?1 AND subject_id = ?2 AND meter_id = ?3");
    other.Bind(subject).Bind(one.meter.id).Run();
  }
  Query save(db,
             "INSERT INTO usage_balances (tenant, subject_id, event_name, meter_id, meter_name, counts_events, used,"
             " consumed, credited, as_of, period_start, counted_at, took_back, told)"
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
             " ON CONFLICT (tenant, subject_id, event_name, meter_id) DO UPDATE SET meter_name = excluded.meter_name,"
             " counts_events = excluded.counts_events, used = excluded.used, consumed = excluded.consumed,"
             " credited = excluded.credited, as_of = excluded.as_of, period_start = excluded.period_start,"
             " counted_at = excluded.counted_at, took_back = excluded.took_back, told = excluded.told");
  const MeterLedger& ledger = one.ledger;
  save.Bind(subject).Bind(one.meter.event_name).Bind(one.meter.id).Bind(one.meter.name);
  save.Bind(std::int64_t{one.meter.counts_events}).Bind(ledger.used.Text()).Bind(ledger.consumed.Text());
  save.Bind(ledger.credited).Bind(ledger.as_of).Bind(ledger.period_start).Bind(ledger.counted_at);
  save.Bind(std::int64_t{ledger.took_back}).Bind(std::int64_t{ledger.told}).Run();
}

// The time at which the turn was had: that of the transaction's beginning is earlier, and may be before a lease ended
// that somebody else has counted as ended since.
Timestamp TimeOfTurn(const Scope& db, Timestamp now) {
  if (db.engine() != SqlEngine::kPostgres) return DatabaseNow(db, now);
  Query query(db,
              "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
              " WHERE CAST(?1 AS TEXT) IS NOT NULL");
  return query.Step() ? query.Time(0) : now;
}

// Once a decision has counted on it, an end stays one: clocks are set back.
void ExpireLeases(const Scope& db, const EventAccounts& accounts) {
  if (HasDefect("leases-never-expire")) return;
  Query expire(db,
               "UPDATE usage_leases SET state = 'expired' WHERE tenant = ?1 AND subject_id = ?2 AND event_name = ?3"
               " AND state = 'open' AND expires_at <= ?4");
  expire.Bind(accounts.subject.id).Bind(accounts.event_name).Bind(accounts.at).Run();
}

constexpr int kThresholds[] = {80, 100};

}  // namespace

void ShareUsage(const Scope& db, const std::set<std::string>& subjects) { LockUsageOf(db, subjects, true); }

void LockUsage(const Scope& db, const std::string& subject) { LockUsageOf(db, {subject}, false); }

EventNames FindWithAccounts(const Scope& db, const EventNames& events) {
  EventNames found;
  if (db.engine() == SqlEngine::kPostgres) {
    Json list = EmptyArray();
    for (const auto& [subject, event_name] : events) {
      Json& one = list.get_ptr<Json::array_t*>()->emplace_back(EmptyObject());
      SetMember(one, "subject_id", subject);
      SetMember(one, "event_name", event_name);
    }
    Query query(db, kWithAccounts);
    query.Bind(DumpJson(list));
    while (query.Step()) found.emplace(query.Text(0), query.Text(1));
    return found;
  }
  for (const auto& event : events) {
    Query query(db, kHasAccounts);
    if (query.Bind(event.first).Bind(event.second).Step()) found.insert(event);
  }
  return found;
}

EventAccounts ReadAccounts(const Scope& db, const Subject& subject, const std::string& event_name, Purpose purpose,
                           Timestamp now) {
  EventAccounts accounts{.subject = subject, .event_name = event_name};
  accounts.limits = FindLimits(db, accounts, purpose);
  accounts.balances = FindBalances(db, accounts, purpose);
  accounts.at = TimeOfTurn(db, now);
  if (purpose == Purpose::kChange) ExpireLeases(db, accounts);
  for (LimitRow& limit : accounts.limits) RollOver(db, limit, accounts.at);
  for (Balance& one : accounts.balances) one.ledger.leased = LeasedOn(db, accounts, one.meter);
  return accounts;
}

Balance* Observe(const Scope& db, EventAccounts& accounts, const BalanceQuestion& question) {
  const auto found = std::find_if(accounts.balances.begin(), accounts.balances.end(),
                                  [&](const Balance& one) { return one.meter.id == question.meter.id; });
  Balance* balance = found == accounts.balances.end() ? nullptr : &*found;
  if (balance == nullptr && !question.figure) return nullptr;
  if (balance == nullptr) {
    balance = &accounts.balances.emplace_back(Balance{.meter = question.meter});
    balance->ledger.leased = LeasedOn(db, accounts, question.meter);
  }
  // How it counts was changed at Polar: it is counted anew.
  if (balance->meter.counts_events != question.meter.counts_events) {
    balance->ledger = {.leased = balance->ledger.leased};
  }
  balance->meter = question.meter;
  if (!question.figure) return balance;
  std::optional<DecimalSum> missing;
  if (const auto since = CountsAgainFrom(balance->ledger, *question.figure)) {
    missing = MissingSince(db, accounts, question.meter.counts_events, *since);
  }
  polar::Observe(balance->ledger, *question.figure, missing);
  return balance;
}

std::optional<Error> RefusalOf(const EventAccounts& accounts, const Decimal& quantity) {
  const DecimalSum taken(quantity);
  if (taken <= DecimalSum(0) || HasDefect("limits-not-kept")) return std::nullopt;
  for (const LimitRow& limit : accounts.limits) {
    if (taken <= limit.Left()) continue;
    return LimitReached(limit.name.event_name, limit.name.period, limit.maximum, limit.Left(), quantity,
                        PeriodEnd(limit.name.period, limit.period_start));
  }
  return std::nullopt;
}

void CountOnMeters(EventAccounts& accounts, const Decimal& quantity) {
  for (Balance& one : accounts.balances) CountUsage(one.ledger, one.meter.UnitsOf(quantity), accounts.at);
}

void Count(EventAccounts& accounts, const Decimal& quantity) {
  CountOnMeters(accounts, quantity);
  for (LimitRow& limit : accounts.limits) limit.used.Add(quantity);
  accounts.is_counted = true;
}

void Recount(EventAccounts& accounts, const Decimal& quantity, bool adds, Timestamp recorded_at) {
  const auto change = [adds](DecimalSum& sum, const Decimal& by) { adds ? sum.Add(by) : sum.Subtract(by); };
  for (Balance& one : accounts.balances) {
    change(one.ledger.used, one.meter.UnitsOf(quantity));
    one.ledger.took_back = one.ledger.took_back || !adds;
  }
  for (LimitRow& limit : accounts.limits) {
    if (limit.period_start <= recorded_at) change(limit.used, quantity);
  }
}

void Save(const Scope& db, EventAccounts& accounts, bool tells, Timestamp now) {
  for (LimitRow& limit : accounts.limits) {
    const int reached = ThresholdReached(limit.used, limit.maximum);
    for (const int threshold : kThresholds) {
      const bool is_news = limit.told < threshold && threshold <= reached;
      if (is_news && tells) TellThreshold(db, limit, threshold, now);
    }
    if (!HasDefect("threshold-told-again")) limit.told = std::max(limit.told, reached);
    SaveLimit(db, limit);
  }
  for (Balance& one : accounts.balances) {
    MeterLedger& ledger = one.ledger;
    const int reached = ThresholdReached(ledger.used, ledger.credited);
    for (const int threshold : kThresholds) {
      const bool is_news = ledger.told < threshold && threshold <= reached;
      if (is_news && tells) TellThreshold(db, accounts.subject, one, threshold, now);
    }
    ledger.told = std::max(ledger.told, reached);
    SaveBalance(db, accounts.subject.id, one);
  }
}

void RollOver(const Scope& db, LimitRow& limit, Timestamp at) {
  const Timestamp start = PeriodStart(limit.name.period, at);
  if (start != limit.period_start) {
    limit.period_start = start;
    limit.used = RecordedSince(db, limit.name, start, PeriodEnd(limit.name.period, start));
    limit.told = 0;
  }
  limit.reserved = ReservedIn(db, limit, at);
}

DecimalSum RecordedSince(const Scope& db, const LimitName& name, Timestamp since, Timestamp until) {
  Query query(db, For(db, kRecordedSqlite, kRecordedPostgres));
  query.Bind(name.subject.id).Bind(name.event_name).Bind(since).Bind(until);
  return ReadSum(query, false);
}

std::vector<LimitRow> FindLimitsOf(const Scope& db, const Subject& subject) {
  Query query(db, kLimitsOfSubject.data());
  return ReadLimits(query.Bind(subject.id), subject);
}

void SaveLimit(const Scope& db, const LimitRow& limit) {
  Query save(db,
             "INSERT INTO usage_limits (tenant, subject_id, event_name, period, maximum, used, period_start, told)"
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (tenant, subject_id, event_name, period)"
             " DO UPDATE SET maximum = excluded.maximum, used = excluded.used, period_start = excluded.period_start,"
             " told = excluded.told");
  save.Bind(limit.name.subject.id).Bind(limit.name.event_name).Bind(TextOf(limit.name.period));
  save.Bind(limit.maximum.Text()).Bind(limit.used.Text()).Bind(limit.period_start);
  save.Bind(std::int64_t{limit.told}).Run();
}

}  // namespace plinto::polar::server::sql
