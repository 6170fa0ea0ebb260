// Polar's currencies: their least and greatest charges, and how amounts in them are written.
//
// Pure. Sources: Polar's kit/currency.py, and CLDR for the texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/foundation/wide_decimal.h"

namespace plinto::polar::emulator {

/// Whether Polar presents prices in it: three lower-case letters of its list.
[[nodiscard]] bool IsPresentmentCurrency(std::string_view currency);
/// `$1,234.50`, `CHF0.50`, `A$9.00`: as Polar writes amounts in its messages and on the lines of orders, which is
/// Babel's way for en_US. Some currencies are written without the hundredths that their amounts have: ISK 70.00 is
/// `ISK70`.
[[nodiscard]] std::string FormatCurrency(std::int64_t amount, std::string_view currency);
/// The same for a rate, with all of its digits: `$0.005` for half a cent.
[[nodiscard]] std::string FormatRate(const WideDecimal& amount, std::string_view currency);
/// Amounts of such a currency have no hundredths.
[[nodiscard]] bool IsZeroDecimal(std::string_view currency);
/// What is due below this is not charged but becomes the customer's debt; no price but 0 is below it.
[[nodiscard]] std::int64_t MinimumCharge(std::string_view currency);
[[nodiscard]] std::int64_t MaximumCharge(std::string_view currency);

}  // namespace plinto::polar::emulator
