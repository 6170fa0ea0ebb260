// What gives access: a customer's subscriptions, one-time orders and grants of a tier, the best first, and what they
// and other grants say of each feature. DecideEntitlements() (entitlements.h) and ExplainAccess()
// (access_explanation.h) are both made of it.
//
// Internal to core/billing. The sources point into the plans, the state and the local grants, and the answers into the
// sources and grants, which must outlive them.
#pragma once

#include <cstddef>
#include <map>
#include <set>

#include "core/billing/access/entitlements.h"

namespace plinto::polar {

[[nodiscard]] inline Access Denied(EntitlementReason reason) { return {false, reason, std::nullopt}; }
[[nodiscard]] inline Access Allowed(EntitlementReason reason, std::optional<Timestamp> until = {}) {
  return {true, reason, until};
}

/// Orders by what became of them: a customer may have thousands, and as many grants and refunds.
struct OrderMarks {
  OrderMarks(const BillingState& state, const std::vector<GrantInForce>& grants);

  [[nodiscard]] bool IsRefunded(const std::string& order_id) const { return refunded.contains(order_id); }
  [[nodiscard]] bool IsRevoked(const std::string& order_id) const {
    return revoked.contains(order_id) && !granted.contains(order_id);
  }

  std::set<std::string> refunded;  ///< with its benefits revoked
  std::set<std::string> granted;   ///< a benefit of it is in force
  std::set<std::string> revoked;   ///< a benefit of it was revoked
};

/// What gives access: one of a subscription, an order and a grant of a tier, with its place in the list of plans.
struct Source {
  Access access = {};
  Timestamp as_of = {};
  std::string id = {};
  std::string product_id = {};
  const Plan* plan = nullptr;
  std::ptrdiff_t rank = -1;  ///< of products without a plan
  const SubscriptionView* subscription = nullptr;
  const OrderView* order = nullptr;
  const LocalGrant* local_grant = nullptr;
};

/// The first one is the customer's plan.
[[nodiscard]] std::vector<Source> FindSources(std::span<const Plan> plans, const BillingState& state,
                                              const std::vector<GrantInForce>& grants,
                                              std::span<const LocalGrant> local_grants, Timestamp now);

/// An answer on a feature, and what gave it; none of them where nothing has the feature.
struct FeatureAnswer {
  Access access = {};
  const Source* source = nullptr;
  const GrantInForce* grant = nullptr;
  const LocalGrant* local_grant = nullptr;  ///< one without a tier; others are sources
};
using FeatureAnswers = std::map<std::string, FeatureAnswer, std::less<>>;

/// What is granted beside the sources: by Polar, and by hand without a tier.
struct BesideSources {
  std::span<const GrantInForce> grants;
  std::span<const LocalGrant> local_grants;
};

/// Every configured feature and every granted one. `otherwise` is the answer on one that nothing gives.
[[nodiscard]] FeatureAnswers AnswerFeatures(std::span<const Plan> plans, std::span<const Source> sources,
                                            BesideSources beside, const Access& otherwise, Timestamp now);

/// The answer where nothing gives anything. The sources are those of the state.
[[nodiscard]] Access AnswerOtherwise(const BillingState& state, std::span<const Source> sources);

using GrantsByBenefit = std::map<std::string_view, const GrantInForce*>;
[[nodiscard]] GrantsByBenefit ByBenefit(std::span<const GrantInForce> grants);

/// What one source says by itself: nothing on features that its product does not have, nor on those that a grant of
/// Polar's in force answers in its place.
void AddAnswersOf(const Source& source, const GrantsByBenefit& granted, FeatureAnswers& answers);

/// Does a feature of these plans last as long as this benefit is granted?
[[nodiscard]] bool IsTied(std::span<const Plan> plans, std::string_view feature, std::string_view benefit_id);
/// The feature that a benefit of type `feature_flag` names in its metadata; null for any other.
[[nodiscard]] const std::string* FlagOf(std::string_view benefit_type, const Json& metadata);

}  // namespace plinto::polar
