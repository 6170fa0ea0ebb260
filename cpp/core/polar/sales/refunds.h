// Refunds, for reading in pages; amounts are minor units. Parse... has the errors of ParseAnswer (request.h).
#pragma once

#include "core/model/refund.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which refunds to list.
struct RefundQuery {
  std::vector<std::string> id = {};
  std::vector<std::string> order_id = {};
  std::vector<std::string> subscription_id = {};
  std::vector<std::string> customer_id = {};
  std::vector<std::string> external_customer_id = {};
  std::optional<bool> succeeded = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
};
template <>
inline constexpr auto kDescription<RefundQuery> =
    Describe(Field("id", &RefundQuery::id, "Any of these."),
             Field("order_id", &RefundQuery::order_id, "Of any of these orders."),
             Field("subscription_id", &RefundQuery::subscription_id, "Of any of these subscriptions."),
             Field("customer_id", &RefundQuery::customer_id, "Of any of these customers."),
             Field("external_customer_id", &RefundQuery::external_customer_id, "The same by Plinto ids."),
             Field("succeeded", &RefundQuery::succeeded, "Succeeded ones, or not."),
             Field("page", &RefundQuery::page, "1 is the first."),
             Field("limit", &RefundQuery::limit, "10 when absent, 100 at most."),
             Field("sorting", &RefundQuery::sorting, "`-created_at` is newest first."));

[[nodiscard]] HttpRequest BuildListRefunds(const PolarAccount& account, const RefundQuery& query = {});

[[nodiscard]] Result<Page<Refund>> ParseRefunds(const HttpResponse& response);

}  // namespace plinto::polar
