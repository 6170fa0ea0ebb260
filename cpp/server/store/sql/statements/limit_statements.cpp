// Limits: set, listed, removed; and usage as it is recorded within them.
#include <map>

#include "server/store/sql/database_clock.h"
#include "server/store/sql/statements/statements.h"
#include "server/store/sql/statements/usage_accounts.h"

namespace plinto::polar::server::sql {
namespace {

/// Of those events that have any, by subject and event: so are their rows locked by everybody.
using AccountsByEvent = std::map<std::pair<std::string, std::string>, EventAccounts>;

AccountsByEvent ShareAccounts(const Scope& db, const std::vector<UsageRow>& usage) {
  std::map<std::pair<std::string, std::string>, const UsageRow*> rows;
  std::set<std::string> subjects;
  EventNames events;
  for (const UsageRow& row : usage) {
    subjects.insert(row.subject.id);
    rows.try_emplace({row.subject.id, row.event_name}, &row);
    events.emplace(row.subject.id, row.event_name);
  }
  ShareUsage(db, subjects);
  AccountsByEvent accounts;
  for (const auto& event : FindWithAccounts(db, events)) {
    const UsageRow& row = *rows.at(event);
    accounts.emplace(event, ReadAccounts(db, row.subject, row.event_name, Purpose::kChange, row.created_at));
  }
  return accounts;
}

// In its turn, within its limits.
AddedUsage RecordWithin(const Scope& db, EventAccounts& accounts, UsageRow usage) {
  if (auto refusal = RefusalOf(accounts, usage.quantity)) {
    std::optional<UsageRow> earlier = FindEarlier(db, usage);
    if (earlier) return {.kept = *std::move(earlier)};
    return {.kept = std::move(usage), .refused = std::move(refusal)};
  }
  AddedUsage fate = AddUsage(db, std::move(usage));
  if (fate.is_new) Count(accounts, fate.kept.quantity);
  return fate;
}

}  // namespace

AddedUsage RecordUsage(const Scope& db, UsageRow usage, bool tells) {
  AccountsByEvent accounts = ShareAccounts(db, {usage});
  if (accounts.empty()) return AddUsage(db, std::move(usage));
  const Timestamp now = usage.created_at;
  EventAccounts& of_event = accounts.begin()->second;
  AddedUsage fate = RecordWithin(db, of_event, std::move(usage));
  if (fate.is_new) Save(db, of_event, tells, now);
  return fate;
}

std::vector<AddedUsage> RecordUsageBatch(const Scope& db, std::vector<UsageRow> usage, bool tells) {
  AccountsByEvent accounts = ShareAccounts(db, usage);
  std::vector<AddedUsage> fates(usage.size());
  std::vector<UsageRow> unbound;
  std::vector<std::size_t> places;
  Timestamp now;
  for (std::size_t i = 0; i < usage.size(); ++i) {
    now = usage[i].created_at;
    const auto found = accounts.find({usage[i].subject.id, usage[i].event_name});
    if (found != accounts.end()) {
      fates[i] = RecordWithin(db, found->second, std::move(usage[i]));
      continue;
    }
    places.push_back(i);
    unbound.push_back(std::move(usage[i]));
  }
  const std::vector<bool> is_new = AddUsageBatch(db, unbound);
  for (std::size_t i = 0; i < places.size(); ++i)
    fates[places[i]] = {.kept = std::move(unbound[i]), .is_new = is_new[i]};
  for (auto& [event, of_event] : accounts) {
    if (of_event.is_counted) Save(db, of_event, tells, now);
  }
  return fates;
}

std::optional<UsageRow> CorrectRecorded(const Scope& db, std::int64_t row, const UsageCorrection& correction,
                                        Timestamp now) {
  std::string subject;
  {
    Query find(db, "SELECT coalesce(organization_id, user_id) FROM polar_usage_events WHERE tenant = ?1 AND id = ?2");
    if (!find.Bind(row).Step()) return std::nullopt;
    subject = find.Text(0);
  }
  ShareUsage(db, {subject});
  const std::optional<UsageRow> before = CorrectUsage(db, row, correction, now);
  if (!before) return before;
  const std::string& name = correction.event_name ? *correction.event_name : before->event_name;
  const Decimal& quantity = correction.quantity ? *correction.quantity : before->quantity;
  if (name == before->event_name && quantity == before->quantity) return before;
  for (const auto& [subject_id, event_name] : FindWithAccounts(db, {{subject, before->event_name}, {subject, name}})) {
    EventAccounts accounts = ReadAccounts(db, before->subject, event_name, Purpose::kChange, now);
    if (event_name == before->event_name) Recount(accounts, before->quantity, false, before->created_at);
    if (event_name == name) Recount(accounts, quantity, true, before->created_at);
    Save(db, accounts, false, now);
  }
  return before;
}

LimitRow SetUsageLimit(const Scope& db, const LimitName& name, const DecimalSum& maximum, bool tells, Timestamp now) {
  LockUsage(db, name.subject.id);
  Query open(db,
             "INSERT INTO usage_limits (tenant, subject_id, event_name, period, maximum, used, period_start, told)"
             " VALUES (?1, ?2, ?3, ?4, ?5, '0', -1, 0) ON CONFLICT DO NOTHING");
  open.Bind(name.subject.id).Bind(name.event_name).Bind(TextOf(name.period)).Bind(maximum.Text()).Run();
  EventAccounts accounts = ReadAccounts(db, name.subject, name.event_name, Purpose::kChange, now);
  LimitRow set;
  for (LimitRow& limit : accounts.limits) {
    if (limit.name.period != name.period) continue;
    // Another limit is told of anew.
    if (limit.maximum != maximum) limit.told = std::min(limit.told, ThresholdReached(limit.used, maximum));
    limit.maximum = maximum;
    set = limit;
  }
  Save(db, accounts, tells, now);
  return set;
}

std::vector<LimitRow> ListUsageLimits(const Scope& db, const Subject& subject, Timestamp now) {
  std::vector<LimitRow> limits = FindLimitsOf(db, subject);
  const Timestamp at = DatabaseNow(db, now);
  for (LimitRow& limit : limits) RollOver(db, limit, at);
  return limits;
}

bool RemoveUsageLimit(const Scope& db, const LimitName& name) {
  LockUsage(db, name.subject.id);
  Query remove(db,
               "DELETE FROM usage_limits WHERE tenant = ?1 AND subject_id = ?2 AND event_name = ?3 AND period = ?4");
  return remove.Bind(name.subject.id).Bind(name.event_name).Bind(TextOf(name.period)).Run() > 0;
}

}  // namespace plinto::polar::server::sql
