// Subscriptions: read, changed, ended. No change is idempotent: one whose answer was lost is read again, not sent
// again. Parse... has the errors of ParseAnswer (request.h); a refusal is CONFLICT, with Polar's class in `details`.
#pragma once

#include "core/model/subscription.h"
#include "core/model/subscription_update.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which subscriptions to list.
struct SubscriptionQuery {
  std::vector<std::string> product_id = {};
  std::vector<std::string> customer_id = {};
  std::vector<std::string> external_customer_id = {};
  std::vector<std::string> discount_id = {};
  std::optional<bool> active = {};
  std::vector<OpenEnum<SubscriptionStatus>> status = {};
  std::optional<bool> cancel_at_period_end = {};
  std::vector<OpenEnum<CancellationReason>> customer_cancellation_reason = {};
  std::optional<Timestamp> canceled_at_after = {};
  std::optional<Timestamp> canceled_at_before = {};
  std::optional<Timestamp> started_after = {};
  std::optional<Timestamp> started_before = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<SubscriptionQuery> = Describe(
    Field("product_id", &SubscriptionQuery::product_id, "To any of these products."),
    Field("customer_id", &SubscriptionQuery::customer_id, "Of any of these customers."),
    Field("external_customer_id", &SubscriptionQuery::external_customer_id, "The same by Plinto ids."),
    Field("discount_id", &SubscriptionQuery::discount_id, "With any of these discounts."),
    Field("active", &SubscriptionQuery::active, "That give access, or do not."),
    Field("status", &SubscriptionQuery::status, "In any of these states."),
    Field("cancel_at_period_end", &SubscriptionQuery::cancel_at_period_end, "That will not renew."),
    Field("customer_cancellation_reason", &SubscriptionQuery::customer_cancellation_reason,
          "Canceled for any of these reasons."),
    Field("canceled_at_after", &SubscriptionQuery::canceled_at_after, "From then on."),
    Field("canceled_at_before", &SubscriptionQuery::canceled_at_before, "Before then."),
    Field("started_after", &SubscriptionQuery::started_after, "From then on."),
    Field("started_before", &SubscriptionQuery::started_before, "Before then."),
    Field("page", &SubscriptionQuery::page, "1 is the first."),
    Field("limit", &SubscriptionQuery::limit, "10 when absent, 100 at most."),
    Field("sorting", &SubscriptionQuery::sorting, "`-started_at` is newest first."),
    Field("metadata", &SubscriptionQuery::metadata, "Texts, numbers, booleans by key; lists for any of several."));

[[nodiscard]] HttpRequest BuildGetSubscription(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildListSubscriptions(const PolarAccount& account, const SubscriptionQuery& query = {});

/// Refusals: 402 the payment failed, 403 it is canceled or inactive, 409 another change is under way.
[[nodiscard]] HttpRequest BuildUpdateSubscription(const PolarAccount& account, std::string_view id,
                                                  const SubscriptionUpdate& update);
/// Ends it now. Not a cancellation: access goes at once.
[[nodiscard]] HttpRequest BuildRevokeSubscription(const PolarAccount& account, std::string_view id);

[[nodiscard]] Result<Subscription> ParseSubscription(const HttpResponse& response);
[[nodiscard]] Result<Page<Subscription>> ParseSubscriptions(const HttpResponse& response);

}  // namespace plinto::polar
