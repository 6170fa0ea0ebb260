#include "server/service/usage/outbox.h"

#include <algorithm>

#include "core/billing/usage_batch.h"
#include "core/billing/usage_delivery.h"
#include "core/polar/events.h"
#include "server/base/backoff.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kReportBudgetMs = 30'000;
constexpr std::int64_t kMaxBackoffSeconds = 300;
constexpr std::int64_t kMaxPauseSeconds = 60;

// When what Polar refuses alone is given up, and how long it waits in between.
constexpr int kRefusalsToGiveUp = 5;
constexpr std::int64_t kSecondsToGiveUp = 6 * 3'600;
constexpr std::int64_t kFirstRefusedSeconds = 60;
constexpr std::int64_t kMaxRefusedSeconds = 3'600;

// Polar keeps ids unique over all customers, callers only over their own: the subject makes them so.
std::string PolarEventId(const UsageRow& usage) { return usage.subject.id + ":" + usage.external_id; }

// A clock that was ahead when the event was recorded has been set right since: Polar refuses what is yet to come.
std::string EventText(const UsageRow& usage, Timestamp now) {
  Json metadata = Json::object();
  SetMember(metadata, "quantity", usage.quantity);
  if (Result<Json> properties = ParseJson(usage.properties)) {
    if (const auto* object = properties->get_ptr<const Json::object_t*>()) {
      for (const auto& [key, value] : *object) SetMember(metadata, key, value);
    }
  }
  const UsageEvent event{usage.event_name, usage.subject.id, PolarEventId(usage), std::min(usage.created_at, now),
                         std::move(metadata)};
  return DumpJson(Encode(event));
}

/// What goes to Polar in one batch. Rows that do not fit come with the next.
struct Gathered {
  std::vector<UsageRow> rows;
  std::vector<std::string> events;  ///< of the rows
  std::vector<std::int64_t> left;
  std::vector<std::int64_t> too_large;
};

Gathered Gather(std::vector<UsageRow> due, Timestamp now) {
  Gathered gathered;
  UsageBatch batch;
  bool is_full = false;
  for (UsageRow& row : due) {
    if (is_full) {
      gathered.left.push_back(row.row);
      continue;
    }
    const Result<UsageBatch::Added> added = batch.Add(PolarEventId(row), EventText(row, now), now);
    if (!added) {
      gathered.too_large.push_back(row.row);
    } else if (*added == UsageBatch::Added::kTaken) {
      gathered.rows.push_back(std::move(row));
    } else {
      is_full = *added == UsageBatch::Added::kFull;
      gathered.left.push_back(row.row);
    }
  }
  gathered.events = batch.Take();
  return gathered;
}

// Polar refused the content itself, not the moment or the sender.
bool IsContentRefused(const Error& error) {
  return error.code == ErrorCode::kValidationFailed || error.code == ErrorCode::kPayloadTooLarge;
}

/// What Polar's answer, or its silence, decides.
struct Advanced {
  std::vector<UsageOutcome> outcomes;
  bool takes_nothing = false;
  std::optional<std::int64_t> retry_after_ms = {};
  std::string reason = {};
};

Advanced Advance(UsageDelivery& delivery, const CallOutcome& outcome) {
  const Result<UsageIngestAnswer> answer = ReadOutcome(outcome, ParseUsageIngestAnswer);
  if (answer) return {delivery.OnTaken()};
  const Error& error = answer.error();
  Advanced advanced{.outcomes = {}, .retry_after_ms = error.retry_after_ms, .reason = error.message};
  if (!error.field.empty()) advanced.reason += " " + error.field + ":";
  if (!error.details.empty()) advanced.reason += " " + error.details;
  const auto* response = std::get_if<HttpResponse>(&outcome);
  if (response != nullptr && IsContentRefused(error)) {
    advanced.outcomes = delivery.OnRefused(*response, advanced.reason);
    advanced.takes_nothing = delivery.HasFallenApart();
  } else {
    advanced.outcomes = delivery.OnFailed(advanced.reason);
    advanced.takes_nothing = true;
  }
  return advanced;
}

void TellGivenUp(Host& host, std::int64_t row, const std::string& event_name, const std::string& reason) {
  const std::string number = std::to_string(row);
  host.log.GaveUp(Queue::kOutbox, "usage event " + number + " (" + event_name + ") is given up: " + reason +
                                      " Once that is mended, send it again: plinto-polar usage replay " + number);
}

Task<Status> WriteRefused(Host& host, const UsageRow& usage, std::string reason) {
  const Timestamp now = host.clock.Now();
  const bool is_last = usage.refusals + 1 >= kRefusalsToGiveUp && usage.refused_at &&
                       now >= usage.refused_at->PlusSeconds(kSecondsToGiveUp);
  std::optional<Timestamp> retry_at;
  if (!is_last) retry_at = now.PlusSeconds(Backoff(kFirstRefusedSeconds, usage.refusals, kMaxRefusedSeconds));
  Status marked = co_await host.store.MarkUsageRefused(usage.row, reason, retry_at, now);
  if (marked && is_last) TellGivenUp(host, usage.row, usage.event_name, reason);
  co_return marked;
}

// Written after each answer: what Polar has is never sent again but for a crash, and then it is a duplicate to Polar.
Task<Status> WriteOutcomes(Host& host, const std::vector<UsageRow>& rows, std::vector<UsageOutcome> outcomes) {
  const Timestamp now = host.clock.Now();
  std::vector<std::int64_t> reported;
  std::vector<std::int64_t> delayed;
  for (const UsageOutcome& outcome : outcomes) {
    const std::int64_t row = rows[outcome.index].row;
    if (outcome.kind == UsageOutcome::Kind::kReported) reported.push_back(row);
    if (outcome.kind == UsageOutcome::Kind::kDelayed) delayed.push_back(row);
  }
  if (!reported.empty()) {
    Status marked = co_await host.store.MarkUsageReported(std::move(reported), now);
    if (!marked) co_return marked;
  }
  for (const UsageOutcome& outcome : outcomes) {
    if (outcome.kind != UsageOutcome::Kind::kRefused) continue;
    Status marked = co_await WriteRefused(host, rows[outcome.index], outcome.reason);
    if (!marked) co_return marked;
  }
  if (delayed.empty()) co_return Done{};
  const auto first = std::find_if(outcomes.begin(), outcomes.end(),
                                  [](const UsageOutcome& one) { return one.kind == UsageOutcome::Kind::kDelayed; });
  const Timestamp retry_at = now.PlusSeconds(Backoff(1, rows[first->index].attempts, kMaxBackoffSeconds));
  co_return co_await host.store.MarkUsageFailed(std::move(delayed), first->reason, retry_at, now);
}

/// Gives back what did not fit, and parks what never will.
Task<Status> PutAside(Host& host, Gathered& gathered) {
  if (!gathered.left.empty()) {
    Status released = co_await host.store.ReleaseUsage(std::move(gathered.left), host.clock.Now());
    if (!released) co_return released;
  }
  if (gathered.too_large.empty()) co_return Done{};
  const std::string reason = "The event is larger than a whole request to Polar may be.";
  Status parked = co_await host.store.MarkUsageFailed(gathered.too_large, reason, std::nullopt, host.clock.Now());
  if (!parked) co_return parked;
  for (const std::int64_t row : gathered.too_large) TellGivenUp(host, row, "too large", reason);
  co_return Done{};
}

/// What came of one batch.
struct Reported {
  bool all = true;  ///< it fitted into one request; what did not is due again
  bool takes_nothing = false;
  std::optional<std::int64_t> retry_after_ms = {};
  std::string reason = {};
};

Task<Result<Reported>> Report(Host& host, const Settings& settings, std::vector<UsageRow> usage, OutboxMemory& memory) {
  Gathered gathered = Gather(std::move(usage), host.clock.Now());
  Reported reported{.all = gathered.left.empty()};
  Status put_aside = co_await PutAside(host, gathered);
  if (!put_aside) co_return std::move(put_aside).error();
  UsageDelivery delivery(gathered.rows.size());
  while (!delivery.Next().empty()) {
    std::vector<std::string_view> events;
    for (const std::size_t index : delivery.Next()) events.emplace_back(gathered.events[index]);
    CallTerms terms(host.clock.Now().PlusMilliseconds(kReportBudgetMs), Priority::kUsage);
    HttpRequest request = BuildIngestUsage(settings.polar, events);
    const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, std::move(terms));
    Advanced advanced = Advance(delivery, outcome);
    reported.takes_nothing = advanced.takes_nothing;
    reported.retry_after_ms = advanced.retry_after_ms;
    reported.reason = std::move(advanced.reason);
    memory.outcomes = std::move(advanced.outcomes);
    Status written = co_await WriteOutcomes(host, gathered.rows, memory.outcomes);
    if (!written) {
      memory.rows = std::move(gathered.rows);
      co_return std::move(written).error();
    }
    memory.outcomes.clear();
  }
  co_return reported;
}

// Said once for each pause that is longer than the one before, not for each batch.
Timestamp Pause(Host& host, OutboxMemory& memory, const std::string& what, const std::string& reason,
                std::int64_t at_least_ms = 0) {
  const Timestamp now = host.clock.Now();
  const std::int64_t seconds = Backoff(1, memory.failures, kMaxPauseSeconds);
  const bool is_worse = memory.failures == 0 || Backoff(1, memory.failures - 1, kMaxPauseSeconds) < seconds;
  ++memory.failures;
  const Timestamp asked = now.PlusMilliseconds(std::min(at_least_ms, kMaxPauseSeconds * 1'000));
  memory.until = std::max(now.PlusSeconds(seconds), asked);
  if (is_worse) {
    host.log.Warn(what + "; nothing is given up, and it is tried again in " + std::to_string(seconds) +
                  " s: " + reason);
  }
  return memory.until;
}

Timestamp PauseForStore(Host& host, OutboxMemory& memory, const Error& error) {
  return Pause(host, memory, "What Polar said of usage cannot be written down, so that nothing more is sent",
               error.message + (error.details.empty() ? "" : " (" + error.details + ")"));
}

}  // namespace

Task<std::optional<Timestamp>> ReportUsage(Host& host, const Settings& settings, OutboxMemory& memory) {
  // A clock that was set back does not make it longer.
  const Timestamp start = host.clock.Now();
  if (start < memory.until && memory.until <= start.PlusSeconds(kMaxPauseSeconds)) co_return memory.until;
  if (!memory.outcomes.empty()) {
    const Status written = co_await WriteOutcomes(host, memory.rows, memory.outcomes);
    if (!written) co_return PauseForStore(host, memory, written.error());
    memory = {};
  }
  for (;;) {
    Result<std::vector<UsageRow>> due = co_await host.store.DueUsage(host.clock.Now(), kMaxBatchEvents);
    if (!due) co_return host.clock.Now().PlusSeconds(1);
    if (due->empty()) break;
    const bool is_full = due->size() == kMaxBatchEvents;
    Result<Reported> reported = co_await Report(host, settings, std::move(*due), memory);
    if (!reported) co_return PauseForStore(host, memory, reported.error());
    if (reported->takes_nothing) {
      co_return Pause(host, memory, "Polar takes no usage at all", reported->reason,
                      reported->retry_after_ms.value_or(0));
    }
    memory = {};
    // What came meanwhile goes with the next run's first batch, not with a small one of its own.
    if (!is_full && reported->all) break;
  }
  Result<std::optional<Timestamp>> next = co_await host.store.NextUsageDue();
  co_return next ? *next : std::optional(host.clock.Now().PlusSeconds(1));
}

}  // namespace plinto::polar::server
