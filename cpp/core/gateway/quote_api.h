// The module that prices other numbers of seats and units in a page: JSON text in, an envelope out (wasm_envelope.h).
#pragma once

#include <string>
#include <string_view>

#include "core/gateway/products.h"

namespace plinto::polar {

/// What is to be priced.
struct QuoteOptions {
  ProductOffer product;
  std::string currency;
  std::optional<std::int64_t> seats = {};
  std::optional<std::int64_t> units = {};
};
template <>
inline constexpr auto kDescription<QuoteOptions> =
    Describe(Field("product", &QuoteOptions::product, "As `GET /products` has it."),
             Field("currency", &QuoteOptions::currency, "Three letters, lower case."),
             Field("seats", &QuoteOptions::seats, "How many; the fewest that are sold when absent."),
             Field("units", &QuoteOptions::units, "The same of units."));

/// An envelope of `ProductQuote`. Errors: those of QuoteProduct().
[[nodiscard]] std::string QuoteCall(std::string_view options);

}  // namespace plinto::polar
