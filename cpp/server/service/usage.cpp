// POST /usage, and the outbox that reports to Polar what was recorded.
#include "core/gateway/usage.h"
#include "core/foundation/text.h"
#include "server/service/answers.h"
#include "server/service/caller.h"
#include "server/service/polar_call.h"
#include "server/service/service.h"

namespace plinto::polar::server {
namespace {

// 500 events of the largest size allowed stay far below Polar's 10 MiB for a body.
constexpr int kBatch = 500;
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

std::vector<std::int64_t> RowsOf(const std::vector<UsageRow>& usage) {
  std::vector<std::int64_t> rows;
  for (const UsageRow& one : usage) rows.push_back(one.row);
  return rows;
}

// Polar refused the content itself: sending the same again would be refused again. A time that Polar takes for the
// future is no such case: our clock is ahead of Polar's, and waiting mends that.
bool IsContentRefused(const Error& error) {
  if (error.code == ErrorCode::kValidationFailed) return !error.field.ends_with("timestamp");
  return error.code == ErrorCode::kPayloadTooLarge;
}

Timestamp NextTry(Timestamp now, int attempts) {
  const std::int64_t seconds = std::int64_t{1} << std::min(attempts, 10);
  return now.PlusSeconds(std::min(seconds, kMaxBackoffSeconds));
}

Result<std::optional<std::string>> OneOrganization(std::optional<std::string> in_body,
                                                   std::optional<std::string> in_query) {
  if (in_body && in_query && !EqualsIgnoringCase(*in_body, *in_query)) {
    return ValidationError("organization_id", "The query and the body name different organizations. Name one.");
  }
  return in_body ? std::move(in_body) : std::move(in_query);
}

}  // namespace

Task<Result<HttpResponse>> Service::PostUsage(Context context) {
  Result<AccessToken> token = Authenticate(world_, context.request);
  if (!token) co_return std::move(token).error();
  Result<UsageRequest> request = ReadBody<UsageRequest>(context.request);
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckUsageRequest(*request); !checked) co_return std::move(checked).error();
  Result<std::optional<std::string>> organization =
      OneOrganization(request->organization_id, context.Query("organization_id"));
  if (!organization) co_return std::move(organization).error();
  if (!settings_.usage_events.contains(request->event_name)) {
    co_return Error{.code = ErrorCode::kUsageEventNotAllowed,
                    .message = "End users may not record this event. Add its name to USAGE_EVENTS if they should.",
                    .field = "event_name"};
  }
  Result<Caller> caller = co_await Admit(world_, std::move(*token), std::move(*organization), Action::kRecordUsage);
  if (!caller) co_return std::move(caller).error();

  UsageRow row;
  row.subject = caller->subject;
  row.external_id = request->external_id ? *request->external_id : UuidFromEntropy(world_.random.Entropy());
  row.event_name = request->event_name;
  row.quantity = request->quantity.value_or(1);
  row.properties = request->properties ? DumpJson(*request->properties) : "{}";
  row.created_at = world_.clock.Now();
  Result<UsageRow> kept = co_await world_.store.AddUsage(std::move(row));
  if (!kept) co_return std::move(kept).error();
  Notify();
  co_return JsonAnswer(202, UsageAnswer{kept->external_id, kept->event_name, kept->quantity, kept->reported});
}

Task<std::optional<Timestamp>> Service::ReportUsage() {
  for (;;) {
    Result<std::vector<UsageRow>> due = co_await world_.store.DueUsage(world_.clock.Now(), kBatch);
    if (!due) co_return world_.clock.Now().PlusSeconds(1);
    if (due->empty()) break;
    Status reported = co_await Report(std::move(*due));
    if (!reported) co_return world_.clock.Now().PlusSeconds(1);
  }
  Result<std::optional<Timestamp>> next = co_await world_.store.NextUsageDue();
  co_return next ? *next : std::optional(world_.clock.Now().PlusSeconds(1));
}

// Polar refuses a batch as a whole: one that is refused for its content is halved until the bad event stands alone.
Task<Status> Service::Report(std::vector<UsageRow> usage) {
  std::vector<UsageEvent> events;
  for (const UsageRow& one : usage) events.push_back(EventOf(one));
  const Timestamp deadline = world_.clock.Now().PlusMilliseconds(kReportBudgetMs);
  const CallOutcome outcome = co_await CallPolar(world_, BuildIngestUsage(settings_.polar, events), true, deadline);
  const Result<UsageIngestAnswer> answer = ReadOutcome(outcome, ParseUsageIngestAnswer);
  const Timestamp now = world_.clock.Now();
  if (answer) co_return co_await world_.store.MarkUsageReported(RowsOf(usage), now);
  const std::string reason = answer.error().message + " " + answer.error().details;
  if (!IsContentRefused(answer.error())) {
    const Timestamp retry_at = NextTry(now, usage.front().attempts);
    co_return co_await world_.store.MarkUsageFailed(RowsOf(usage), reason, retry_at);
  }
  if (usage.size() == 1) co_return co_await world_.store.MarkUsageFailed(RowsOf(usage), reason, std::nullopt);
  const auto middle = usage.begin() + static_cast<std::ptrdiff_t>(usage.size() / 2);
  std::vector<UsageRow> second(middle, usage.end());
  usage.erase(middle, usage.end());
  Status status = co_await Report(std::move(usage));
  if (!status) co_return status;
  co_return co_await Report(std::move(second));
}

}  // namespace plinto::polar::server
