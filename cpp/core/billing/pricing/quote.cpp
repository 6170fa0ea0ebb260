#include "core/billing/pricing/quote.h"

#include <algorithm>

namespace plinto::polar {
namespace {

// How many are quoted of what the product is sold by; nothing where it is not sold by that.
Result<std::optional<std::int64_t>> CountFor(std::span<const PriceTerms> prices, PriceKind kind,
                                             std::optional<std::int64_t> wanted, std::string field) {
  const auto price = std::find_if(prices.begin(), prices.end(), [kind](const auto& one) { return one.kind == kind; });
  if (price == prices.end()) {
    if (!wanted) return std::optional<std::int64_t>();
    return ValidationError(field, "This product is not sold by " + field + ".");
  }
  if (!wanted) return std::optional(price->fewest);
  if (Status checked = CheckCount(*price, *wanted, std::move(field)); !checked) return std::move(checked).error();
  return wanted;
}

}  // namespace

Status CheckCount(const PriceTerms& price, std::int64_t count, std::string field) {
  const std::string noun = price.kind == PriceKind::kUnitBased ? " units" : " seats";
  if (count < price.fewest) {
    return ValidationError(std::move(field), "Sold from " + std::to_string(price.fewest) + noun + " on.");
  }
  if (price.most && count > *price.most) {
    return ValidationError(std::move(field), "Sold up to " + std::to_string(*price.most) + noun + ".");
  }
  return Done{};
}

Result<ProductQuote> QuotePrices(std::span<const PriceTerms> prices, std::string currency, const Quantity& quantity) {
  if (prices.empty()) return ValidationError("currency", "This product has no price in `" + currency + "`.");
  Result<std::optional<std::int64_t>> seats = CountFor(prices, PriceKind::kSeatBased, quantity.seats, "seats");
  if (!seats) return std::move(seats).error();
  Result<std::optional<std::int64_t>> units = CountFor(prices, PriceKind::kUnitBased, quantity.units, "units");
  if (!units) return std::move(units).error();
  ProductQuote quote = {.currency = std::move(currency), .seats = *seats, .units = *units};
  for (const PriceTerms& price : prices) {
    quote.amount += AmountOf(price, {*seats, *units});
    quote.is_metered = quote.is_metered || IsMetered(price);
  }
  return quote;
}

}  // namespace plinto::polar
