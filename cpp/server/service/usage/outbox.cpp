#include "server/service/usage/outbox.h"

#include "core/billing/usage_batch.h"
#include "core/billing/usage_delivery.h"
#include "core/polar/events.h"
#include "server/base/backoff.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kReportBudgetMs = 30'000;
constexpr std::int64_t kMaxBackoffSeconds = 300;

// Polar keeps ids unique over all customers, callers only over their own: the subject makes them so.
std::string PolarEventId(const UsageRow& usage) { return usage.subject.id + ":" + usage.external_id; }

std::string EventText(const UsageRow& usage) {
  Json metadata = Json::object();
  SetMember(metadata, "quantity", usage.quantity);
  if (Result<Json> properties = ParseJson(usage.properties)) {
    if (const auto* object = properties->get_ptr<const Json::object_t*>()) {
      for (const auto& [key, value] : *object) SetMember(metadata, key, value);
    }
  }
  const UsageEvent event{usage.event_name, usage.subject.id, PolarEventId(usage), usage.created_at,
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
    const Result<UsageBatch::Added> added = batch.Add(PolarEventId(row), EventText(row), now);
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

// What Polar's answer, or its silence, decides.
std::vector<UsageOutcome> Advance(UsageDelivery& delivery, const CallOutcome& outcome) {
  const Result<UsageIngestAnswer> answer = ReadOutcome(outcome, ParseUsageIngestAnswer);
  if (answer) return delivery.OnTaken();
  const std::string reason = answer.error().message + " " + answer.error().details;
  const auto* response = std::get_if<HttpResponse>(&outcome);
  if (response != nullptr && IsContentRefused(answer.error())) return delivery.OnRefused(*response, reason);
  return delivery.OnFailed(reason);
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
    if (outcome.kind != UsageOutcome::Kind::kRefused) continue;
    std::vector<std::int64_t> refused = {row};
    Status parked = co_await host.store.MarkUsageFailed(std::move(refused), outcome.reason, std::nullopt);
    if (!parked) co_return parked;
  }
  if (!reported.empty()) {
    Status marked = co_await host.store.MarkUsageReported(std::move(reported), now);
    if (!marked) co_return marked;
  }
  if (delayed.empty()) co_return Done{};
  const UsageOutcome& first = outcomes.front();
  const Timestamp retry_at = now.PlusSeconds(Backoff(1, rows[first.index].attempts, kMaxBackoffSeconds));
  co_return co_await host.store.MarkUsageFailed(std::move(delayed), first.reason, retry_at);
}

/// Gives back what did not fit, and parks what never will.
Task<Status> PutAside(Host& host, Gathered& gathered) {
  if (!gathered.left.empty()) {
    Status released = co_await host.store.ReleaseUsage(std::move(gathered.left), host.clock.Now());
    if (!released) co_return released;
  }
  if (gathered.too_large.empty()) co_return Done{};
  std::string reason = "The event is larger than a whole request to Polar may be.";
  co_return co_await host.store.MarkUsageFailed(std::move(gathered.too_large), std::move(reason), std::nullopt);
}

/// Whether all of it fitted into one request; what did not is due again.
Task<Result<bool>> Report(Host& host, const Settings& settings, std::vector<UsageRow> usage) {
  Gathered gathered = Gather(std::move(usage), host.clock.Now());
  const bool all = gathered.left.empty();
  Status put_aside = co_await PutAside(host, gathered);
  if (!put_aside) co_return std::move(put_aside).error();
  UsageDelivery delivery(gathered.rows.size());
  while (!delivery.Next().empty()) {
    std::vector<std::string_view> events;
    for (const std::size_t index : delivery.Next()) events.emplace_back(gathered.events[index]);
    const Timestamp deadline = host.clock.Now().PlusMilliseconds(kReportBudgetMs);
    HttpRequest request = BuildIngestUsage(settings.polar, events);
    const CallOutcome outcome = co_await CallPolar(host, std::move(request), true, deadline);
    Status written = co_await WriteOutcomes(host, gathered.rows, Advance(delivery, outcome));
    if (!written) co_return std::move(written).error();
  }
  co_return all;
}

}  // namespace

Task<std::optional<Timestamp>> ReportUsage(Host& host, const Settings& settings) {
  for (;;) {
    Result<std::vector<UsageRow>> due = co_await host.store.DueUsage(host.clock.Now(), kMaxBatchEvents);
    if (!due) co_return host.clock.Now().PlusSeconds(1);
    if (due->empty()) break;
    const bool is_full = due->size() == kMaxBatchEvents;
    Result<bool> all = co_await Report(host, settings, std::move(*due));
    if (!all) co_return host.clock.Now().PlusSeconds(1);
    // What came meanwhile goes with the next run's first batch, not with a small one of its own.
    if (!is_full && *all) break;
  }
  Result<std::optional<Timestamp>> next = co_await host.store.NextUsageDue();
  co_return next ? *next : std::optional(host.clock.Now().PlusSeconds(1));
}

}  // namespace plinto::polar::server
