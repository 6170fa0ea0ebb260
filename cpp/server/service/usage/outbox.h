// Reports recorded usage to Polar: in batches, each event until Polar has it.
//
// An event is given up when Polar has refused it alone five times over six hours and more while it took others, or when
// it is the only one: it is parked, and `plinto-polar usage` lists it and sends it again. While Polar takes nothing, be
// it that it does not answer or that it refuses every single event, all is left alone for up to a minute; so it is
// while the store cannot write down what came of it.
//
// Polar bills by the time at which it hears of an event: what customers have used whose billing period ends soon
// goes first, waits for no longer than until shortly before that, and in the last minute goes before what is only
// read (core/billing/usage/usage_period.h).
#pragma once

#include <optional>
#include <vector>

#include "core/billing/usage/usage_delivery.h"
#include "server/base/job_run.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

/// How long one request may wait for Polar. A claim that is not fresh any more is renewed before: 20 seconds of it are
/// left for what the store takes.
inline constexpr std::int64_t kUsageRequestBudgetMs = 30'000;
inline constexpr std::int64_t kFreshClaimSeconds = 10;
static_assert(kFreshClaimSeconds * 1'000 + kUsageRequestBudgetMs + 20'000 <= kUsageHeldSeconds * 1'000);

/// What an outbox knows beside the store.
struct OutboxMemory {
  int failures = 0;                     ///< in a row: Polar took nothing, or the store could not write it down
  Timestamp until = {};                 ///< so long nothing is tried
  std::optional<Error> unwritten = {};  ///< why the store could not write it down, the last time
  /// What Polar has said and the store could not write down. Nothing is sent before it is written: it would be the same
  /// events again.
  std::vector<UsageRow> rows = {};
  std::vector<UsageOutcome> outcomes = {};
  std::optional<bool> was_duplicate = {};  ///< as UsageFate has it
};

/// Reports what is due. Returns when the next will be, if any waits. A stop ends it after the request in hand, and
/// gives back the rest of the batch.
[[nodiscard]] Task<JobRun> ReportUsage(Shared& shared, OutboxMemory& memory);

}  // namespace plinto::polar::server
