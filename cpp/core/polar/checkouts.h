// Checkout sessions: the way to a purchase. Creating one is not idempotent. Errors: those of ParseAnswer (request.h).
#pragma once

#include "core/model/checkout.h"
#include "core/model/checkout_request.h"
#include "core/polar/page.h"
#include "core/polar/request.h"

namespace plinto::polar {

/// Which checkouts to list.
struct CheckoutQuery {
  std::vector<std::string> product_id = {};
  std::vector<std::string> customer_id = {};
  std::vector<std::string> external_customer_id = {};
  std::vector<OpenEnum<CheckoutStatus>> status = {};
  std::optional<std::string> query = {};
  std::optional<std::int64_t> page = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> sorting = {};
};
template <>
inline constexpr auto kDescription<CheckoutQuery> =
    Describe(Field("product_id", &CheckoutQuery::product_id, "Of any of these products."),
             Field("customer_id", &CheckoutQuery::customer_id, "Of any of these customers."),
             Field("external_customer_id", &CheckoutQuery::external_customer_id, "The same by Plinto ids."),
             Field("status", &CheckoutQuery::status, "In any of these states."),
             Field("query", &CheckoutQuery::query, "Text in name or e-mail."),
             Field("page", &CheckoutQuery::page, "1 is the first."),
             Field("limit", &CheckoutQuery::limit, "10 when absent, 100 at most."),
             Field("sorting", &CheckoutQuery::sorting, "`-created_at` is newest first."));

[[nodiscard]] HttpRequest BuildCreateCheckout(const PolarAccount& account, const CheckoutCreate& checkout);
[[nodiscard]] HttpRequest BuildGetCheckout(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildUpdateCheckout(const PolarAccount& account, std::string_view id,
                                              const CheckoutUpdate& update);
[[nodiscard]] HttpRequest BuildListCheckouts(const PolarAccount& account, const CheckoutQuery& query = {});

[[nodiscard]] Result<Checkout> ParseCheckout(const HttpResponse& response);
[[nodiscard]] Result<Page<Checkout>> ParseCheckouts(const HttpResponse& response);

}  // namespace plinto::polar
