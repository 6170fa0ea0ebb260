// A postal address as Polar keeps it for invoices and tax.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

struct Address {
  std::string country;
  std::optional<std::string> line1 = {};
  std::optional<std::string> line2 = {};
  std::optional<std::string> postal_code = {};
  std::optional<std::string> city = {};
  std::optional<std::string> state = {};
  Json extra = {};
};
template <>
inline constexpr auto kDescription<Address> = Describe(
    Output("A postal address."), Field("country", &Address::country, "ISO 3166-1 alpha-2, upper case."),
    Field("line1", &Address::line1, "Street and number."), Field("line2", &Address::line2, "What follows it."),
    Field("postal_code", &Address::postal_code, "The postal code."), Field("city", &Address::city, "The city."),
    Field("state", &Address::state, "ISO 3166-2 where the country has states, such as `US-CA`."));

}  // namespace plinto::polar
