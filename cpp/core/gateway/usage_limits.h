// `/usage/limits` of our own API: caps on one event of one user or organization.
//
// Values only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/billing/usage/usage_limit.h"
#include "core/gateway/usage.h"

namespace plinto::polar {

struct UsageLimitOptions {
  std::string event_name;
  std::string period;
  Decimal maximum = 0;
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<UsageLimitOptions> = Describe(
    Input("A cap on what may be recorded."),
    Field("event_name", &UsageLimitOptions::event_name, "Of which event.", Length(1, 128)),
    Field("period", &UsageLimitOptions::period, "A calendar `day` or `month` in UTC.", Known(kEnumTexts<LimitPeriod>)),
    Field("maximum", &UsageLimitOptions::maximum, "The sum of quantities that is not passed; 0 or more.",
          Range(0, 9'007'199'254'740'991)),
    Field("organization_id", &UsageLimitOptions::organization_id,
          "The Plinto organization that is capped; the signed-in user when absent.", kUuid));

struct UsageLimitName {
  std::string event_name;
  std::string period;
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<UsageLimitName> =
    Describe(Input("Which cap."), Field("event_name", &UsageLimitName::event_name, "Of which event.", Length(1, 128)),
             Field("period", &UsageLimitName::period, "`day` or `month`.", Known(kEnumTexts<LimitPeriod>)),
             Field("organization_id", &UsageLimitName::organization_id,
                   "The Plinto organization that is capped; the signed-in user when absent.", kUuid));

struct UsageLimit {
  std::string event_name;
  std::string period;
  Decimal maximum = 0;
  Decimal used = 0;
  Decimal reserved = 0;
  Decimal remaining = 0;
  Timestamp resets_at;
};
template <>
inline constexpr auto kDescription<UsageLimit> = Describe(
    Output("A cap, and what is left of it."), Field("event_name", &UsageLimit::event_name, "Of which event."),
    Field("period", &UsageLimit::period, "A calendar `day` or `month` in UTC.", Known(kEnumTexts<LimitPeriod>)),
    Field("maximum", &UsageLimit::maximum, "What is not passed."),
    Field("used", &UsageLimit::used, "Recorded in this period."),
    Field("reserved", &UsageLimit::reserved, "Set aside in this period by leases that are open."),
    Field("remaining", &UsageLimit::remaining, "What may still be recorded or reserved; never below 0."),
    Field("resets_at", &UsageLimit::resets_at, "When the next period begins."));

struct UsageLimits {
  std::vector<UsageLimit> items;
};
template <>
inline constexpr auto kDescription<UsageLimits> = Describe(Output("All caps of one user or organization."),
                                                           Field("items", &UsageLimits::items,
                                                                 "By event, then by period."));

struct RemovedLimit {
  bool removed = false;
};
template <>
inline constexpr auto kDescription<RemovedLimit> =
    Describe(Output("What became of a cap."), Field("removed", &RemovedLimit::removed, "False where there was none."));

}  // namespace plinto::polar
