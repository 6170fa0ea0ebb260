// A checkout session at Polar: what is offered to whom, for how much in minor units, and where it stands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/address.h"
#include "core/model/discount.h"
#include "core/model/product.h"

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
  std::optional<std::string> external_customer_id;
  std::optional<std::string> customer_email;
  std::optional<std::string> customer_name;
  std::optional<std::int64_t> amount;
  std::optional<std::int64_t> discount_amount;
  std::optional<std::int64_t> net_amount;
  std::optional<std::int64_t> tax_amount;
  std::optional<std::int64_t> total_amount;
  std::optional<std::string> currency;
  std::optional<std::int64_t> seats;
  std::optional<std::int64_t> units;
  std::optional<std::string> discount_id;
  std::optional<std::string> subscription_id;
  std::optional<std::string> success_url;
  std::optional<std::string> return_url;
  std::optional<std::string> embed_origin;
  std::optional<Timestamp> trial_end;
  std::optional<Json> metadata;
  std::optional<Json> custom_field_data;
  std::optional<std::vector<Product>> products;
  std::optional<Product> product;
  std::optional<Discount> discount;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Checkout> =
    Describe(Output("A checkout session."), Field("id", &Checkout::id, "Polar's id.", kUuid),
             Field("status", &Checkout::status, "Where it stands."),
             Field("client_secret", &Checkout::client_secret, "Opens the session; the id does not."),
             Field("url", &Checkout::url, "Where to send the buyer.", kUrl),
             Field("expires_at", &Checkout::expires_at, "24 hours after its creation."),
             Field("customer_id", &Checkout::customer_id, "The customer, once known."),
             Field("product_id", &Checkout::product_id, "The product that is chosen."),
             Field("product_price_id", &Checkout::product_price_id, "The price that is chosen. Deprecated by Polar."),
             Field("external_customer_id", &Checkout::external_customer_id, "The Plinto user or organization."),
             Field("customer_email", &Checkout::customer_email, "What the page's field holds."),
             Field("customer_name", &Checkout::customer_name, "What the page's field holds."),
             Field("amount", &Checkout::amount, "Before discount and tax, in minor units."),
             Field("discount_amount", &Checkout::discount_amount, "What the discount takes off."),
             Field("net_amount", &Checkout::net_amount, "After discount, before tax."),
             Field("tax_amount", &Checkout::tax_amount, "Null until the address is known."),
             Field("total_amount", &Checkout::total_amount, "What the buyer pays."),
             Field("currency", &Checkout::currency, "Three letters, lower case."),
             Field("seats", &Checkout::seats, "Where it is sold by seats."),
             Field("units", &Checkout::units, "Where it is sold by units."),
             Field("discount_id", &Checkout::discount_id, "The discount."),
             Field("subscription_id", &Checkout::subscription_id, "The free subscription that it upgrades."),
             Field("success_url", &Checkout::success_url, "Where the buyer goes once paid."),
             Field("return_url", &Checkout::return_url, "The back button's."),
             Field("embed_origin", &Checkout::embed_origin, "The embedding page's origin."),
             Field("trial_end", &Checkout::trial_end, "Where it begins with a trial."),
             Field("metadata", &Checkout::metadata, "Copied to order and subscription."),
             Field("custom_field_data", &Checkout::custom_field_data, "Values of custom fields."),
             Field("products", &Checkout::products, "The products to choose from."),
             Field("product", &Checkout::product, "The product that is chosen."),
             Field("discount", &Checkout::discount, "The discount."),
             Field("created_at", &Checkout::created_at, "When it was made."),
             Field("modified_at", &Checkout::modified_at, "Null until it is changed."));

}  // namespace plinto::polar
