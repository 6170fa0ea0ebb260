// An entry of PRODUCTS: a product of Polar's as this application sells it, and what it makes of its buyer.
//
// Plans are listed from the lowest tier to the highest: where a customer has several, the last one listed that gives
// access counts (entitlements.h). Ids are UUIDs in lower case.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/describe.h"
#include "core/foundation/text.h"

namespace plinto::polar {

/// A feature that lasts as long as a benefit is granted.
struct BenefitFeature {
  std::string feature;
  std::string benefit_id;

  bool operator==(const BenefitFeature&) const = default;
};
template <>
inline constexpr auto kDescription<BenefitFeature> =
    Describe(Field("feature", &BenefitFeature::feature, "The application's name for it.", Length(1, 128)),
             Field("benefit_id", &BenefitFeature::benefit_id, "Polar's benefit.", kUuid));

/// How Conekta sells a product in Mexico: by a plan of its that renews, or once for an amount.
struct ConektaPrice {
  std::string plan_id = {};  ///< empty of what is bought once
  std::int64_t amount = 0;   ///< of what is bought once: in centavos, tax included
  std::string name = {};     ///< of what is bought once: as the buyer reads it on the page

  [[nodiscard]] bool renews() const { return !plan_id.empty(); }
  bool operator==(const ConektaPrice&) const = default;
};

struct Plan {
  std::string slug;
  std::string product_id;
  std::string tier;
  std::vector<std::string> features = {};
  std::vector<BenefitFeature> benefit_features = {};
  std::vector<std::string> overage_meters = {};
  std::int64_t grace_days = 0;
  std::vector<std::string> proration_behaviors = {};  ///< how buyers may choose to be billed when they change to it
  std::vector<std::string> checkout_options = {};     ///< what buyers may ask for: of kCheckoutOptions
  std::optional<ConektaPrice> conekta = {};           ///< nothing where Conekta does not sell it
  std::string country = {};                           ///< upper case: of a buyer of whom none is known; empty for none

  bool operator==(const Plan&) const = default;
};
/// What decides on access. What a buyer may ask for is the server's business alone.
template <>
inline constexpr auto kDescription<Plan> =
    Describe(Field("slug", &Plan::slug, "The product's name in this application.", Length(1, 128)),
             Field("product_id", &Plan::product_id, "Polar's product.", kUuid),
             Field("tier", &Plan::tier, "What the product makes of its buyer.", Length(1, 128)),
             Field("features", &Plan::features, "What every buyer may use.", Length(1, 128)),
             Field("benefit_features", &Plan::benefit_features, "What a buyer may use while Polar grants a benefit."),
             Field("overage_meters", &Plan::overage_meters, "Meters whose use beyond the credits is billed."),
             Field("grace_days", &Plan::grace_days, "Days of access after a charge failed.", Range(0, 365)));

inline constexpr std::string_view kDiscountsOption = "discounts";
inline constexpr std::string_view kTrialsOption = "trials";
inline constexpr std::string_view kAmountsOption = "amounts";
inline constexpr std::string_view kAnonymousOption = "anonymous";  ///< buying without signing in
inline constexpr std::string_view kCheckoutOptions[] = {kDiscountsOption, kTrialsOption, kAmountsOption,
                                                        kAnonymousOption};

/// Whether one of a product's plans lists a word. Nothing is listed for a product without a plan.
[[nodiscard]] inline bool IsListed(std::span<const Plan> plans, std::string_view product_id,
                                   std::vector<std::string> Plan::*list, std::string_view word) {
  return std::any_of(plans.begin(), plans.end(), [&](const Plan& plan) {
    const std::vector<std::string>& words = plan.*list;
    return EqualsIgnoringCase(plan.product_id, product_id) &&
           std::find(words.begin(), words.end(), word) != words.end();
  });
}

}  // namespace plinto::polar
