// Plans at Conekta: one amount at one interval. Subscriptions name one. Errors: ParseConektaAnswer's (account.h).
#pragma once

#include "core/conekta/account.h"

namespace plinto::polar {

struct ConektaPlan {
  std::string id;
  std::string name;
  std::int64_t amount = 0;
  std::string currency;
  std::string interval;
  std::int64_t frequency = 1;
  std::optional<std::int64_t> trial_period_days = {};
};
template <>
inline constexpr auto kDescription<ConektaPlan> =
    Describe(Field("id", &ConektaPlan::id, "Conekta's, or one of the seller's own.", Length(1, 100)),
             Field("name", &ConektaPlan::name, "Shown to buyers."),
             Field("amount", &ConektaPlan::amount, "Of one cycle, in centavos."),
             Field("currency", &ConektaPlan::currency, "`MXN` or `USD`.", Length(3, 3)),
             Field("interval", &ConektaPlan::interval, "`week`, `half_month`, `month` or `year`."),
             Field("frequency", &ConektaPlan::frequency, "Intervals in a cycle.", Range(1, 1'000'000)),
             Field("trial_period_days", &ConektaPlan::trial_period_days, "Before the first charge."));

[[nodiscard]] HttpRequest BuildGetConektaPlan(const ConektaAccount& account, const std::string& id);
[[nodiscard]] Result<ConektaPlan> ParseConektaPlan(const HttpResponse& response);

}  // namespace plinto::polar
