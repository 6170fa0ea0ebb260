// Leases: a quantity of a balance that is set aside until it is committed or released, or its time is over.
#include <algorithm>

#include "server/base/defects.h"
#include "server/store/sql/database_clock.h"
#include "server/store/sql/statements/statements.h"
#include "server/store/sql/statements/usage_accounts.h"

namespace plinto::polar::server::sql {
namespace {

constexpr const char* kFindById =
    "SELECT id, meter_id, meter_name, event_name, counts_events, quantity, coalesce(external_id, ''), state,"
    " committed, coalesce(event_id, ''), granted_at, expires_at FROM usage_leases"
    " WHERE tenant = ?1 AND subject_id = ?2 AND id = ?3";
constexpr const char* kFindByExternalId =
    "SELECT id, meter_id, meter_name, event_name, counts_events, quantity, coalesce(external_id, ''), state,"
    " committed, coalesce(event_id, ''), granted_at, expires_at FROM usage_leases"
    " WHERE tenant = ?1 AND subject_id = ?2 AND external_id = ?3";

std::optional<LeaseRow> Find(const Scope& db, const char* sql, const Subject& subject, const std::string& id) {
  Query query(db, sql);
  if (!query.Bind(subject.id).Bind(id).Step()) return std::nullopt;
  LeaseRow lease;
  lease.id = query.Text(0);
  lease.subject = subject;
  lease.meter = {query.Text(1), query.Text(2), query.Text(3), query.Integer(4) == 1};
  lease.quantity = Decimal::Parse(query.Text(5)).value_or(Decimal());
  lease.external_id = query.Text(6);
  lease.state = query.Text(7);
  lease.committed = Decimal::Parse(query.Text(8)).value_or(Decimal());
  lease.event_id = query.Text(9);
  lease.granted_at = query.Time(10);
  lease.expires_at = query.Time(11);
  return lease;
}

void Insert(const Scope& db, const LeaseRow& lease) {
  Query insert(db,
               "INSERT INTO usage_leases (tenant, id, subject_id, meter_id, meter_name, event_name, counts_events,"
               " quantity, external_id, state, committed, granted_at, expires_at)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'open', '0', ?10, ?11)");
  insert.Bind(lease.id).Bind(lease.subject.id).Bind(lease.meter.id).Bind(lease.meter.name);
  insert.Bind(lease.meter.event_name).Bind(std::int64_t{lease.meter.counts_events}).Bind(lease.quantity.text());
  insert.BindText(lease.external_id).Bind(lease.granted_at).Bind(lease.expires_at).Run();
}

void Write(const Scope& db, const LeaseRow& lease) {
  Query end(db, "UPDATE usage_leases SET state = ?2, committed = ?3, event_id = ?4 WHERE tenant = ?1 AND id = ?5");
  end.Bind(lease.state).Bind(lease.committed.text()).BindText(lease.event_id).Bind(lease.id).Run();
}

Error ReservedOtherwise() {
  return {.code = ErrorCode::kIdempotencyKeyReused,
          .message = "Something else was reserved under this external_id. Give each reservation an id of its own.",
          .field = "external_id"};
}

Error Ended(const std::string& how) {
  return {.code = ErrorCode::kLeaseEnded,
          .message = "The lease has ended: it " + how + ". Reserve anew, under another external_id.",
          .details = "state=" + how};
}

Error NoSuchLease() {
  return {.code = ErrorCode::kNotFound,
          .message = "This user or organization has no such lease. Leases are known for a day after their end."};
}

// Of the same request, sent again: what was answered the first time, while it holds.
LeaseAnswer AnswerAgain(const LeaseRequest& request, LeaseRow lease, LeaseAnswer answer, Timestamp at) {
  const bool is_same = lease.quantity == request.quantity && lease.meter.id == request.of.meter.id &&
                       lease.meter.event_name == request.of.meter.event_name;
  if (!is_same) {
    answer.error = ReservedOtherwise();
  } else if (lease.state == "expired" || lease.expires_at <= at) {
    answer.error = Ended("has expired");
  } else if (lease.state != "open") {
    answer.error = Ended("was " + lease.state);
  }
  if (!answer.error) answer.lease = std::move(lease);
  return answer;
}

DecimalSum LeftOn(const Balance* balance) { return balance == nullptr ? DecimalSum() : balance->ledger.Balance(); }

// What a lease holds still, and where.
struct Held {
  DecimalSum units = {};     // of the balance
  DecimalSum quantity = {};  // of limits
  Timestamp granted_at = {};
};

// Why so much cannot be committed. What was reserved always can, while it is set aside.
std::optional<Error> CommitRefusal(const EventAccounts& accounts, const Balance* balance, const LeaseRow& lease,
                                   const Held& held, const Decimal& quantity) {
  const Decimal units = lease.meter.UnitsOf(quantity);
  const DecimalSum left = LeftOn(balance) + held.units;
  if (DecimalSum(units) > held.units && DecimalSum(units) > left) {
    return BalanceExhausted(lease.meter.name, left, units);
  }
  if (DecimalSum(quantity) <= held.quantity) return std::nullopt;
  for (const LimitRow& limit : accounts.limits) {
    // What was reserved counts already, in this period or in the one in which it was.
    if (DecimalSum(quantity) - held.quantity <= limit.Left()) continue;
    return LimitReached(limit.name.event_name, limit.name.period, limit.maximum, limit.Left() + held.quantity, quantity,
                        PeriodEnd(limit.name.period, limit.period_start));
  }
  return std::nullopt;
}

void CountCommitted(EventAccounts& accounts, const Held& held, const Decimal& quantity) {
  CountOnMeters(accounts, quantity);
  for (LimitRow& limit : accounts.limits) {
    if (limit.period_start <= held.granted_at || held.quantity.IsZero()) {
      limit.used.Add(quantity);
    } else if (DecimalSum(quantity) > held.quantity) {
      limit.used += DecimalSum(quantity) - held.quantity;
    }
  }
}

LeaseAnswer Commit(const Scope& db, const LeaseEnd& end, LeaseRow lease, Timestamp now) {
  EventAccounts accounts = ReadAccounts(db, lease.subject, lease.meter.event_name, Purpose::kChange, now);
  const BalanceQuestion question{lease.subject, lease.meter, end.figure};
  const Balance* balance = Observe(db, accounts, question);
  LeaseAnswer answer{.balance = LeftOn(balance)};
  const bool is_open = lease.state == "open" && lease.expires_at > accounts.at;
  if (!is_open && lease.expires_at.PlusSeconds(kLateCommitSeconds) <= accounts.at) {
    answer.error = Ended("expired more than a day ago");
    return answer;
  }
  Held held{.granted_at = lease.granted_at};
  if (is_open) held.units = DecimalSum(lease.meter.UnitsOf(lease.quantity));
  if (is_open) held.quantity = DecimalSum(lease.quantity);
  answer.error = CommitRefusal(accounts, balance, lease, held, end.usage->quantity);
  if (answer.error) return answer;
  UsageRow usage = *end.usage;
  usage.subject = lease.subject;
  usage.event_name = lease.meter.event_name;
  usage.external_id = "lease-" + (HasDefect("commit-not-once") ? std::to_string(now.microseconds) : lease.id);
  const AddedUsage fate = AddUsage(db, std::move(usage));
  lease.state = "committed";
  lease.committed = fate.kept.quantity;
  lease.event_id = fate.kept.external_id;
  if (!HasDefect("commit-not-once")) Write(db, lease);
  if (fate.is_new) CountCommitted(accounts, held, fate.kept.quantity);
  for (Balance& one : accounts.balances) {
    if (one.meter.id == lease.meter.id) one.ledger.leased -= held.units;
  }
  Save(db, accounts, end.tells, now);
  answer.balance = LeftOn(Observe(db, accounts, question));
  answer.lease = std::move(lease);
  return answer;
}

}  // namespace

std::optional<LeaseRow> FindLease(const Scope& db, const Subject& subject, const std::string& id) {
  return Find(db, kFindById, subject, id);
}

LeaseAnswer ReserveUsage(const Scope& db, const LeaseRequest& request, Timestamp now) {
  const Subject& subject = request.of.subject;
  LockUsage(db, subject.id);
  EventAccounts accounts = ReadAccounts(db, subject, request.of.meter.event_name, Purpose::kChange, now);
  Balance* balance = Observe(db, accounts, request.of);
  Save(db, accounts, request.tells, now);
  LeaseAnswer answer{.balance = LeftOn(balance)};
  if (!request.external_id.empty()) {
    auto known = Find(db, kFindByExternalId, subject, request.external_id);
    if (known) return AnswerAgain(request, *std::move(known), std::move(answer), accounts.at);
  }
  const Decimal units = request.of.meter.UnitsOf(request.quantity);
  if (DecimalSum(units) > answer.balance) {
    answer.error = BalanceExhausted(request.of.meter.name, answer.balance, units);
    return answer;
  }
  answer.error = RefusalOf(accounts, request.quantity);
  if (answer.error) return answer;
  LeaseRow lease{.id = request.lease_id,
                 .subject = subject,
                 .meter = request.of.meter,
                 .quantity = request.quantity,
                 .external_id = request.external_id,
                 .event_id = {},
                 .granted_at = accounts.at,
                 .expires_at = accounts.at.PlusSeconds(request.seconds)};
  Insert(db, lease);
  answer.balance.Subtract(units);
  answer.lease = std::move(lease);
  return answer;
}

LeaseAnswer EndLease(const Scope& db, const LeaseEnd& end, Timestamp now) {
  LockUsage(db, end.subject.id);
  std::optional<LeaseRow> lease = FindLease(db, end.subject, end.lease_id);
  if (!lease) return {.error = NoSuchLease()};
  const bool commits = end.usage.has_value();
  const std::string end_state = commits ? "committed" : "released";
  const bool has_ended = lease->state == "committed" || lease->state == "released";
  if (has_ended && lease->state != end_state) return {.error = Ended("was " + lease->state)};
  if (!has_ended && commits) return Commit(db, end, *std::move(lease), now);
  if (!has_ended && !HasDefect("release-without-end")) {
    lease->state = end_state;
    Write(db, *lease);
  }
  LeaseAnswer answer;
  answer.balance = ReadBalance(db, {end.subject, lease->meter, end.figure}, now);
  answer.lease = std::move(lease);
  return answer;
}

DecimalSum ReadBalance(const Scope& db, const BalanceQuestion& question, Timestamp now) {
  EventAccounts accounts = ReadAccounts(db, question.subject, question.meter.event_name, Purpose::kLook, now);
  return LeftOn(Observe(db, accounts, question));
}

void EraseUsageAccounts(const Scope& db, const std::string& subject) {
  LockUsage(db, subject);
  for (const char* sql : {"DELETE FROM usage_leases WHERE tenant = ?1 AND subject_id = ?2",
                          "DELETE FROM usage_balances WHERE tenant = ?1 AND subject_id = ?2",
                          "DELETE FROM usage_limits WHERE tenant = ?1 AND subject_id = ?2"}) {
    Query erase(db, sql);
    erase.Bind(subject).Run();
  }
}

}  // namespace plinto::polar::server::sql
