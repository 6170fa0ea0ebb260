// Addresses of customers: trimmed, countries and the states of the US and Canada checked. As in Polar's kit/address.py.
#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/values.h"

namespace plinto::polar::emulator {
namespace {

// ISO 3166-1 without those under an embargo: CU, IR, KP, RU, SY.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ "
    "FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO "
    "IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH "
    "MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK "
    "PL PM PN PR PS PT PW PY QA RE RO RS RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TC TD "
    "TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW ";
constexpr std::string_view kStates =
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY DC ";
constexpr std::string_view kProvinces = "AB BC MB NB NL NS NT NU ON PE QC SK YT ";

bool IsListed(std::string_view code, std::string_view list) {
  const bool is_code = code.size() == 2 && code.find(' ') == std::string_view::npos;
  return is_code && list.find(std::string(code) + " ") != std::string_view::npos;
}

std::string ToUpper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

// `CA` in the US is `US-CA`; nothing when there is no such state.
std::optional<std::string> StateIn(const std::string& country, const std::string& state) {
  if (country != "US" && country != "CA") return state;
  const std::string prefix = country + "-";
  const std::string code = state.starts_with(prefix) ? state.substr(prefix.size()) : state;
  return IsListed(code, country == "US" ? kStates : kProvinces) ? std::optional(prefix + code) : std::nullopt;
}

}  // namespace

Json BodyReader::Address(std::string_view name) {
  if (!Has(name)) return nullptr;
  const Json& member = *FindMember(object_, name);
  const Json loc = LocOf(name);
  if (!member.is_object()) {
    issues_.AddType(ValueKind::kModel, loc, member);
    return nullptr;
  }
  BodyReader reader(member, loc, issues_);
  reader.Require("country");
  auto country = reader.Text("country");
  if (country) country = ToUpper(*country);
  const bool known = country && IsListed(*country, kCountries);
  if (country && !known) {
    issues_.Add("enum", reader.LocOf("country"), "Input should be a country that Polar sells to, such as 'FR'",
                *country);
  }
  Json address = Json::object();
  for (const std::string_view part : {"line1", "line2", "postal_code", "city"}) {
    const auto text = OrNone(reader.Text(part));
    SetMember(address, part, text ? Json(*text) : Json(nullptr));
  }
  const auto state = OrNone(reader.Text("state"));
  const auto full = state && known ? StateIn(*country, *state) : state;
  if (state && !full) {
    issues_.Add("value_error", loc,
                *country == "US" ? "Value error, Invalid US state" : "Value error, Invalid CA subdivision", member,
                Json::object({{"error", Json::object()}}));
  }
  SetMember(address, "state", full ? Json(*full) : Json(nullptr));
  SetMember(address, "country", country.value_or(""));
  return address;
}

}  // namespace plinto::polar::emulator
