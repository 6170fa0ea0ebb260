// What is set aside and capped of usage: leases on balances, and limits; one struct per question and answer.
//
// `Store` (store.h) decides each in one transaction, in which nobody else changes the accounts of the subject: servers
// that share the database never pass a balance or a limit together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/billing/usage/countable_meter.h"
#include "core/billing/usage/meter_ledger.h"
#include "core/billing/usage/usage_limit.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// How long after its end an expired lease may be committed.
inline constexpr std::int64_t kLateCommitSeconds = 86'400;

/// A balance: whose, on what, and what Polar has said of it; none where it has said nothing.
struct BalanceQuestion {
  Subject subject;
  CountableMeter meter;
  std::optional<MeterFigure> figure = {};
};

struct LeaseRow {
  std::string id;
  Subject subject;
  CountableMeter meter;
  Decimal quantity = 0;        ///< in the event's own terms
  std::string external_id;     ///< empty without one
  std::string state = "open";  ///< or `committed`, `released`; one that has expired stays open
  Decimal committed = 0;
  std::string event_id;  ///< of what was committed
  Timestamp granted_at;  ///< by the database's clock, as the next
  Timestamp expires_at;
};

struct LeaseRequest {
  BalanceQuestion of;
  std::string lease_id;  ///< of a new lease
  std::string external_id = {};
  Decimal quantity = 1;
  std::int64_t seconds = 60;
  bool tells = false;  ///< the application of thresholds
};

/// A lease that is to end: with this event, whose subject is the lease's, or with nothing.
struct LeaseEnd {
  std::string lease_id;
  Subject subject;
  std::optional<MeterFigure> figure = {};
  std::optional<UsageRow> usage = {};
  bool tells = false;
};

/// What became of a request. With an error nothing was set aside, recorded or ended; `balance` says what is left.
struct LeaseAnswer {
  std::optional<Error> error = {};
  std::optional<LeaseRow> lease = {};
  DecimalSum balance = {};
};

struct LimitName {
  Subject subject;
  std::string event_name;
  LimitPeriod period = LimitPeriod::kMonth;
};

struct LimitRow {
  LimitName name;
  DecimalSum maximum = {};
  DecimalSum used = {};
  DecimalSum reserved = {};  ///< by open leases that were granted in this period
  Timestamp period_start = {};
  int told = 0;  ///< the threshold that the application was told of: 0, 80 or 100

  [[nodiscard]] DecimalSum Left() const { return maximum - used - reserved; }
};

/// What became of a usage event.
struct AddedUsage {
  UsageRow kept;  ///< the earlier one where the subject has used the id before
  bool is_new = false;
  std::optional<Error> refused = {};  ///< USAGE_LIMIT_REACHED: nothing was stored
};

}  // namespace plinto::polar::server
