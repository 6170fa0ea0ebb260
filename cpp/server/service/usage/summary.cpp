#include "server/service/usage/summary.h"

#include "core/gateway/usage_summary.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/shared.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kMostDays = 366;
constexpr std::int64_t kMostDaysByMonth = 3'660;
constexpr std::int64_t kPage = 100;

Timestamp MonthOf(Timestamp at) {
  const std::string text = FormatTimestamp(at).substr(0, 7) + "-01T00:00:00Z";
  return ParseTimestamp(text).value_or(at);
}

// A day is its first moment.
Result<Timestamp> ReadTime(const std::string& text, const char* field) {
  const auto time = ParseTimestamp(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (time && time->microseconds >= 0) return *time;
  return ValidationError(field, "Must be a day, such as 2026-11-22, or a time in RFC 3339, since 1970.");
}

Result<UsageSummaryRequest> RequestOf(const UsageSummaryOptions& query, Timestamp now) {
  UsageSummaryRequest request;
  request.event_name = query.event_name;
  request.property = query.property;
  request.from = MonthOf(now);
  if (query.by && *query.by != "day" && *query.by != "month") return ValidationError("by", "Must be day or month.");
  request.by_month = query.by == "month";
  if (query.from) {
    const Result<Timestamp> from = ReadTime(*query.from, "from");
    if (!from) return from.error();
    request.from = *from;
  }
  request.to = AddMonths(MonthOf(request.from), 1, 1);
  if (query.to) {
    const Result<Timestamp> to = ReadTime(*query.to, "to");
    if (!to) return to.error();
    request.to = *to;
  }
  const std::int64_t most = request.by_month ? kMostDaysByMonth : kMostDays;
  if (request.to <= request.from) return ValidationError("to", "Must be later than `from`.");
  if (request.to > request.from.PlusSeconds(most * 86'400)) {
    return ValidationError("to", "Must be at most " + std::to_string(most) + " days after `from`. Ask in parts.");
  }
  // One more than is shown: is there a next page?
  request.limit = query.limit.value_or(kPage) + 1;
  request.offset = (query.page.value_or(1) - 1) * query.limit.value_or(kPage);
  return request;
}

Error TooManySummaries() {
  return {
      .code = ErrorCode::kRateLimited,
      .message = "Several summaries of this user or organization are being made. Ask for the next when one is there.",
      .retry_after_ms = 1'000};
}

}  // namespace

Task<Result<HttpResponse>> GetUsageSummary(Shared& shared, Context context) {
  const Result<UsageSummaryOptions> query = ReadQuery<UsageSummaryOptions>(context.query);
  if (!query) co_return query.error();
  Result<UsageSummaryRequest> request = RequestOf(*query, shared.host.clock.Now());
  if (!request) co_return std::move(request).error();
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  // A summary over a million events takes seconds: nobody's hold up another's, nor what they record.
  const auto turn = co_await shared.summaries.Take(caller->subject.id);
  if (!turn) co_return TooManySummaries();
  request->subject = std::move(caller->subject);
  UsageSummary answer;
  answer.from = request->from;
  answer.to = request->to;
  answer.pagination.page = query->page.value_or(1);
  const auto shown = static_cast<std::size_t>(request->limit - 1);
  Result<std::vector<UsageSummaryRow>> rows = co_await shared.host.store.SummarizeUsage(*std::move(request));
  if (!rows) co_return std::move(rows).error();
  answer.pagination.has_next_page = rows->size() > shown;
  if (answer.pagination.has_next_page) rows->resize(shown);
  for (UsageSummaryRow& row : *rows) {
    answer.items.push_back({.event_name = std::move(row.event_name),
                            .period = std::move(row.period),
                            .value = std::move(row.value),
                            .other = row.other ? std::optional(true) : std::nullopt,
                            .events = row.events,
                            .quantity = row.quantity.ToDecimal(),
                            .quantity_decimal = row.quantity.Text(),
                            .reported = row.reported,
                            .waiting = row.waiting,
                            .parked = row.parked});
  }
  co_return JsonAnswer(200, answer);
}

}  // namespace plinto::polar::server
