// A checkout session at Polar.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

/// `confirmed` means that the payment is under way; only `succeeded` is paid.
enum class CheckoutStatus : std::uint8_t { kOpen, kExpired, kConfirmed, kSucceeded, kFailed };
template <>
inline constexpr auto kEnumTexts<CheckoutStatus> = std::to_array<std::string_view>({"open", "expired", "confirmed",
                                                                                    "succeeded", "failed"});

struct Checkout {
  std::string id;
  OpenEnum<CheckoutStatus> status;
  std::string client_secret;
  std::string url;
  Timestamp expires_at;
  std::optional<std::string> customer_id;
  std::optional<std::string> product_id;
  std::optional<std::string> product_price_id;
  Json extra;
};
template <>
inline constexpr auto kDescription<Checkout> =
    Describe(Field("id", &Checkout::id, "Polar's id.", kUuid), Field("status", &Checkout::status, "Where it stands."),
             Field("client_secret", &Checkout::client_secret, "Opens the session; the id does not."),
             Field("url", &Checkout::url, "Where to send the buyer.", kUrl),
             Field("expires_at", &Checkout::expires_at, "24 hours after its creation."),
             Field("customer_id", &Checkout::customer_id, "The customer, once known."),
             Field("product_id", &Checkout::product_id, "The product that is chosen."),
             Field("product_price_id", &Checkout::product_price_id, "The price that is chosen. Deprecated by Polar."));

/// What `POST /v1/checkouts/` takes, as far as we send it.
struct CheckoutCreate {
  std::vector<std::string> products;
  std::optional<std::string> customer_id = {};
  std::optional<std::string> customer_email = {};
  std::optional<std::string> success_url = {};
  std::optional<std::string> return_url = {};
  std::optional<std::string> embed_origin = {};
  std::optional<std::int64_t> seats = {};
  std::optional<std::string> locale = {};
  std::optional<std::string> currency = {};
  std::optional<bool> allow_discount_codes = {};
  std::optional<bool> allow_trial = {};
  std::optional<Json> metadata = {};
  std::optional<Json> custom_field_data = {};
};
template <>
inline constexpr auto kDescription<CheckoutCreate> = Describe(
    Field("products", &CheckoutCreate::products, "The products to choose from.",
          Constraint{.format = Constraint::Format::kUuid, .min_items = 1}),
    Field("customer_id", &CheckoutCreate::customer_id, "The customer who buys.", kUuid),
    Field("customer_email", &CheckoutCreate::customer_email, "Fills in the page's field for a customer without one."),
    Field("success_url", &CheckoutCreate::success_url, "May hold `{CHECKOUT_ID}`.", Length(1, 2'083)),
    Field("return_url", &CheckoutCreate::return_url, "The back button's.", Length(1, 2'083)),
    Field("embed_origin", &CheckoutCreate::embed_origin, "The embedding page's origin."),
    Field("seats", &CheckoutCreate::seats, "Number of seats.", Range(1, 10'000)),
    Field("locale", &CheckoutCreate::locale, "Language of the page."),
    Field("currency", &CheckoutCreate::currency, "Three letters, lower case."),
    Field("allow_discount_codes", &CheckoutCreate::allow_discount_codes, "Polar's default is true."),
    Field("allow_trial", &CheckoutCreate::allow_trial, "Polar's default is true."),
    Field("metadata", &CheckoutCreate::metadata, "Copied to order and subscription."),
    Field("custom_field_data", &CheckoutCreate::custom_field_data, "Values of custom fields."));

}  // namespace plinto::polar
