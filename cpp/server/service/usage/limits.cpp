#include "server/service/usage/limits.h"

#include <algorithm>

#include "core/gateway/usage_limits.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/shared.h"

namespace plinto::polar::server {
namespace {

Result<LimitPeriod> ReadPeriod(const std::string& text) {
  if (text == "day") return LimitPeriod::kDay;
  if (text == "month") return LimitPeriod::kMonth;
  return ValidationError("period", "Must be day or month.");
}

UsageLimit ViewOf(const LimitRow& row) {
  const auto period = static_cast<std::size_t>(row.name.period);
  return {.event_name = row.name.event_name,
          .period = std::string(kEnumTexts<LimitPeriod>[period]),
          .maximum = row.maximum.ToDecimal(),
          .used = row.used.ToDecimal(),
          .reserved = row.reserved.ToDecimal(),
          .remaining = std::max(row.Left(), DecimalSum(0)).ToDecimal(),
          .resets_at = PeriodEnd(row.name.period, row.period_start)};
}

}  // namespace

Task<Result<HttpResponse>> PutUsageLimit(Shared& shared, Context context) {
  Result<UsageLimitOptions> asked = ReadBody<UsageLimitOptions>(context.request, {.exact_key = "maximum"});
  if (!asked) co_return std::move(asked).error();
  const Result<LimitPeriod> period = ReadPeriod(asked->period);
  if (!period) co_return period.error();
  Result<Caller> caller = co_await Admit(shared.host, context, asked->organization_id);
  if (!caller) co_return std::move(caller).error();
  LimitName name{std::move(caller->subject), std::move(asked->event_name), *period};
  const Result<LimitRow> limit = co_await shared.host.store.SetUsageLimit(
      std::move(name), DecimalSum(asked->maximum), shared.settings.tells_application, shared.host.clock.Now());
  if (!limit) co_return limit.error();
  shared.notify_of_usage();
  co_return JsonAnswer(200, ViewOf(*limit));
}

Task<Result<HttpResponse>> ListLimits(Shared& shared, Context context) {
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  const Result<std::vector<LimitRow>> limits =
      co_await shared.host.store.ListUsageLimits(std::move(caller->subject), shared.host.clock.Now());
  if (!limits) co_return limits.error();
  UsageLimits answer;
  for (const LimitRow& row : *limits) answer.items.push_back(ViewOf(row));
  co_return JsonAnswer(200, answer);
}

Task<Result<HttpResponse>> DeleteUsageLimit(Shared& shared, Context context) {
  Result<UsageLimitName> asked = ReadQuery<UsageLimitName>(context.query);
  if (!asked) co_return std::move(asked).error();
  const Result<LimitPeriod> period = ReadPeriod(asked->period);
  if (!period) co_return period.error();
  Result<Caller> caller = co_await Admit(shared.host, context);
  if (!caller) co_return std::move(caller).error();
  LimitName name{std::move(caller->subject), std::move(asked->event_name), *period};
  const Result<bool> removed = co_await shared.host.store.RemoveUsageLimit(std::move(name));
  if (!removed) co_return removed.error();
  co_return JsonAnswer(200, RemovedLimit{*removed});
}

}  // namespace plinto::polar::server
