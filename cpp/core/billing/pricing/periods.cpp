#include "core/billing/pricing/periods.h"

namespace plinto::polar {

Timestamp NextPeriod(Timestamp start, std::string_view interval, std::int64_t count, int anchor_day) {
  constexpr std::int64_t kSecondsOfDay = 86'400;
  if (interval == "day") return start.PlusSeconds(kSecondsOfDay * count);
  if (interval == "week") return start.PlusSeconds(7 * kSecondsOfDay * count);
  return AddMonths(start, (interval == "year" ? 12 : 1) * count, anchor_day);
}

Timestamp AddInterval(Timestamp at, std::string_view interval, std::int64_t count) {
  return NextPeriod(at, interval, count, ToCivilDate(at).day);
}

}  // namespace plinto::polar
