// The countries that the pages offer: those where the country alone makes an address.
#pragma once

#include <string>
#include <string_view>

namespace plinto::polar::emulator {

/// `Germany`; the code of a country that the pages do not offer.
[[nodiscard]] std::string CountryName(std::string_view code);
/// The field for a country, in which `chosen` is chosen: of the pages' countries and `chosen`, or of `chosen` alone.
[[nodiscard]] std::string CountrySelect(const std::string& chosen, bool only_chosen = false);

}  // namespace plinto::polar::emulator
