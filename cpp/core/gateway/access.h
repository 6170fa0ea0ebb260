// `GET /access` and `GET /entitlements/token` of our own API: what the subject may use, asked or taken along.
//
// Values only. Both answer from the same entitlements (core/billing/entitlements.h), so they always agree.
#pragma once

#include "core/billing/entitlements.h"

namespace plinto::polar {

struct AccessAnswer {
  bool allowed = false;
  OpenEnum<EntitlementReason> reason = EntitlementReason::kNoPlan;
  std::optional<Timestamp> until = {};
  std::optional<std::string> tier = {};
};
template <>
inline constexpr auto kDescription<AccessAnswer> =
    Describe(Field("allowed", &AccessAnswer::allowed, "May it be used now?"),
             Field("reason", &AccessAnswer::reason, "Why; a stable word."),
             Field("until", &AccessAnswer::until, "When access ends if nothing else is heard."),
             Field("tier", &AccessAnswer::tier, "What the customer is now; absent without a plan."));

struct EntitlementTokenAnswer {
  std::string token;
  Timestamp expires_at;
};
template <>
inline constexpr auto kDescription<EntitlementTokenAnswer> =
    Describe(Field("token", &EntitlementTokenAnswer::token,
                   "A JWT (ES256) of the subject's entitlements; the keys are at /.well-known/jwks.json."),
             Field("expires_at", &EntitlementTokenAnswer::expires_at, "When to fetch the next one."));

}  // namespace plinto::polar
