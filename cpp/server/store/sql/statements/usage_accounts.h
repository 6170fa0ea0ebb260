// The accounts of one subject's event within a transaction: balances on meters that count it, and limits on it.
//
// Whoever records usage shares the turn of its subject (ShareUsage), and locks the accounts' rows as they are read.
// Whoever opens an account, sets something aside or ends it has the turn alone (LockUsage): what is summed up then is
// all there is. Sums are made here, in decimals, and written back as texts.
#pragma once

#include <set>

#include "server/store/engines/sql.h"
#include "server/store/usage_accounts.h"

namespace plinto::polar::server::sql {

[[nodiscard]] inline std::string TextOf(LimitPeriod period) {
  return std::string(kEnumTexts<LimitPeriod>[static_cast<std::size_t>(period)]);
}

void ShareUsage(const Scope& db, const std::set<std::string>& subjects);
void LockUsage(const Scope& db, const std::string& subject);

struct Balance {
  CountableMeter meter;
  MeterLedger ledger = {};
  bool is_stored = false;
};

struct EventAccounts {
  Subject subject;
  std::string event_name;
  std::vector<LimitRow> limits = {};
  std::vector<Balance> balances = {};
  Timestamp at = {};        ///< by the database's clock
  bool is_counted = false;  ///< something was, since they were read
};

/// Subjects and events.
using EventNames = std::set<std::pair<std::string, std::string>>;
/// Those on which anybody has set a limit, or has reserved on a meter that counts them.
[[nodiscard]] EventNames FindWithAccounts(const Scope& db, const EventNames& events);

enum class Purpose : std::uint8_t { kLook, kChange };
/// As they are at this moment: limits in the period that runs, balances without leases that have expired.
[[nodiscard]] EventAccounts ReadAccounts(const Scope& db, const Subject& subject, const std::string& event_name,
                                         Purpose purpose, Timestamp now);
/// The balance that is asked about, with Polar's newest word; opened where there is none and Polar has said something.
/// Null without either.
Balance* Observe(const Scope& db, EventAccounts& accounts, const BalanceQuestion& question);
/// Why this event is not recorded, if a limit does not hold it.
[[nodiscard]] std::optional<Error> RefusalOf(const EventAccounts& accounts, const Decimal& quantity);
/// The event was recorded: on every meter, and on every limit.
void Count(EventAccounts& accounts, const Decimal& quantity);
void CountOnMeters(EventAccounts& accounts, const Decimal& quantity);
/// An event that was recorded then is another one now: this quantity is added, or taken out.
void Recount(EventAccounts& accounts, const Decimal& quantity, bool adds, Timestamp recorded_at);
/// Writes them back. `tells`: with what the application is told of thresholds.
void Save(const Scope& db, EventAccounts& accounts, bool tells, Timestamp now);

/// A limit as it is in the period that runs at `at`.
void RollOver(const Scope& db, LimitRow& limit, Timestamp at);
[[nodiscard]] std::vector<LimitRow> FindLimitsOf(const Scope& db, const Subject& subject);
void SaveLimit(const Scope& db, const LimitRow& limit);
/// What was recorded of the event from then on.
[[nodiscard]] DecimalSum RecordedSince(const Scope& db, const LimitName& name, Timestamp since, Timestamp until);

LeaseAnswer ReserveUsage(const Scope& db, const LeaseRequest& request, Timestamp now);
LeaseAnswer EndLease(const Scope& db, const LeaseEnd& end, Timestamp now);
[[nodiscard]] std::optional<LeaseRow> FindLease(const Scope& db, const Subject& subject, const std::string& id);
[[nodiscard]] DecimalSum ReadBalance(const Scope& db, const BalanceQuestion& question, Timestamp now);
LimitRow SetUsageLimit(const Scope& db, const LimitName& name, const DecimalSum& maximum, bool tells, Timestamp now);
[[nodiscard]] std::vector<LimitRow> ListUsageLimits(const Scope& db, const Subject& subject, Timestamp now);
bool RemoveUsageLimit(const Scope& db, const LimitName& name);
/// Leases, balances and limits of a subject that is erased.
void EraseUsageAccounts(const Scope& db, const std::string& subject);

/// A usage event, unless a limit refuses it.
AddedUsage RecordUsage(const Scope& db, UsageRow usage, bool tells);
std::vector<AddedUsage> RecordUsageBatch(const Scope& db, std::vector<UsageRow> usage, bool tells);
/// CorrectUsage() of statements.h, which the accounts follow: what Polar has refused was used all the same.
std::optional<UsageRow> CorrectRecorded(const Scope& db, std::int64_t row, const UsageCorrection& correction,
                                        Timestamp now);

}  // namespace plinto::polar::server::sql
