// What is sent to Polar to make or change a checkout session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/address.h"

namespace plinto::polar {

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
  std::optional<std::string> external_customer_id = {};
  std::optional<std::string> customer_name = {};
  std::optional<std::string> customer_billing_name = {};
  std::optional<Address> customer_billing_address = {};
  std::optional<std::string> customer_ip_address = {};
  std::optional<bool> is_business_customer = {};
  std::optional<bool> require_billing_address = {};
  std::optional<std::int64_t> amount = {};
  std::optional<std::int64_t> min_seats = {};
  std::optional<std::int64_t> max_seats = {};
  std::optional<std::int64_t> units = {};
  std::optional<std::string> discount_id = {};
  std::optional<std::string> subscription_id = {};
  std::optional<std::string> trial_interval = {};
  std::optional<std::int64_t> trial_interval_count = {};
  std::optional<Json> customer_metadata = {};
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
    Field("custom_field_data", &CheckoutCreate::custom_field_data, "Values of custom fields."),
    Field("external_customer_id", &CheckoutCreate::external_customer_id, "The customer who buys, by the Plinto id."),
    Field("customer_name", &CheckoutCreate::customer_name, "Fills in the page's field.", Length(0, 256)),
    Field("customer_billing_name", &CheckoutCreate::customer_billing_name, "On the invoice."),
    Field("customer_billing_address", &CheckoutCreate::customer_billing_address, "Fills in the page's fields."),
    Field("customer_ip_address", &CheckoutCreate::customer_ip_address, "For the currency, where a server asks."),
    Field("is_business_customer", &CheckoutCreate::is_business_customer, "Polar's default is false."),
    Field("require_billing_address", &CheckoutCreate::require_billing_address, "Polar's default is false."),
    Field("amount", &CheckoutCreate::amount, "Only for `custom` prices.", Range(0, INT64_MAX)),
    Field("min_seats", &CheckoutCreate::min_seats, "The fewest that the buyer may choose.", Range(1, 10'000)),
    Field("max_seats", &CheckoutCreate::max_seats, "The most that the buyer may choose.", Range(1, 10'000)),
    Field("units", &CheckoutCreate::units, "Number of units. Newer than the document of 2026-04."),
    Field("discount_id", &CheckoutCreate::discount_id, "Applied from the start.", kUuid),
    Field("subscription_id", &CheckoutCreate::subscription_id, "The free subscription to upgrade.", kUuid),
    Field("trial_interval", &CheckoutCreate::trial_interval, "`day`, `week`, `month` or `year`."),
    Field("trial_interval_count", &CheckoutCreate::trial_interval_count, "Intervals of trial.", Range(1, 1'000)),
    Field("customer_metadata", &CheckoutCreate::customer_metadata, "Copied to a customer that it makes."));

/// What `PATCH /v1/checkouts/{id}` takes, while it is open; what is absent stays, a null in `extra` clears.
struct CheckoutUpdate {
  std::optional<std::string> product_id = {};
  std::optional<std::int64_t> amount = {};
  std::optional<std::int64_t> seats = {};
  std::optional<std::int64_t> units = {};
  std::optional<std::string> discount_id = {};
  std::optional<bool> allow_discount_codes = {};
  std::optional<bool> allow_trial = {};
  std::optional<std::string> customer_name = {};
  std::optional<std::string> customer_email = {};
  std::optional<Address> customer_billing_address = {};
  std::optional<std::string> locale = {};
  std::optional<std::string> currency = {};
  std::optional<std::string> success_url = {};
  std::optional<std::string> return_url = {};
  std::optional<std::string> embed_origin = {};
  std::optional<Json> metadata = {};
  std::optional<Json> customer_metadata = {};
  std::optional<Json> custom_field_data = {};
  Json extra = {};
};
template <>
inline constexpr auto kDescription<CheckoutUpdate> = Describe(
    Field("product_id", &CheckoutUpdate::product_id, "One of its products.", kUuid),
    Field("amount", &CheckoutUpdate::amount, "Only for `custom` prices.", Range(0, INT64_MAX)),
    Field("seats", &CheckoutUpdate::seats, "Number of seats.", Range(1, 10'000)),
    Field("units", &CheckoutUpdate::units, "Number of units. Newer than the document of 2026-04."),
    Field("discount_id", &CheckoutUpdate::discount_id, "The discount.", kUuid),
    Field("allow_discount_codes", &CheckoutUpdate::allow_discount_codes, "Whether the page has a field for codes."),
    Field("allow_trial", &CheckoutUpdate::allow_trial, "Whether the product's trial applies."),
    Field("customer_name", &CheckoutUpdate::customer_name, "Fills in the page's field.", Length(0, 256)),
    Field("customer_email", &CheckoutUpdate::customer_email, "Fills in the page's field."),
    Field("customer_billing_address", &CheckoutUpdate::customer_billing_address, "Fills in the page's fields."),
    Field("locale", &CheckoutUpdate::locale, "Language of the page."),
    Field("currency", &CheckoutUpdate::currency, "Three letters, lower case."),
    Field("success_url", &CheckoutUpdate::success_url, "May hold `{CHECKOUT_ID}`.", Length(1, 2'083)),
    Field("return_url", &CheckoutUpdate::return_url, "The back button's.", Length(1, 2'083)),
    Field("embed_origin", &CheckoutUpdate::embed_origin, "The embedding page's origin."),
    Field("metadata", &CheckoutUpdate::metadata, "Replaces all of it."),
    Field("customer_metadata", &CheckoutUpdate::customer_metadata, "Replaces all of it."),
    Field("custom_field_data", &CheckoutUpdate::custom_field_data, "Values of custom fields."));

}  // namespace plinto::polar
