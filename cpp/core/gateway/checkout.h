// `POST /checkout` of our own API, seen from both sides: browsers build it, the server reads it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"
#include "core/foundation/url.h"

namespace plinto::polar {

struct CheckoutFields {
  std::optional<std::string> product_id;
  std::optional<std::vector<std::string>> products;
  std::optional<std::string> slug;
  std::optional<std::string> organization_id;
  std::optional<std::string> subscription_id;
  std::optional<std::string> country;
  std::optional<std::string> success_url;
  std::optional<std::string> return_url;
  std::optional<std::string> embed_origin;
  std::optional<std::int64_t> seats;
  std::optional<std::string> locale;
  std::optional<std::string> currency;
  std::optional<Json> metadata;
  std::optional<Json> custom_field_data;
  std::optional<std::string> discount_id;
  std::optional<bool> allow_discount_codes;
  std::optional<bool> allow_trial;
  std::optional<std::string> trial_interval;
  std::optional<std::int64_t> trial_interval_count;
  std::optional<std::int64_t> amount;
};
inline constexpr std::string_view kTrialIntervalTexts[] = {"day", "week", "month", "year"};
template <>
inline constexpr auto kDescription<CheckoutFields> = Describe(
    Input("What a checkout is created from; exactly one field names the product."),
    Field("product_id", &CheckoutFields::product_id, "The Polar product to buy.", kUuid),
    Field("products", &CheckoutFields::products, "Several products for the buyer to choose from.",
          Constraint{.format = Constraint::Format::kUuid, .min_items = 1, .max_items = 100}),
    Field("slug", &CheckoutFields::slug, "A product by the name that the server's PRODUCTS gives it.", Length(1, 128)),
    Field("organization_id", &CheckoutFields::organization_id,
          "The Plinto organization that is billed; the signed-in user when absent.", kUuid),
    Field("subscription_id", &CheckoutFields::subscription_id,
          "The subject's free subscription, which this purchase turns into a paid one.", kUuid),
    Field("country", &CheckoutFields::country,
          "Where the subject is: two letters of ISO 3166-1. Decides who takes the payment; a buyer's counts while none "
          "is kept with the customer, a service key's always.",
          Length(2, 2)),
    Field("success_url", &CheckoutFields::success_url,
          "Where the buyer goes after paying; `{CHECKOUT_ID}` is replaced. Its origin must be allowed.",
          Length(1, 2'083)),
    Field("return_url", &CheckoutFields::return_url, "Where the back button leads. Its origin must be allowed.",
          Length(1, 2'083)),
    Field("embed_origin", &CheckoutFields::embed_origin, "The origin of the page that embeds the checkout.", kUrl),
    Field("seats", &CheckoutFields::seats, "Number of seats of a seat-based product.", Range(1, 10'000)),
    Field("locale", &CheckoutFields::locale, "Language of the checkout page, such as `es` or `es-MX`.", Length(2, 35)),
    Field("currency", &CheckoutFields::currency, "Three-letter currency code, such as `usd`.", Length(3, 3)),
    Field("metadata", &CheckoutFields::metadata, "Copied to the order and the subscription. At most 50 keys."),
    Field("custom_field_data", &CheckoutFields::custom_field_data, "Values of the product's custom fields."),
    Field("discount_id", &CheckoutFields::discount_id,
          "A discount of Polar's, applied from the start. For buyers, where PRODUCTS opens `discounts`.", kUuid),
    Field("allow_discount_codes", &CheckoutFields::allow_discount_codes,
          "May the buyer enter a code? True where PRODUCTS opens `discounts`, else false."),
    Field("allow_trial", &CheckoutFields::allow_trial,
          "False sells without the product's trial. For buyers, where PRODUCTS opens `trials`."),
    Field("trial_interval", &CheckoutFields::trial_interval,
          "The trial's unit, with `trial_interval_count`. For buyers, where PRODUCTS opens `trials`.",
          Known(kTrialIntervalTexts)),
    Field("trial_interval_count", &CheckoutFields::trial_interval_count, "Of these units, how many.", Range(1, 1'000)),
    Field("amount", &CheckoutFields::amount,
          "In cents, of a product whose price the buyer sets. For buyers, where PRODUCTS opens `amounts`.",
          Range(0, 99'999'999)));

struct PolarCheckout {
  std::string checkout_id;
  std::string checkout_url;
  Timestamp expires_at;
  std::optional<std::string> client_secret;
};
template <>
inline constexpr auto kDescription<PolarCheckout> = Describe(
    Output("A checkout that was opened."),
    Field("checkout_id", &PolarCheckout::checkout_id, "The checkout session's id.", kUuid),
    Field("checkout_url", &PolarCheckout::checkout_url, "Where to send the buyer.", kUrl),
    Field("expires_at", &PolarCheckout::expires_at, "When the session ends unpaid; 24 hours after its creation."),
    Field("client_secret", &PolarCheckout::client_secret,
          "Opens this one session; absent where the checkout cannot be embedded."));

// What Polar sends today; it may add to them.
inline constexpr std::string_view kCheckoutStatusTexts[] = {"open", "expired", "confirmed", "succeeded", "failed"};

/// `GET /checkout/{id}`; the checkout stands in the path.
struct CheckoutStateOptions {
  std::string checkout_id;
  std::optional<std::string> organization_id;
};
template <>
inline constexpr auto kDescription<CheckoutStateOptions> =
    Describe(Input("Which checkout, and whose."),
             Field("checkout_id", &CheckoutStateOptions::checkout_id, "The checkout session's id.", kUuid),
             Field("organization_id", &CheckoutStateOptions::organization_id,
                   "The Plinto organization that is billed; the signed-in user when absent.", kUuid));

struct CheckoutState {
  std::string checkout_id;
  std::string status;
  std::string product_id;
  Timestamp expires_at;
  Timestamp updated_at;
};
template <>
inline constexpr auto kDescription<CheckoutState> = Describe(
    Output("Where a checkout stands."),
    Field("checkout_id", &CheckoutState::checkout_id, "The checkout session's id.", kUuid),
    Field("status", &CheckoutState::status, "`confirmed` is not paid yet and may go back to `open`; `succeeded` is.",
          Known(kCheckoutStatusTexts)),
    Field("product_id", &CheckoutState::product_id, "The product that was chosen.", kUuid),
    Field("expires_at", &CheckoutState::expires_at, "When it ends if it is not paid."),
    Field("updated_at", &CheckoutState::updated_at, "When the server last heard of it from the provider."));

/// Reads a URL that a buyer is sent to. `{CHECKOUT_ID}`, which Polar replaces, may stand anywhere behind the host; no
/// other braces. Nothing where ParseUrl has nothing. The target has the placeholder's name in its place.
[[nodiscard]] std::optional<Url> ParseReturnUrl(std::string_view text);

/// What the fields' own constraints do not say: one way to name the product, Polar's limits on metadata.
/// Errors: VALIDATION_FAILED, naming the field.
[[nodiscard]] Status CheckCheckoutFields(const CheckoutFields& request);

}  // namespace plinto::polar
