// What something costs up front, before discount and tax: one period of a subscription, or a purchase.
//
// Pure. Usage comes on top, and is only told of. The price list of our own API is quoted by gateway/products.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/billing/pricing/price_terms.h"
#include "core/foundation/codec.h"

namespace plinto::polar {

struct ProductQuote {
  std::string currency;
  std::int64_t amount = 0;
  std::optional<std::int64_t> seats = {};
  std::optional<std::int64_t> units = {};
  bool is_metered = false;

  bool operator==(const ProductQuote&) const = default;
};
template <>
inline constexpr auto kDescription<ProductQuote> = Describe(
    Output("What a product costs up front in one currency, before discount and tax."),
    Field("currency", &ProductQuote::currency, "Three-letter currency code in lower case."),
    Field("amount", &ProductQuote::amount,
          "Of one period, or of the purchase, in minor units; where buyers name the price, what the page begins with."),
    Field("seats", &ProductQuote::seats, "For how many seats; absent where it is not sold by seats."),
    Field("units", &ProductQuote::units, "For how many units; absent where it is not sold by units."),
    Field("is_metered", &ProductQuote::is_metered, "Usage comes on top."));

/// All of these prices together, which are one product's in that currency. The fewest seats and units when absent.
/// Errors: VALIDATION_FAILED, naming `currency` without prices, or `seats` or `units`: too few, too many, or a number
/// of what is not sold by it.
[[nodiscard]] Result<ProductQuote> QuotePrices(std::span<const PriceTerms> prices, std::string currency,
                                               const Quantity& quantity = {});

/// How many of what is sold by number can be bought. Errors: VALIDATION_FAILED, naming the field.
[[nodiscard]] Status CheckCount(const PriceTerms& price, std::int64_t count, std::string field);

}  // namespace plinto::polar
