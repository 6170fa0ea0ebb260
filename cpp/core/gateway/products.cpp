#include "core/gateway/products.h"

#include <algorithm>
#include <cmath>

namespace plinto::polar {
namespace {

std::vector<ProductTier> TiersOf(const UnitTiers& tiers) {
  std::vector<ProductTier> list;
  for (const UnitTier& tier : tiers.tiers) {
    ProductTier one{.unit_amount = tier.unit_amount};
    if (tier.bound) one.bound = tier.bound->ToDouble();
    list.push_back(std::move(one));
  }
  return list;
}

void ShowMeter(ProductPrice& view, const std::string& meter_id, const std::optional<PriceMeter>& meter) {
  view.meter_id = meter_id;
  if (meter) view.meter_name = meter->name;
}

ProductPrice Seats(ProductPrice view, const SeatTiers& seats) {
  view.tier_type = seats.seat_tier_type ? seats.seat_tier_type->text() : "volume";
  view.tiers.emplace();
  for (const SeatTier& tier : seats.tiers) {
    view.tiers->push_back(
        {.min_seats = tier.min_seats, .max_seats = tier.max_seats, .price_per_seat = tier.price_per_seat});
  }
  view.minimum_quantity = seats.minimum_seats;
  view.maximum_quantity = seats.maximum_seats;
  return view;
}

ProductPrice ViewOf(const Price& price) {
  ProductPrice view;
  if (const auto* base = price.AsAny<PriceBase>()) {
    view.id = base->id;
    view.amount_type = base->amount_type;
    view.currency = base->price_currency;
  } else if (const Json* unknown = price.unknown()) {
    const auto text = [&](const char* name) {
      const std::string* found = FindString(*unknown, name);
      return found == nullptr ? std::string() : *found;
    };
    view.id = text("id");
    view.amount_type = OpenEnum<PriceKind>(text("amount_type"));
    view.currency = text("price_currency");
  }
  if (const auto* fixed = price.As<FixedPrice>()) view.amount = fixed->price_amount;
  if (const auto* custom = price.As<CustomPrice>()) {
    view.minimum_amount = custom->minimum_amount;
    view.maximum_amount = custom->maximum_amount;
    view.preset_amount = custom->preset_amount;
  }
  if (const auto* seats = price.As<SeatBasedPrice>()) return Seats(std::move(view), seats->seat_tiers);
  if (const auto* metered = price.As<MeteredUnitPrice>()) {
    view.unit_amount = metered->unit_amount;
    view.cap_amount = metered->cap_amount;
    ShowMeter(view, metered->meter_id, metered->meter);
  }
  if (const auto* units = price.As<UnitBasedPrice>()) {
    view.tier_type = units->tiers.type.text();
    view.tiers = TiersOf(units->tiers);
    view.minimum_quantity = units->minimum_units;
    view.maximum_quantity = units->maximum_units;
  }
  if (const auto* tiered = price.As<MeteredTiersPrice>()) {
    view.tier_type = tiered->tiers.type.text();
    view.tiers = TiersOf(tiered->tiers);
    view.cap_amount = tiered->cap_amount;
    ShowMeter(view, tiered->meter_id, tiered->meter);
  }
  return view;
}

bool IsOffered(const Price& price) {
  const auto* base = price.AsAny<PriceBase>();
  return base == nullptr || !base->is_archived.value_or(false);
}

// --- What an offer costs.

// A bound as the price list has it: 2^53 is far beyond what is sold, and all whole numbers below it are exact.
std::optional<std::int64_t> WholeBound(double bound) {
  constexpr double kMostBound = 9'007'199'254'740'992.0;
  if (!(bound >= 0 && bound <= kMostBound) || bound != std::floor(bound)) return std::nullopt;
  return static_cast<std::int64_t>(bound);
}

Result<PriceTerms> CountedTermsOf(const ProductPrice& price, PriceKind kind) {
  const Result<TierType> type = ReadTierType(OpenEnum<TierType>(price.tier_type.value_or("volume")));
  if (!type) return type.error();
  if (!price.tiers || price.tiers->empty()) return UnknownPrice("a price by number without tiers");
  PriceTerms terms = {.kind = kind, .seat_tier_type = *type, .unit_tiers = {.type = *type}};
  for (const ProductTier& tier : *price.tiers) {
    if (kind == PriceKind::kSeatBased) {
      terms.seat_tiers.push_back({tier.min_seats.value_or(1), tier.max_seats, tier.price_per_seat.value_or(0)});
      continue;
    }
    const auto bound = tier.bound ? WholeBound(*tier.bound) : std::nullopt;
    const std::string rate = tier.unit_amount.value_or("");
    if (tier.bound && !bound) return UnknownPrice("a tier that ends within a unit");
    if (!ParseDecimal(rate)) return UnknownPrice("a rate that is no decimal number");
    terms.unit_tiers.list.push_back({bound, rate});
  }
  const bool is_seats = kind == PriceKind::kSeatBased;
  const std::int64_t first = is_seats ? terms.seat_tiers.front().min_seats : 1;
  const auto last = is_seats ? terms.seat_tiers.back().max_seats : LastBound(terms.unit_tiers);
  terms.fewest = price.minimum_quantity.value_or(first);
  terms.most = price.maximum_quantity ? price.maximum_quantity : last;
  return terms;
}

Result<PriceTerms> TermsOfOffered(const ProductPrice& price) {
  if (price.amount_type == PriceKind::kFixed && price.amount) return PriceTerms{.amount = *price.amount};
  if (price.amount_type == PriceKind::kCustom) {
    return PriceTerms{.kind = PriceKind::kCustom,
                      .amount = price.preset_amount.value_or(price.minimum_amount.value_or(0))};
  }
  for (const PriceKind kind : {PriceKind::kSeatBased, PriceKind::kUnitBased}) {
    if (price.amount_type == kind) return CountedTermsOf(price, kind);
  }
  for (const PriceKind kind : {PriceKind::kMeteredUnit, PriceKind::kMeteredTiers}) {
    if (price.amount_type == kind) return PriceTerms{.kind = kind};
  }
  return UnknownPrice("a price of the kind `" + price.amount_type.text() + "`");
}

void AddQuotes(ProductOffer& product) {
  std::vector<std::string> currencies;
  for (const ProductPrice& price : product.prices) {
    if (std::find(currencies.begin(), currencies.end(), price.currency) != currencies.end()) continue;
    currencies.push_back(price.currency);
    Result<ProductQuote> quote = QuoteProduct(product, price.currency);
    if (quote) product.quotes.push_back(*std::move(quote));
  }
}

}  // namespace

ProductOffer ToProductOffer(const Product& product) {
  ProductOffer shown{.product_id = product.id, .name = product.name, .description = product.description};
  shown.is_recurring = product.is_recurring.value_or(product.recurring_interval.has_value());
  if (product.recurring_interval) shown.recurring_interval = product.recurring_interval->text();
  shown.recurring_interval_count = product.recurring_interval_count;
  if (product.trial_interval) shown.trial_interval = product.trial_interval->text();
  shown.trial_interval_count = product.trial_interval_count;
  if (!product.prices) return shown;
  for (const Price& price : *product.prices) {
    if (IsOffered(price)) shown.prices.push_back(ViewOf(price));
  }
  AddQuotes(shown);
  return shown;
}

Result<ProductQuote> QuoteProduct(const ProductOffer& product, const std::string& currency, const Quantity& quantity) {
  std::vector<PriceTerms> prices;
  for (const ProductPrice& price : product.prices) {
    if (price.currency != currency) continue;
    Result<PriceTerms> terms = TermsOfOffered(price);
    if (!terms) return std::move(terms).error();
    prices.push_back(*std::move(terms));
  }
  return QuotePrices(prices, currency, quantity);
}

}  // namespace plinto::polar
