// `GET /access` as the server takes and answers it: what clients ask and read of it (access.h), and the explanation
// that back ends may ask for with a service key.
//
// Values only. The browser's core does without it.
#pragma once

#include "core/billing/access/access_explanation.h"
#include "core/gateway/access.h"

namespace plinto::polar {

struct AccessQuery {
  std::optional<std::string> feature = {};
  std::optional<std::string> tier = {};
  std::optional<std::string> meter = {};
  std::optional<Decimal> required = {};
  std::optional<std::string> organization_id = {};
  std::optional<bool> explain = {};
};
template <>
inline constexpr auto kDescription<AccessQuery> = Describe(
    Input("What is asked about; the plan as a whole without either."),
    Field("feature", &AccessQuery::feature, "A feature of PRODUCTS, or one that a benefit grants.", Length(1, 128)),
    Field("tier", &AccessQuery::tier, "A tier of PRODUCTS; not together with `feature`.", Length(1, 128)),
    Field("meter", &AccessQuery::meter, "A meter's id or name at Polar, or the event that it counts; alone.",
          Length(1, 128)),
    Field("required", &AccessQuery::required, "How much of the meter; 1 when absent.", kRequiredUnits),
    Field("organization_id", &AccessQuery::organization_id,
          "The Plinto organization that is billed; the signed-in user when absent.", kUuid),
    Field("explain", &AccessQuery::explain,
          "With a service key: also name the facts behind the answer. `1` and `0` are taken too."));

struct AccessAnswer {
  bool allowed = false;
  OpenEnum<EntitlementReason> reason = EntitlementReason::kNoPlan;
  std::optional<Timestamp> until = {};
  std::optional<std::string> tier = {};
  std::optional<Decimal> balance = {};
  std::optional<bool> stale = {};
  std::optional<AccessExplanation> explanation = {};
};
template <>
inline constexpr auto kDescription<AccessAnswer> = Describe(
    Output("May it be used, and, where that was asked, why?"),
    Field("allowed", &AccessAnswer::allowed, "May it be used now?"),
    Field("reason", &AccessAnswer::reason, "Why; a stable word."),
    Field("until", &AccessAnswer::until, "When access ends if nothing else is heard."),
    Field("tier", &AccessAnswer::tier, "What the customer is now; absent without a plan."),
    Field("balance", &AccessAnswer::balance, "Of the meter that was asked about; else absent."),
    Field("stale", &AccessAnswer::stale, "True when it could not be verified with Polar for too long; else absent."),
    Field("explanation", &AccessAnswer::explanation, "The facts behind the answer, where `explain` asked for them."));

}  // namespace plinto::polar
