#include "emulator/pages/countries.h"

#include <algorithm>
#include <array>

#include "emulator/pages/pages.h"

namespace plinto::polar::emulator {
namespace {

struct Country {
  std::string_view code;
  std::string_view name;
};
constexpr std::array kServedCountries = {
    Country{"AU", "Australia"}, Country{"AT", "Austria"},     Country{"BR", "Brazil"},         Country{"FR", "France"},
    Country{"DE", "Germany"},   Country{"IN", "India"},       Country{"IT", "Italy"},          Country{"JP", "Japan"},
    Country{"MX", "Mexico"},    Country{"NL", "Netherlands"}, Country{"PL", "Poland"},         Country{"ES", "Spain"},
    Country{"SE", "Sweden"},    Country{"CH", "Switzerland"}, Country{"GB", "United Kingdom"},
};

}  // namespace

std::string CountryName(std::string_view code) {
  const auto found = std::find_if(kServedCountries.begin(), kServedCountries.end(),
                                  [&](const Country& country) { return country.code == code; });
  return std::string(found == kServedCountries.end() ? code : found->name);
}

std::string CountrySelect(const std::string& chosen, bool only_chosen) {
  std::string options;
  bool listed = false;
  for (const Country& country : kServedCountries) {
    if (only_chosen && country.code != chosen) continue;
    options += Option(country.code, country.name, country.code == chosen);
    listed = listed || country.code == chosen;
  }
  if (!listed) options += Option(chosen, chosen, true);
  return "<div class=\"field\">\n<label for=\"country\">Country</label>\n<select id=\"country\" name=\"country\" "
         "autocomplete=\"country\">\n" +
         options + "</select>\n</div>\n";
}

}  // namespace plinto::polar::emulator
