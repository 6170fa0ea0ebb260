// `GET /access` and `GET /entitlements/token` of our own API: what the subject may use, asked or taken along.
//
// Values only. Both answer from the same entitlements (core/billing/access/entitlements.h), so they always agree.
#pragma once

#include "core/billing/access/entitlements.h"

namespace plinto::polar {

/// As much as an event may bear (gateway/usage.h).
inline constexpr Constraint kRequiredUnits = Range(0, 9'007'199'254'740'991);

struct AccessOptions {
  std::optional<std::string> feature = {};
  std::optional<std::string> tier = {};
  std::optional<std::string> meter = {};
  std::optional<Decimal> required = {};
  std::optional<std::string> organization_id = {};
};
template <>
inline constexpr auto kDescription<AccessOptions> = Describe(
    Input("What is asked about; the plan as a whole without either."),
    Field("feature", &AccessOptions::feature, "A feature of PRODUCTS, or one that a benefit grants.", Length(1, 128)),
    Field("tier", &AccessOptions::tier, "A tier of PRODUCTS; not together with `feature`.", Length(1, 128)),
    Field("meter", &AccessOptions::meter, "A meter's id or name at Polar, or the event that it counts; alone.",
          Length(1, 128)),
    Field("required", &AccessOptions::required, "How much of the meter; 1 when absent.", kRequiredUnits),
    Field("organization_id", &AccessOptions::organization_id,
          "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

struct AccessDecision {
  bool allowed = false;
  OpenEnum<EntitlementReason> reason = EntitlementReason::kNoPlan;
  std::optional<Timestamp> until = {};
  std::optional<std::string> tier = {};
  std::optional<Decimal> balance = {};
  std::optional<bool> stale = {};
};
template <>
inline constexpr auto kDescription<AccessDecision> = Describe(
    Output("May it be used?"), Field("allowed", &AccessDecision::allowed, "May it be used now?"),
    Field("reason", &AccessDecision::reason, "Why; a stable word."),
    Field("until", &AccessDecision::until, "When access ends if nothing else is heard."),
    Field("tier", &AccessDecision::tier, "What the customer is now; absent without a plan."),
    Field("balance", &AccessDecision::balance, "Of the meter that was asked about; else absent."),
    Field("stale", &AccessDecision::stale, "True when it could not be verified with Polar for too long; else absent."));

struct EntitlementToken {
  std::string token;
  Timestamp expires_at;
};
template <>
inline constexpr auto kDescription<EntitlementToken> =
    Describe(Output("Entitlements to take along."),
             Field("token", &EntitlementToken::token,
                   "A JWT (ES256) of the subject's entitlements; the keys are at /.well-known/jwks.json."),
             Field("expires_at", &EntitlementToken::expires_at, "When to fetch the next one."));

}  // namespace plinto::polar
