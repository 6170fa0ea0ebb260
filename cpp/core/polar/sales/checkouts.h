// Checkout sessions: the way to a purchase. Creating one is not idempotent. Errors: those of ParseAnswer (request.h).
#pragma once

#include "core/model/checkout.h"
#include "core/model/checkout_create.h"
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

/// Of a checkout that was just opened: what is handed to the buyer and kept. The whole of it bears its products.
struct OpenedCheckout {
  std::string id;
  OpenEnum<CheckoutStatus> status;
  std::string client_secret;
  std::string url;
  Timestamp expires_at;
  std::optional<std::string> product_id;
  std::optional<std::string> product_price_id;
};
template <>
inline constexpr auto kDescription<OpenedCheckout> =
    Describe(Field("id", &OpenedCheckout::id, "Polar's id.", kUuid),
             Field("status", &OpenedCheckout::status, "Where it stands."),
             Field("client_secret", &OpenedCheckout::client_secret, "Opens the session; the id does not."),
             Field("url", &OpenedCheckout::url, "Where to send the buyer.", kUrl),
             Field("expires_at", &OpenedCheckout::expires_at, "24 hours after its creation."),
             Field("product_id", &OpenedCheckout::product_id, "The product that is chosen."),
             Field("product_price_id", &OpenedCheckout::product_price_id, "Its price."));

[[nodiscard]] HttpRequest BuildCreateCheckout(const PolarAccount& account, const CheckoutCreate& checkout);
[[nodiscard]] HttpRequest BuildGetCheckout(const PolarAccount& account, std::string_view id);
[[nodiscard]] HttpRequest BuildUpdateCheckout(const PolarAccount& account, std::string_view id,
                                              const CheckoutUpdate& update);
[[nodiscard]] HttpRequest BuildListCheckouts(const PolarAccount& account, const CheckoutQuery& query = {});

/// Reads the answer to BuildCreateCheckout.
[[nodiscard]] Result<OpenedCheckout> ParseOpenedCheckout(const HttpResponse& response);
[[nodiscard]] Result<Checkout> ParseCheckout(const HttpResponse& response);
[[nodiscard]] Result<Page<Checkout>> ParseCheckouts(const HttpResponse& response);

}  // namespace plinto::polar
