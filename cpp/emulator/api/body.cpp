#include "emulator/api/body.h"

#include <array>

#include "core/foundation/text.h"
#include "core/foundation/url.h"
#include "core/model/metadata.h"

namespace plinto::polar::emulator {
namespace {

// ISO 3166-1, as Polar's document lists them.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW "
    "BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ "
    "FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO "
    "IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH "
    "MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK "
    "PL PM PN PR PS PT PW PY QA RE RO RS RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TC TD "
    "TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW ";

Json Appended(Json loc, Json part) {
  if (auto* list = loc.get_ptr<Json::array_t*>()) list->push_back(std::move(part));
  return loc;
}

void CheckLength(const std::string& text, std::size_t min, std::size_t max, const Json& loc, Issues& issues) {
  const std::size_t length = CountCodePoints(text);
  if (length < min) {
    issues.Add("string_too_short", loc, "String should have at least " + std::to_string(min) + " character", text,
               Json::object({{"min_length", min}}));
  }
  if (length > max) {
    issues.Add("string_too_long", loc, "String should have at most " + std::to_string(max) + " characters", text,
               Json::object({{"max_length", max}}));
  }
}

// In the order of ValueKind.
struct TypeWords {
  ValueKind kind;
  std::string_view type;
  std::string_view msg;
};
constexpr std::array kTypeWords = {
    TypeWords{ValueKind::kText, "string_type", "Input should be a valid string"},
    TypeWords{ValueKind::kUuid, "uuid_type", "UUID input should be a string, bytes or UUID object"},
    TypeWords{ValueKind::kUrl, "url_type", "URL input should be a string or URL"},
    TypeWords{ValueKind::kTime, "datetime_type", "Input should be a valid datetime"},
    TypeWords{ValueKind::kInteger, "int_type", "Input should be a valid integer"},
    TypeWords{ValueKind::kBool, "bool_type", "Input should be a valid boolean"},
    TypeWords{ValueKind::kDecimal, "decimal_type",
              "Decimal input should be an integer, float, string or Decimal object"},
    TypeWords{ValueKind::kList, "list_type", "Input should be a valid list"},
    TypeWords{ValueKind::kDictionary, "dict_type", "Input should be a valid dictionary"},
    TypeWords{ValueKind::kModel, "model_attributes_type",
              "Input should be a valid dictionary or object to extract fields from"},
};
static_assert([] {
  for (std::size_t i = 0; i < kTypeWords.size(); ++i) {
    if (kTypeWords[i].kind != static_cast<ValueKind>(i)) return false;
  }
  return true;
}());

// As FastAPI does: a body without a content type is JSON too, a body of another type is text (`fetch` sends a string as
// text/plain). Requests to the emulator itself may have any type, because `curl -d` sends a form's.
bool IsTakenForJson(const HttpRequest& request) {
  const std::string* header = request.headers.Find("content-type");
  if (header == nullptr || header->empty() || request.url.starts_with("/_emulator")) return true;
  const std::string type = ToLowerAscii(TrimAscii(std::string_view(*header).substr(0, header->find(';'))));
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

bool IsCountry(std::string_view code) {
  const bool is_code = code.size() == 2 && code.find(' ') == std::string_view::npos;
  return is_code && kCountries.find(std::string(code) + " ") != std::string_view::npos;
}

bool LooksLikeEmail(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos) return false;
  const std::string_view domain = text.substr(at + 1);
  if (domain.find('.') == std::string_view::npos || domain.starts_with('.') || domain.ends_with('.')) return false;
  return text.find_first_of(" \t\r\n<>()\",;:\\") == std::string_view::npos && text.size() <= 254;
}

}  // namespace

void Issues::Add(std::string_view type, Json loc, std::string_view msg, Json input, Json ctx) {
  Json detail = Json::object({{"type", type}, {"loc", std::move(loc)}, {"msg", msg}, {"input", std::move(input)}});
  if (!ctx.is_null()) SetMember(detail, "ctx", std::move(ctx));
  details_.push_back(std::move(detail));
}

void Issues::AddType(ValueKind kind, Json loc, Json input) {
  const TypeWords& words = kTypeWords[static_cast<std::size_t>(kind)];
  Add(words.type, std::move(loc), words.msg, std::move(input));
}

void Issues::Refuse(Json loc, std::string_view msg, Json input, std::string_view type, Json ctx) {
  business_ = true;
  Add(type, std::move(loc), msg, std::move(input), std::move(ctx));
}

HttpResponse Issues::Answer() const {
  const Json body = Json::object(
      {{"error", business_ ? "PolarRequestValidationError" : "RequestValidationError"}, {"detail", details_}});
  return {422, {{"content-type", "application/json"}}, DumpJson(body)};
}

HttpResponse RefuseMember(std::string_view member, std::string_view msg, Json input, std::string_view type, Json ctx) {
  Issues issues;
  issues.Refuse(Json::array({"body", member}), msg, std::move(input), type, std::move(ctx));
  return issues.Answer();
}

Json BodyReader::LocOf(std::string_view name) const { return Appended(loc_, name); }

bool BodyReader::Has(std::string_view name) const {
  const Json* member = FindMember(object_, name);
  return member != nullptr && !member->is_null();
}

bool BodyReader::Require(std::string_view name, ValueKind kind) {
  if (Mentions(name)) return RefuseNull(name, kind);
  issues_.Add("missing", LocOf(name), "Field required", object_);
  return false;
}

bool BodyReader::RefuseNull(std::string_view name, ValueKind kind) {
  if (Mentions(name) && !Has(name)) {
    issues_.AddType(kind, LocOf(name), nullptr);
  }
  return Has(name);
}

const std::string* BodyReader::TextOf(std::string_view name) {
  if (!Has(name)) return nullptr;
  const std::string* text = FindString(object_, name);
  if (text == nullptr) {
    issues_.AddType(ValueKind::kText, LocOf(name), *FindMember(object_, name));
  }
  return text;
}

std::optional<std::string> BodyReader::Text(std::string_view name, std::size_t max_length) {
  const std::string* text = TextOf(name);
  if (text == nullptr) return std::nullopt;
  if (max_length != 0) CheckLength(*text, 0, max_length, LocOf(name), issues_);
  return *text;
}

std::optional<std::string> BodyReader::Uuid(std::string_view name) {
  const std::string* text = TextOf(name);
  if (text == nullptr) return std::nullopt;
  if (!IsUuid(*text)) {
    issues_.Add("uuid_parsing", LocOf(name), "Input should be a valid UUID", *text);
    return std::nullopt;
  }
  return ToLowerAscii(*text);
}

std::optional<std::string> BodyReader::Url(std::string_view name) {
  const std::string* text = TextOf(name);
  if (text == nullptr) return std::nullopt;
  if (!ParseUrl(*text)) {
    issues_.Add("url_parsing", LocOf(name), "Input should be a valid URL", *text);
    return std::nullopt;
  }
  return *text;
}

std::optional<std::string> BodyReader::Email(std::string_view name) {
  const std::string* text = TextOf(name);
  if (text == nullptr) return std::nullopt;
  if (!LooksLikeEmail(*text)) {
    issues_.Add("value_error", LocOf(name),
                "value is not a valid email address: it needs a name, an @-sign and a domain", *text);
    return std::nullopt;
  }
  return *text;
}

std::optional<bool> BodyReader::Bool(std::string_view name) {
  if (!Has(name)) return std::nullopt;
  const auto value = FindBool(object_, name);
  if (!value) issues_.AddType(ValueKind::kBool, LocOf(name), *FindMember(object_, name));
  return value;
}

std::optional<std::int64_t> BodyReader::Integer(std::string_view name, std::int64_t min, std::int64_t max) {
  if (!Has(name)) return std::nullopt;
  const auto value = FindInteger(object_, name);
  if (!value) {
    issues_.AddType(ValueKind::kInteger, LocOf(name), *FindMember(object_, name));
  } else if (*value < min) {
    issues_.Add("greater_than_equal", LocOf(name), "Input should be greater than or equal to " + std::to_string(min),
                *value, Json::object({{"ge", min}}));
  } else if (*value > max) {
    issues_.Add("less_than_equal", LocOf(name), "Input should be less than or equal to " + std::to_string(max), *value,
                Json::object({{"le", max}}));
  }
  return value;
}

Json BodyReader::Metadata(std::string_view name) {
  const Json* member = FindMember(object_, name);
  if (member == nullptr) return Json::object();
  const Json loc = LocOf(name);
  const auto* object = member->get_ptr<const Json::object_t*>();
  if (object == nullptr) {
    issues_.AddType(ValueKind::kDictionary, loc, *member);
    return Json::object();
  }
  if (object->size() > kMaxMetadataKeys) {
    issues_.Add("too_long", loc,
                "Dictionary should have at most 50 items after validation, not " + std::to_string(object->size()),
                *member, Json::object({{"field_type", "Dictionary"}, {"max_length", kMaxMetadataKeys}}));
  }
  for (const auto& [key, value] : *object) {
    CheckLength(key, 1, kMaxMetadataKeyLength, Appended(Appended(loc, key), "[key]"), issues_);
    CheckMetadataValue(value, Appended(loc, key), issues_);
  }
  return *member;
}

Json BodyReader::CustomFields(std::string_view name) {
  const Json* member = FindMember(object_, name);
  if (member == nullptr) return Json::object();
  const Json loc = LocOf(name);
  const auto* object = member->get_ptr<const Json::object_t*>();
  if (object == nullptr) {
    issues_.AddType(ValueKind::kDictionary, loc, *member);
    return Json::object();
  }
  for (const auto& [slug, value] : *object) {
    if (value.is_string() || value.is_number_integer() || value.is_boolean() || value.is_null()) continue;
    issues_.AddType(ValueKind::kText, Appended(Appended(loc, slug), "str"), value);
  }
  return *member;
}

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
  const auto country = reader.Text("country");
  if (country && !IsCountry(*country)) {
    issues_.Add("country", reader.LocOf("country"), "Invalid country alpha2 code", *country);
  }
  Json address = Json::object();
  for (const std::string_view part : {"line1", "line2", "postal_code", "city", "state"}) {
    const auto text = reader.Text(part);
    SetMember(address, part, text ? Json(*text) : Json(nullptr));
  }
  SetMember(address, "country", country.value_or(""));
  return address;
}

void CheckMetadataValue(const Json& value, const Json& loc, Issues& issues) {
  if (value.is_boolean() || value.is_number()) return;
  if (const auto* text = value.get_ptr<const std::string*>()) {
    return CheckLength(*text, 1, kMaxMetadataValueLength, Appended(loc, "str"), issues);
  }
  issues.AddType(ValueKind::kText, Appended(loc, "str"), value);
}

ParsedBody ParseBody(const HttpRequest& request) {
  Issues issues;
  if (!request.body.empty() && !IsTakenForJson(request)) {
    issues.AddType(ValueKind::kModel, Json::array({"body"}), request.body);
    return {nullptr, issues.Answer()};
  }
  Result<Json> json = ParseJson(request.body);
  if (!json) {
    if (request.body.empty()) {
      issues.Add("missing", Json::array({"body"}), "Field required", nullptr);
    } else {
      issues.Add("json_invalid", Json::array({"body", 0}), "JSON decode error", Json::object(),
                 Json::object({{"error", json.error().message}}));
    }
    return {nullptr, issues.Answer()};
  }
  if (!json->is_object()) {
    issues.AddType(ValueKind::kModel, Json::array({"body"}), *json);
    return {nullptr, issues.Answer()};
  }
  return {std::move(*json), std::nullopt};
}

std::optional<HttpResponse> CheckPathUuid(std::string_view name, const std::string& value) {
  if (IsUuid(value)) return std::nullopt;
  Issues issues;
  issues.Add("uuid_parsing", Json::array({"path", name}), "Input should be a valid UUID", value);
  return issues.Answer();
}

}  // namespace plinto::polar::emulator
