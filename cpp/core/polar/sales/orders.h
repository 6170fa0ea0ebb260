// Orders and their invoices, which are made once, after the payment, and then fixed. Errors: ParseAnswer's (request.h).
#pragma once

#include "core/model/order.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which orders to list.
struct OrderQuery {
  std::vector<std::string> product_id = {};
  std::vector<std::string> product_billing_type = {};
  std::vector<std::string> discount_id = {};
  std::vector<std::string> customer_id = {};
  std::vector<std::string> external_customer_id = {};
  std::vector<std::string> checkout_id = {};
  std::vector<std::string> subscription_id = {};
  std::vector<OpenEnum<OrderStatus>> status = {};
  std::optional<Timestamp> created_after = {};
  std::optional<Timestamp> created_before = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
  std::optional<Json> metadata = {};
};
template <>
inline constexpr auto kDescription<OrderQuery> =
    Describe(Field("product_id", &OrderQuery::product_id, "Of any of these products."),
             Field("product_billing_type", &OrderQuery::product_billing_type, "`recurring`, `one_time`."),
             Field("discount_id", &OrderQuery::discount_id, "With any of these discounts."),
             Field("customer_id", &OrderQuery::customer_id, "Of any of these customers."),
             Field("external_customer_id", &OrderQuery::external_customer_id, "The same by Plinto ids."),
             Field("checkout_id", &OrderQuery::checkout_id, "From any of these checkouts."),
             Field("subscription_id", &OrderQuery::subscription_id, "Of any of these subscriptions."),
             Field("status", &OrderQuery::status, "In any of these states."),
             Field("created_after", &OrderQuery::created_after, "From then on."),
             Field("created_before", &OrderQuery::created_before, "Before then."),
             Field("page", &OrderQuery::page, "1 is the first."),
             Field("limit", &OrderQuery::limit, "10 when absent, 100 at most."),
             Field("sorting", &OrderQuery::sorting, "`-created_at` is newest first."),
             Field("metadata", &OrderQuery::metadata, "Texts, numbers, booleans by key; lists for any of several."));

[[nodiscard]] HttpRequest BuildGetOrder(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildListOrders(const PolarAccount& account, const OrderQuery& query = {});
[[nodiscard]] HttpRequest BuildUpdateOrder(const PolarAccount& account, std::string_view id, const OrderUpdate& update);

/// Asks for the invoice, which `order.updated` tells of once it is there. The answer is read by ParseAccepted.
/// Refusals: 422 billing name or address is missing; 409 the order is not paid.
[[nodiscard]] HttpRequest BuildGenerateInvoice(const PolarAccount& account, std::string_view id);
/// 404 until it is generated.
[[nodiscard]] HttpRequest BuildGetInvoice(const PolarAccount& account, std::string_view id);

[[nodiscard]] Result<Order> ParseOrder(const HttpResponse& response);
[[nodiscard]] Result<Page<Order>> ParseOrders(const HttpResponse& response);
[[nodiscard]] Result<OrderInvoice> ParseInvoice(const HttpResponse& response);

}  // namespace plinto::polar
