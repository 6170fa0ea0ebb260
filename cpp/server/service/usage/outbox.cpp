#include "server/service/usage/outbox.h"

#include <algorithm>
#include <map>

#include "core/billing/usage/usage_batch.h"
#include "core/billing/usage/usage_delivery.h"
#include "core/billing/usage/usage_parents.h"
#include "core/billing/usage/usage_period.h"
#include "core/foundation/text.h"
#include "core/polar/events.h"
#include "server/base/defects.h"
#include "server/base/time/backoff.h"
#include "server/service/polar_call.h"
#include "server/service/upstream_budget.h"
#include "server/service/usage/polar_event.h"
#include "server/service/usage/refused_usage.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kMaxBackoffSeconds = 300;
constexpr std::int64_t kMaxPauseSeconds = 60;

// Polar keeps ids unique over all customers, callers only over their own: the subject makes them so.
std::string PolarEventId(const Subject& subject, const std::string& external_id) {
  return subject.id + ":" + external_id;
}

std::string PolarEventId(const UsageRow& usage) {
  std::string id = PolarEventId(usage.subject, usage.external_id);
  if (HasDefect("retry-without-id")) id += ":" + std::to_string(usage.attempts);
  return id;
}

// How far ahead of Polar's our clock is known to be.
std::int64_t AheadMs(const Host& host) {
  return host.budget == nullptr ? 0 : host.budget->clock_watch().AheadMs(host.clock.Now());
}

// Polar refuses what is yet to come by its own clock: ours may be ahead of it, or has been when the event was recorded.
std::string EventText(const UsageRow& usage, Timestamp polars_now) {
  Json metadata = MetadataOf(usage);
  if (HasDefect("quantity-rounded")) SetMember(metadata, "quantity", DecimalSum(usage.quantity).Whole());
  UsageEvent event{usage.event_name, usage.subject.id, PolarEventId(usage), std::min(UsedAt(usage), polars_now),
                   std::move(metadata)};
  if (!usage.parent_id.empty()) event.parent_id = PolarEventId(usage.subject, usage.parent_id);
  if (!usage.member_id.empty()) event.external_member_id = usage.member_id;
  return DumpJson(Encode(event));
}

/// What goes to Polar in one batch. Rows that do not fit come with the next.
struct Gathered {
  std::vector<UsageRow> rows;
  std::vector<std::string> events;  ///< of the rows
  std::vector<std::int64_t> left;
  std::vector<UsageRow> too_large;
};

// By their ids at Polar, as they are sent.
void BreakParentCircles(std::vector<UsageRow>& rows) {
  std::vector<std::string> ids;
  std::vector<std::string> parents;
  for (const UsageRow& row : rows) {
    ids.push_back(PolarEventId(row));
    parents.push_back(row.parent_id.empty() ? std::string() : PolarEventId(row.subject, row.parent_id));
  }
  std::vector<UsageLink> links;
  for (std::size_t i = 0; i < rows.size(); ++i) links.push_back({ids[i], parents[i]});
  for (const std::size_t index : FindParentCircles(links)) rows[index].parent_id.clear();
}

Gathered Gather(std::vector<UsageRow> due, Timestamp now, Timestamp polars_now) {
  Gathered gathered;
  UsageBatch batch;
  bool is_full = false;
  BreakParentCircles(due);
  for (UsageRow& row : due) {
    if (is_full) {
      gathered.left.push_back(row.row);
      continue;
    }
    const Result<UsageBatch::Added> added = batch.Add(PolarEventId(row), EventText(row, polars_now), now);
    if (!added) {
      gathered.too_large.push_back(std::move(row));
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

// What is sent again without its member or its parent is written anew. Returns the other outcomes.
std::vector<UsageOutcome> BareAgain(Host& host, Gathered& gathered, std::vector<UsageOutcome> outcomes,
                                    Timestamp polars_now) {
  std::size_t bared = 0;
  const UsageRow* first = nullptr;
  for (const UsageOutcome& outcome : outcomes) {
    if (outcome.kind != UsageOutcome::Kind::kBared) continue;
    UsageRow& row = gathered.rows[outcome.index];
    if (outcome.without_member) row.member_id.clear();
    if (outcome.without_parent) row.parent_id.clear();
    gathered.events[outcome.index] = EventText(row, polars_now);
    if (++bared == 1) first = &row;
  }
  if (bared == 0) return outcomes;
  host.log.Warn("Polar does not know the member or the parent of " + std::to_string(bared) +
                " usage events, which are sent without: usage event " + std::to_string(first->row) + " (" +
                first->event_name + ") is the first of them.");
  std::erase_if(outcomes, [](const UsageOutcome& one) { return one.kind == UsageOutcome::Kind::kBared; });
  return outcomes;
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
  std::optional<bool> was_duplicate = {};  ///< of what Polar has taken, where all of it was, or none
};

// Polar only counts: of a batch in which some were known, nobody learns which.
std::optional<bool> WasDuplicate(const UsageIngestAnswer& answer, std::size_t sent) {
  const auto all = static_cast<std::int64_t>(sent);
  if (answer.inserted == all) return false;
  if (answer.inserted == 0 && answer.duplicates == all) return true;
  return std::nullopt;
}

Advanced Advance(UsageDelivery& delivery, const CallOutcome& outcome) {
  const Result<UsageIngestAnswer> answer = ReadOutcome(outcome, ParseUsageIngestAnswer);
  const std::size_t sent = delivery.Next().size();
  if (answer) return {.outcomes = delivery.OnTaken(), .was_duplicate = WasDuplicate(*answer, sent)};
  if (HasDefect("usage-dropped")) return {.outcomes = delivery.OnTaken()};
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

// They wait together, but for those of customers whose period ends before that.
Task<Status> WriteDelayed(Host& host, const std::vector<UsageRow>& rows, const std::vector<UsageOutcome>& outcomes) {
  const auto is_delayed = [](const UsageOutcome& one) { return one.kind == UsageOutcome::Kind::kDelayed; };
  const auto first = std::find_if(outcomes.begin(), outcomes.end(), is_delayed);
  if (first == outcomes.end()) co_return Done{};
  const UsageRow& one = rows[first->index];
  const Timestamp now = host.clock.Now();
  const Timestamp retry_at = now.PlusSeconds(Backoff(1, one.attempts, kMaxBackoffSeconds));
  std::map<Timestamp, std::vector<std::int64_t>> delayed;
  for (const UsageOutcome& outcome : outcomes) {
    const UsageRow& row = rows[outcome.index];
    if (is_delayed(outcome)) delayed[RetryWithinPeriod(now, retry_at, row.period_end)].push_back(row.row);
  }
  for (auto& [at, theirs] : delayed) {
    const Result<std::int64_t> marked =
        co_await host.store.MarkUsageFailed(std::move(theirs), first->reason, at, now, one.claim);
    if (!marked) co_return marked.error();
  }
  co_return Done{};
}

// Written after each answer: what Polar has is never sent again but for a crash, and then it is a duplicate to Polar.
Task<Status> WriteOutcomes(Shared& shared, const std::vector<UsageRow>& rows, std::vector<UsageOutcome> outcomes,
                           std::optional<bool> was_duplicate) {
  Host& host = shared.host;
  const Timestamp now = host.clock.Now();
  std::vector<std::int64_t> reported;
  for (const UsageOutcome& outcome : outcomes) {
    if (outcome.kind == UsageOutcome::Kind::kReported) reported.push_back(rows[outcome.index].row);
  }
  if (!reported.empty()) {
    Status marked = co_await host.store.MarkUsageReported(std::move(reported), now, was_duplicate);
    if (!marked) co_return marked;
  }
  for (const UsageOutcome& outcome : outcomes) {
    if (outcome.kind != UsageOutcome::Kind::kRefused) continue;
    Status marked = co_await WriteRefused(shared, rows[outcome.index], outcome.reason);
    if (!marked) co_return marked;
  }
  co_return co_await WriteDelayed(host, rows, outcomes);
}

/// Where nothing is claimed there is nothing to give back.
Task<Status> Release(Host& host, std::vector<std::int64_t> rows, std::string claim) {
  if (rows.empty() || claim.empty()) co_return Done{};
  co_return co_await host.store.ReleaseUsage(std::move(rows), std::move(claim));
}

/// Gives back what did not fit, and parks what never will.
Task<Status> PutAside(Shared& shared, Gathered& gathered, const std::string& claim) {
  Status released = co_await Release(shared.host, std::move(gathered.left), claim);
  if (!released) co_return released;
  for (const UsageRow& row : gathered.too_large) {
    std::string reason = "The event is larger than a whole request to Polar may be.";
    Status given_up = co_await GiveUpUsage(shared, row, std::move(reason), claim);
    if (!given_up) co_return given_up;
  }
  co_return Done{};
}

/// The claim of one batch.
struct UsageClaim {
  std::string id;         ///< empty where one server has the database alone
  Timestamp since;        ///< before it was made or renewed
  std::int64_t rows = 0;  ///< that have no outcome yet
};

// Another server may have taken rows, where this process was stopped for longer than the claim lasts.
Task<bool> MaySend(Host& host, UsageClaim& claim) {
  if (claim.id.empty()) co_return true;
  for (;;) {
    const Timestamp now = host.clock.Now();
    if (claim.since <= now && now < claim.since.PlusSeconds(kFreshClaimSeconds)) co_return true;
    claim.since = now;
    const Result<std::int64_t> renewed = co_await host.store.RenewUsage(claim.id, now);
    if (!renewed || *renewed < claim.rows) co_return false;
  }
}

/// What is not sent now after all: it is as if it had not been taken.
Task<Status> GiveBackRest(Host& host, UsageDelivery& delivery, const std::vector<UsageRow>& rows,
                          const std::string& claim) {
  std::vector<std::int64_t> rest;
  for (const UsageOutcome& outcome : delivery.OnFailed({})) rest.push_back(rows[outcome.index].row);
  co_return co_await Release(host, std::move(rest), claim);
}

/// Those of the rows that are held still.
Task<Status> GiveBackAll(Host& host, const std::vector<UsageRow>& rows) {
  std::vector<std::int64_t> all;
  for (const UsageRow& row : rows) all.push_back(row.row);
  std::string claim = rows.empty() ? std::string() : rows.front().claim;
  co_return co_await Release(host, std::move(all), std::move(claim));
}

bool WasRefused(const CallOutcome& outcome) {
  const auto* response = std::get_if<HttpResponse>(&outcome);
  return response != nullptr && !response->Succeeded();
}

bool WasCanceled(const CallOutcome& outcome) {
  const auto* fault = std::get_if<TransportFault>(&outcome);
  return fault != nullptr && *fault == TransportFault::kCanceled;
}

/// When the first period of them ends.
std::optional<Timestamp> SoonestEnd(const std::vector<UsageRow>& rows) {
  std::optional<Timestamp> soonest;
  for (const UsageRow& row : rows) {
    if (row.period_end && (!soonest || *row.period_end < *soonest)) soonest = row.period_end;
  }
  return soonest;
}

/// What came of one batch.
struct Reported {
  bool all = true;  ///< it fitted into one request; what did not is due again
  bool takes_nothing = false;
  bool is_given_back = false;  ///< what was left of it: the server stops, or another one has taken it
  std::optional<std::int64_t> retry_after_ms = {};
  std::string reason = {};
};

Task<Result<Reported>> Report(Shared& shared, std::vector<UsageRow> usage, Timestamp since, OutboxMemory& memory) {
  Host& host = shared.host;
  UsageClaim claim{usage.front().claim, since};
  const std::int64_t ahead_ms = AheadMs(host);
  const Timestamp polars_now = host.clock.Now().PlusMilliseconds(-ahead_ms);
  Gathered gathered = Gather(std::move(usage), host.clock.Now(), polars_now);
  Reported reported{.all = gathered.left.empty()};
  Status put_aside = co_await PutAside(shared, gathered, claim.id);
  if (!put_aside) co_return std::move(put_aside).error();
  claim.rows = static_cast<std::int64_t>(gathered.rows.size());
  const std::optional<Timestamp> ends_at = SoonestEnd(gathered.rows);
  UsageDelivery delivery(gathered.rows.size());
  while (!delivery.Next().empty()) {
    bool may_send = !shared.is_stopping;
    if (may_send) may_send = co_await MaySend(host, claim);
    std::vector<std::string_view> events;
    for (const std::size_t index : delivery.Next()) events.emplace_back(gathered.events[index]);
    const Timestamp now = host.clock.Now();
    const Priority priority = IsPressing(now, ends_at) ? Priority::kPortal : Priority::kUsage;
    CallTerms terms(now.PlusMilliseconds(kUsageRequestBudgetMs), priority);
    HttpRequest request = BuildIngestUsage(shared.settings.polar, events);
    CallOutcome outcome = TransportFault::kCanceled;
    if (may_send) outcome = co_await CallPolar(host, std::move(request), true, std::move(terms));
    if (WasCanceled(outcome)) {
      Status given_back = co_await GiveBackRest(host, delivery, gathered.rows, claim.id);
      if (!given_back) co_return std::move(given_back).error();
      reported.is_given_back = true;
      co_return reported;
    }
    if (ahead_ms == 0 && WasRefused(outcome) && AheadMs(host) > 0) {
      // The answer tells that our clock is ahead: the events are written anew, by Polar's.
      Status given_back = co_await GiveBackRest(host, delivery, gathered.rows, claim.id);
      if (!given_back) co_return std::move(given_back).error();
      reported.all = false;
      co_return reported;
    }
    Advanced advanced = Advance(delivery, outcome);
    reported.takes_nothing = advanced.takes_nothing;
    reported.retry_after_ms = advanced.retry_after_ms;
    reported.reason = std::move(advanced.reason);
    memory.outcomes = BareAgain(host, gathered, std::move(advanced.outcomes), polars_now);
    memory.was_duplicate = advanced.was_duplicate;
    claim.rows -= static_cast<std::int64_t>(memory.outcomes.size());
    Status written = co_await WriteOutcomes(shared, gathered.rows, memory.outcomes, memory.was_duplicate);
    if (!written) {
      memory.rows = std::move(gathered.rows);
      co_return std::move(written).error();
    }
    memory.outcomes.clear();
  }
  co_return reported;
}

Timestamp Pause(Host& host, OutboxMemory& memory, std::int64_t at_least_ms = 0) {
  const Timestamp now = host.clock.Now();
  const Timestamp asked = now.PlusMilliseconds(std::min(at_least_ms, kMaxPauseSeconds * 1'000));
  memory.until = std::max(now.PlusSeconds(Backoff(1, memory.failures, kMaxPauseSeconds)), asked);
  ++memory.failures;
  return memory.until;
}

// Said once for each pause that is longer than the one before, not for each batch.
Timestamp PauseForPolar(Host& host, OutboxMemory& memory, const Reported& reported,
                        std::optional<Timestamp> period_end) {
  const std::int64_t seconds = Backoff(1, memory.failures, kMaxPauseSeconds);
  if (memory.failures == 0 || Backoff(1, memory.failures - 1, kMaxPauseSeconds) < seconds) {
    host.log.Warn("Polar takes no usage at all; nothing is given up, and it is tried again in " +
                  std::to_string(seconds) + " s: " + reported.reason);
  }
  memory.unwritten.reset();
  Pause(host, memory, reported.retry_after_ms.value_or(0));
  memory.until = RetryWithinPeriod(host.clock.Now(), memory.until, period_end);
  return memory.until;
}

JobRun PauseForStore(Host& host, OutboxMemory& memory, Error error) {
  error.message = "What Polar said of usage cannot be written down, so that nothing more is sent. " + error.message;
  memory.unwritten = std::move(error);
  const Timestamp until = Pause(host, memory);
  return {*memory.unwritten, until};
}

}  // namespace

Task<JobRun> ReportUsage(Shared& shared, OutboxMemory& memory) {
  Host& host = shared.host;
  // A clock that was set back does not make it longer.
  const Timestamp start = host.clock.Now();
  if (start < memory.until && memory.until <= start.PlusSeconds(kMaxPauseSeconds)) {
    if (memory.unwritten) co_return JobRun(*memory.unwritten, memory.until);
    co_return memory.until;
  }
  if (!memory.outcomes.empty()) {
    const Status written = co_await WriteOutcomes(shared, memory.rows, memory.outcomes, memory.was_duplicate);
    if (!written) co_return PauseForStore(host, memory, written.error());
    const Status given_back = co_await GiveBackAll(host, memory.rows);
    if (!given_back) co_return PauseForStore(host, memory, given_back.error());
    memory = {};
  }
  while (!shared.is_stopping) {
    const Timestamp since = host.clock.Now();
    std::string claim = UuidFromEntropy(host.random.Entropy());
    Result<std::vector<UsageRow>> due = co_await host.store.ClaimUsage(std::move(claim), since, kMaxBatchEvents);
    if (!due) co_return due.error();
    if (due->empty()) break;
    const bool is_full = due->size() == kMaxBatchEvents;
    Result<Reported> reported = co_await Report(shared, std::move(*due), since, memory);
    if (!reported) co_return PauseForStore(host, memory, reported.error());
    if (reported->is_given_back) co_return host.clock.Now().PlusSeconds(1);
    if (reported->takes_nothing) {
      const Result<std::optional<Timestamp>> ends_at = co_await host.store.SoonestUsageEnd(host.clock.Now());
      if (!ends_at) co_return ends_at.error();
      co_return PauseForPolar(host, memory, *reported, *ends_at);
    }
    memory = {};
    // What came meanwhile goes with the next run's first batch, not with a small one of its own.
    if (!is_full && reported->all) break;
  }
  Result<std::optional<Timestamp>> next = co_await host.store.NextUsageDue(host.clock.Now());
  if (!next) co_return next.error();
  co_return *next;
}

}  // namespace plinto::polar::server
