#include "core/billing/provider.h"

namespace plinto::polar {
namespace {

// ISO 3166-1 alpha-2, officially assigned, one row for each first letter. User-assigned codes (XK, ZZ) and reserved
// ones (EU, UK) are none.
constexpr std::string_view kAssignedCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ "
    "BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ "
    "DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET "
    "FI FJ FK FM FO FR "
    "GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY "
    "HK HM HN HR HT HU "
    "ID IE IL IM IN IO IQ IR IS IT "
    "JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ "
    "LA LB LC LI LK LR LS LT LU LV LY "
    "MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ "
    "NA NC NE NF NG NI NL NO NP NR NU NZ "
    "OM "
    "PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA "
    "RE RO RS RU RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ "
    "TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ "
    "UA UG UM US UY UZ "
    "VA VC VE VG VI VN VU "
    "WF WS "
    "YE YT "
    "ZA ZM ZW ";
constexpr std::size_t kEntry = 3;
static_assert(kAssignedCountries.size() == 249 * kEntry);

constexpr char ToUpper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

}  // namespace

std::string_view ToText(PaymentProvider provider) {
  return kEnumTexts<PaymentProvider>[static_cast<std::size_t>(provider)];
}

bool IsCountryCode(std::string_view country) {
  if (country.size() != 2) return false;
  for (std::size_t at = 0; at < kAssignedCountries.size(); at += kEntry) {
    if (kAssignedCountries[at] == ToUpper(country[0]) && kAssignedCountries[at + 1] == ToUpper(country[1])) return true;
  }
  return false;
}

std::string ToUpperCountry(std::string_view country) {
  std::string upper(country);
  for (char& letter : upper) letter = ToUpper(letter);
  return upper;
}

Result<PaymentProvider> DecideProvider(std::string_view country) {
  if (!IsCountryCode(country)) {
    return ValidationError("country", "Must be a country's two-letter code of ISO 3166-1, such as MX or DE.");
  }
  const bool is_mexico = ToUpper(country[0]) == 'M' && ToUpper(country[1]) == 'X';
  return is_mexico ? PaymentProvider::kConekta : PaymentProvider::kPolar;
}

}  // namespace plinto::polar
