// `GET /products` and `GET /provider` of our own API: what is for sale, and who takes the payment.
//
// Values only. A product is Polar's, joined with its entry of PRODUCTS. Amounts are integers in minor units; a
// `unit_amount` may have fractions of one and stays decimal text, as at Polar.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/billing/pricing/quote.h"
#include "core/billing/provider.h"
#include "core/model/product.h"

namespace plinto::polar {

/// Of seats: `min_seats` to `max_seats` at `price_per_seat`. Of units: up to `bound` at `unit_amount`.
struct ProductTier {
  std::optional<std::int64_t> min_seats = {};
  std::optional<std::int64_t> max_seats = {};
  std::optional<std::int64_t> price_per_seat = {};
  std::optional<double> bound = {};
  std::optional<std::string> unit_amount = {};
};
template <>
inline constexpr auto kDescription<ProductTier> =
    Describe(Output("A step of a price by number."),
             Field("min_seats", &ProductTier::min_seats, "From this number of seats on."),
             Field("max_seats", &ProductTier::max_seats, "Up to this number of seats; absent in the last tier."),
             Field("price_per_seat", &ProductTier::price_per_seat, "In minor units."),
             Field("bound", &ProductTier::bound, "Up to this number of units; absent in the last tier."),
             Field("unit_amount", &ProductTier::unit_amount, "Minor units for one unit, as decimal text."));

struct ProductPrice {
  std::string id;
  OpenEnum<PriceKind> amount_type;
  std::string currency;
  std::optional<std::int64_t> amount = {};
  std::optional<std::int64_t> minimum_amount = {};
  std::optional<std::int64_t> maximum_amount = {};
  std::optional<std::int64_t> preset_amount = {};
  std::optional<std::string> unit_amount = {};
  std::optional<std::int64_t> cap_amount = {};
  std::optional<std::string> meter_id = {};
  std::optional<std::string> meter_name = {};
  std::optional<std::string> tier_type = {};
  std::optional<std::vector<ProductTier>> tiers = {};
  std::optional<std::int64_t> minimum_quantity = {};
  std::optional<std::int64_t> maximum_quantity = {};
};
template <>
inline constexpr auto kDescription<ProductPrice> = Describe(
    Output("A price of a product."), Field("id", &ProductPrice::id, "The price's id at Polar."),
    Field("amount_type", &ProductPrice::amount_type, "The kind of price; it says which of the others are there.",
          Known(kEnumTexts<PriceKind>)),
    Field("currency", &ProductPrice::currency, "Three-letter currency code in lower case."),
    Field("amount", &ProductPrice::amount, "Of `fixed`, in minor units; 0 is free."),
    Field("minimum_amount", &ProductPrice::minimum_amount, "Of `custom`: the least that is accepted."),
    Field("maximum_amount", &ProductPrice::maximum_amount, "Of `custom`: the most; absent without a limit."),
    Field("preset_amount", &ProductPrice::preset_amount, "Of `custom`: what the page begins with."),
    Field("unit_amount", &ProductPrice::unit_amount, "Of `metered_unit`: minor units for one unit, as decimal text."),
    Field("cap_amount", &ProductPrice::cap_amount, "Of metered prices: the most that a period costs."),
    Field("meter_id", &ProductPrice::meter_id, "Of metered prices: what is counted."),
    Field("meter_name", &ProductPrice::meter_name, "Its name."),
    Field("tier_type", &ProductPrice::tier_type, "How tiers add up: `volume` or `graduated`.",
          Known(kEnumTexts<TierType>)),
    Field("tiers", &ProductPrice::tiers, "Of prices by number, in rising order."),
    Field("minimum_quantity", &ProductPrice::minimum_quantity, "The fewest seats or units that can be bought."),
    Field("maximum_quantity", &ProductPrice::maximum_quantity, "The most; absent without a limit."));

struct ProductOffer {
  std::string product_id;
  std::optional<std::string> slug = {};
  std::string name;
  std::optional<std::string> description = {};
  std::optional<std::string> tier = {};
  std::vector<std::string> features = {};
  bool is_recurring = false;
  std::optional<std::string> recurring_interval = {};
  std::optional<std::int64_t> recurring_interval_count = {};
  std::optional<std::string> trial_interval = {};
  std::optional<std::int64_t> trial_interval_count = {};
  std::vector<ProductPrice> prices = {};
  std::vector<ProductQuote> quotes = {};
};
template <>
inline constexpr auto kDescription<ProductOffer> = Describe(
    Output("A product that is for sale."), Field("product_id", &ProductOffer::product_id, "The product's id at Polar."),
    Field("slug", &ProductOffer::slug, "Its name in PRODUCTS, to start a checkout by."),
    Field("name", &ProductOffer::name, "Shown to buyers."),
    Field("description", &ProductOffer::description, "Markdown."),
    Field("tier", &ProductOffer::tier, "What it makes of its buyer, by PRODUCTS."),
    Field("features", &ProductOffer::features, "What its buyer may use, by PRODUCTS."),
    Field("is_recurring", &ProductOffer::is_recurring, "True for a subscription, false for a one-time purchase."),
    Field("recurring_interval", &ProductOffer::recurring_interval, "The unit of a period.",
          Known(kEnumTexts<RecurringInterval>)),
    Field("recurring_interval_count", &ProductOffer::recurring_interval_count, "How many units make a period."),
    Field("trial_interval", &ProductOffer::trial_interval, "The unit of the trial; absent without one.",
          Known(kEnumTexts<RecurringInterval>)),
    Field("trial_interval_count", &ProductOffer::trial_interval_count, "How many units make the trial."),
    Field("prices", &ProductOffer::prices, "What can be chosen from: one of each kind and currency."),
    Field("quotes", &ProductOffer::quotes,
          "What it costs, once in each currency: for the fewest seats or units that are sold."));

struct ProductList {
  std::vector<ProductOffer> items;
};
template <>
inline constexpr auto kDescription<ProductList> =
    Describe(Output("What is for sale."),
             Field("items", &ProductList::items, "In the order of PRODUCTS; without it, oldest first."));

/// What buyers see of a product. Prices of a kind that this version does not know keep what all kinds have, and their
/// currency is not quoted.
[[nodiscard]] ProductOffer ToProductOffer(const Product& product);

/// What one period, or the purchase, costs up front. It needs no more than the offer, which browsers have, too.
/// Errors: VALIDATION_FAILED, naming `currency`, `seats` or `units` (billing/pricing/quote.h). UPSTREAM_ANSWER_INVALID,
/// when a price in the currency is newer than this version.
[[nodiscard]] Result<ProductQuote> QuoteProduct(const ProductOffer& product, const std::string& currency,
                                                const Quantity& quantity = {});

struct ProviderOptions {
  std::string country;
};
template <>
inline constexpr auto kDescription<ProviderOptions> =
    Describe(Input("Where the customer is."),
             Field("country", &ProviderOptions::country,
                   "The customer's country: two letters of ISO 3166-1, upper or lower case.", Length(2, 2)));

struct ProviderChoice {
  std::string country;
  OpenEnum<PaymentProvider> provider;
};
template <>
inline constexpr auto kDescription<ProviderChoice> = Describe(
    Output("Who takes the payment."), Field("country", &ProviderChoice::country, "In upper case."),
    Field("provider", &ProviderChoice::provider, "Who takes the payment.", Known(kEnumTexts<PaymentProvider>)));

}  // namespace plinto::polar
