#include "core/billing/usage/usage_limit.h"

#include <algorithm>

namespace plinto::polar {
namespace {

constexpr std::int64_t kDayUs = std::int64_t{86'400} * 1'000'000;

Timestamp DayOf(Timestamp at) {
  const std::int64_t into = at.microseconds % kDayUs;
  return {at.microseconds - into - (into < 0 ? kDayUs : 0)};
}

std::string AtLeastZero(const DecimalSum& number) { return std::max(number, DecimalSum(0)).Text(); }

}  // namespace

Timestamp PeriodStart(LimitPeriod period, Timestamp at) {
  const Timestamp day = DayOf(at);
  return period == LimitPeriod::kDay ? day : day.PlusSeconds(-std::int64_t{86'400} * (ToCivilDate(at).day - 1));
}

Timestamp PeriodEnd(LimitPeriod period, Timestamp at) {
  const Timestamp start = PeriodStart(period, at);
  return period == LimitPeriod::kDay ? start.PlusSeconds(86'400) : AddMonths(start, 1, 1);
}

Error LimitReached(const std::string& event_name, LimitPeriod period, const DecimalSum& maximum, const DecimalSum& left,
                   const Decimal& required, Timestamp resets_at) {
  const std::string name(kEnumTexts<LimitPeriod>[static_cast<std::size_t>(period)]);
  const std::string until = FormatTimestamp(resets_at);
  return {.code = ErrorCode::kUsageLimitReached,
          .message = "The limit on `" + event_name + "` of " + maximum.Text() + " per " + name + " leaves " +
                     AtLeastZero(left) + ", and this takes " + required.text() + ". It begins anew at " + until +
                     "; an owner can raise it (PUT /usage/limits).",
          .field = "quantity",
          .details = "limit=" + maximum.Text() + " period=" + name + " remaining=" + AtLeastZero(left) +
                     " required=" + required.text() + " resets_at=" + until};
}

Error BalanceExhausted(const std::string& meter_name, const DecimalSum& balance, const Decimal& required) {
  return {.code = ErrorCode::kUsageBalanceExhausted,
          .message = "The credits on the meter `" + meter_name + "` leave " + AtLeastZero(balance) +
                     ", and this takes " + required.text() +
                     ". Reserve less, release what is not needed, or have more credits bought.",
          .field = "quantity",
          .details = "balance=" + balance.Text() + " required=" + required.text()};
}

}  // namespace plinto::polar
