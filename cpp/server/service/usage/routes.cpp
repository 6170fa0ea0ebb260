// POST /usage, and the outbox that reports to Polar what was recorded.
#include "core/billing/usage_batch.h"
#include "core/billing/usage_delivery.h"
#include "core/foundation/text.h"
#include "core/gateway/usage.h"
#include "server/service/answers.h"
#include "server/service/caller/caller.h"
#include "server/service/polar_call.h"
#include "server/service/service.h"

namespace plinto::polar::server {
namespace {

constexpr int kBatch = 1'000;
constexpr std::int64_t kReportBudgetMs = 30'000;
constexpr std::int64_t kMaxBackoffSeconds = 300;

// Polar keeps ids unique over all customers, callers only over their own: the subject makes them so.
std::string PolarEventId(const UsageRow& usage) { return usage.subject.id + ":" + usage.external_id; }

UsageEvent EventOf(const UsageRow& usage) {
  Json metadata = Json::object();
  SetMember(metadata, "quantity", usage.quantity);
  if (Result<Json> properties = ParseJson(usage.properties)) {
    if (const auto* object = properties->get_ptr<const Json::object_t*>()) {
      for (const auto& [key, value] : *object) SetMember(metadata, key, value);
    }
  }
  return {usage.event_name, usage.subject.id, PolarEventId(usage), usage.created_at, std::move(metadata)};
}

// What goes to Polar in one batch. Rows that do not fit come with the next.
struct Batch {
  std::vector<UsageRow> rows;
  std::vector<UsageEvent> events;
  std::vector<std::int64_t> left;  ///< rows that do not fit
};

Batch Gather(std::vector<UsageRow> due, Timestamp now) {
  UsageBatch bounds({.max_events = kBatch});
  Batch batch;
  bool is_full = false;
  for (UsageRow& row : due) {
    UsageEvent event = EventOf(row);
    const Result<UsageBatch::Added> added = is_full ? UsageBatch::Added::kFull : bounds.Add(event, now);
    // What is too large for any batch goes alone, and Polar's refusal is what is written down.
    is_full = is_full || (added ? *added == UsageBatch::Added::kFull : !batch.rows.empty());
    if (is_full || (added && *added == UsageBatch::Added::kKnown)) {
      batch.left.push_back(row.row);
      continue;
    }
    batch.rows.push_back(std::move(row));
    batch.events.push_back(std::move(event));
    is_full = !added;
  }
  return batch;
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

Timestamp NextTry(Timestamp now, int attempts) {
  const std::int64_t seconds = std::int64_t{1} << std::min(attempts, 10);
  return now.PlusSeconds(std::min(seconds, kMaxBackoffSeconds));
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
  const Timestamp retry_at = NextTry(now, rows[first.index].attempts);
  co_return co_await host.store.MarkUsageFailed(std::move(delayed), first.reason, retry_at);
}

}  // namespace

Error Service::EventNotAllowed() {
  return {.code = ErrorCode::kUsageEventNotAllowed,
          .message = "End users may not record this event. Add its name to USAGE_EVENTS if they should.",
          .field = "event_name"};
}

UsageRow Service::RowOf(Subject subject, const PolarUsageOptions& request, Timestamp now) {
  UsageRow row;
  row.subject = std::move(subject);
  row.external_id = request.external_id ? *request.external_id : UuidFromEntropy(host_.random.Entropy());
  row.event_name = request.event_name;
  row.quantity = request.quantity.value_or(1);
  row.properties = request.properties ? DumpJson(*request.properties) : "{}";
  row.created_at = now;
  return row;
}

Task<Result<HttpResponse>> Service::PostUsage(Context context) {
  Result<PolarUsageOptions> request = ReadBody<PolarUsageOptions>(context.request);
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckUsageOptions(*request); !checked) co_return std::move(checked).error();
  if (!context.credentials.key && !settings_.usage_events.contains(request->event_name)) {
    co_return EventNotAllowed();
  }
  Result<Caller> caller = co_await Admit(context, request->organization_id);
  if (!caller) co_return std::move(caller).error();

  UsageRow row = RowOf(std::move(caller->subject), *request, host_.clock.Now());
  Result<UsageRow> kept = co_await host_.store.AddUsage(std::move(row));
  if (!kept) co_return std::move(kept).error();
  notify_of_usage_();
  co_return JsonAnswer(202, UsageReceipt{kept->external_id, kept->event_name, kept->quantity, kept->reported});
}

Task<std::optional<Timestamp>> Service::ReportUsage() {
  for (;;) {
    Result<std::vector<UsageRow>> due = co_await host_.store.DueUsage(host_.clock.Now(), kBatch);
    if (!due) co_return host_.clock.Now().PlusSeconds(1);
    if (due->empty()) break;
    const bool is_full = due->size() == std::size_t{kBatch};
    Result<bool> all = co_await Report(std::move(*due));
    if (!all) co_return host_.clock.Now().PlusSeconds(1);
    // What came meanwhile goes with the next run's first batch, not with a small one of its own.
    if (!is_full && *all) break;
  }
  Result<std::optional<Timestamp>> next = co_await host_.store.NextUsageDue();
  co_return next ? *next : std::optional(host_.clock.Now().PlusSeconds(1));
}

Task<Result<bool>> Service::Report(std::vector<UsageRow> usage) {
  Batch batch = Gather(std::move(usage), host_.clock.Now());
  const bool all = batch.left.empty();
  if (!all) {
    Status released = co_await host_.store.ReleaseUsage(std::move(batch.left), host_.clock.Now());
    if (!released) co_return std::move(released).error();
  }
  UsageDelivery delivery(batch.rows.size());
  while (!delivery.Next().empty()) {
    std::vector<UsageEvent> events;
    for (const std::size_t index : delivery.Next()) events.push_back(batch.events[index]);
    const Timestamp deadline = host_.clock.Now().PlusMilliseconds(kReportBudgetMs);
    const CallOutcome outcome = co_await CallPolar(host_, BuildIngestUsage(settings_.polar, events), true, deadline);
    Status written = co_await WriteOutcomes(host_, batch.rows, Advance(delivery, outcome));
    if (!written) co_return std::move(written).error();
  }
  co_return all;
}

}  // namespace plinto::polar::server
