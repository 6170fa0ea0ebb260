// Which provider takes a customer's payments, by their country: Conekta for `MX`, Polar everywhere else.
//
// Pure. Countries are the 249 officially assigned codes of ISO 3166-1 alpha-2. Polar decides where it sells: its
// checkout refuses a country that it does not serve.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/describe.h"
#include "core/foundation/result.h"

namespace plinto::polar {

enum class PaymentProvider : std::uint8_t { kPolar, kConekta };
template <>
inline constexpr auto kEnumTexts<PaymentProvider> = std::to_array<std::string_view>({"polar", "conekta"});

[[nodiscard]] std::string_view ToText(PaymentProvider provider);

/// Upper or lower case; nothing else around the two letters.
/// Errors: VALIDATION_FAILED with the field `country` for what is no assigned code.
[[nodiscard]] Result<PaymentProvider> DecideProvider(std::string_view country);

[[nodiscard]] bool IsCountryCode(std::string_view country);
/// Of a code in either case.
[[nodiscard]] std::string ToUpperCountry(std::string_view country);

}  // namespace plinto::polar
