#include "emulator/api/body.h"

#include <algorithm>
#include <array>

#include "core/foundation/text.h"
#include "core/model/metadata.h"
#include "emulator/api/answers.h"
#include "emulator/api/http_url.h"
#include "emulator/api/url_host.h"
#include "emulator/api/values.h"

namespace plinto::polar::emulator {
namespace {

Json Appended(Json loc, Json part) {
  if (auto* list = loc.get_ptr<Json::array_t*>()) list->push_back(std::move(part));
  return loc;
}

// Null where there is none, or something else, which is refused.
const Json::object_t* DictionaryOf(const Json* member, const Json& loc, Issues& issues) {
  if (member == nullptr) return nullptr;
  const auto* object = member->get_ptr<const Json::object_t*>();
  if (object == nullptr) issues.AddType(ValueKind::kDictionary, loc, *member);
  return object;
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

bool HasNul(const Json& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) return text->find('\0') != std::string::npos;
  if (const auto* list = value.get_ptr<const Json::array_t*>()) return std::any_of(list->begin(), list->end(), HasNul);
  const auto* object = value.get_ptr<const Json::object_t*>();
  return object != nullptr && std::any_of(object->begin(), object->end(), [](const auto& member) {
           return member.first.find('\0') != std::string::npos || HasNul(member.second);
         });
}

// Names the members that have one, and says whether any has. A dictionary is named as a whole; an unknown member's name
// is nobody's matter.
bool RefuseNul(const Json& value, const Json& loc, Issues& issues) {
  if (!HasNul(value)) return false;
  constexpr std::array<std::string_view, 3> kDictionaries = {"metadata", "customer_metadata", "custom_field_data"};
  const Json& name = loc.back();
  const bool is_dictionary = std::any_of(kDictionaries.begin(), kDictionaries.end(),
                                         [&](std::string_view dictionary) { return name == Json(dictionary); });
  const auto* list = value.get_ptr<const Json::array_t*>();
  const auto* object = is_dictionary ? nullptr : value.get_ptr<const Json::object_t*>();
  bool refused = false;
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    refused = RefuseNul((*list)[i], Appended(loc, i), issues) || refused;
  }
  if (object != nullptr) {
    for (const auto& [key, member] : *object) refused = RefuseNul(member, Appended(loc, key), issues) || refused;
  }
  if (list != nullptr || object != nullptr) return refused;
  issues.Add("value_error", loc, "Value error, This value contains invalid characters", value,
             Json::object({{"error", Json::object()}}));
  return true;
}

Json Detail(std::string_view type, Json loc, std::string_view msg, Json input, Json ctx) {
  Json detail = Json::object({{"type", type}, {"loc", std::move(loc)}, {"msg", msg}, {"input", std::move(input)}});
  if (!ctx.is_null()) SetMember(detail, "ctx", std::move(ctx));
  return detail;
}

}  // namespace

void Issues::Add(std::string_view type, Json loc, std::string_view msg, Json input, Json ctx) {
  details_.push_back(Detail(type, std::move(loc), msg, std::move(input), std::move(ctx)));
}

void Issues::AddType(ValueKind kind, Json loc, Json input) {
  const TypeWords& words = kTypeWords[static_cast<std::size_t>(kind)];
  Add(words.type, std::move(loc), words.msg, std::move(input));
}

void Issues::Refuse(Json loc, std::string_view msg, Json input, std::string_view type, Json ctx) {
  refusals_.push_back(Detail(type, std::move(loc), msg, std::move(input), std::move(ctx)));
}

HttpResponse Issues::Answer() const {
  const bool malformed = !details_.empty();
  const Json body = Json::object({{"error", malformed ? "RequestValidationError" : "PolarRequestValidationError"},
                                  {"detail", malformed ? details_ : refusals_}});
  return {422, {{"content-type", "application/json"}}, DumpJson(body)};
}

std::optional<HttpResponse> Issues::Refusal(bool found) const {
  if (!details_.empty()) return Answer();
  if (!found) return ResourceNotFound();
  return empty() ? std::nullopt : std::optional(Answer());
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

std::optional<std::string> BodyReader::Trimmed(std::string_view name, std::size_t max_length) {
  return OrNone(Text(name, max_length));
}

std::optional<std::string> BodyReader::Uuid(std::string_view name, bool any_version) {
  const std::string* text = TextOf(name);
  if (text == nullptr) return std::nullopt;
  Taken<std::string> uuid = TakeUuid(*text, any_version);
  if (!uuid.value) issues_.Add(uuid.type, LocOf(name), uuid.msg, *text);
  return std::move(uuid.value);
}

std::optional<std::string> BodyReader::Url(std::string_view name) { return UrlOf(name, ReadHttpUrl); }

std::optional<std::string> BodyReader::SuccessUrl(std::string_view name) { return UrlOf(name, ReadSuccessUrl); }

std::optional<std::string> BodyReader::UrlOf(std::string_view name, HttpUrl (*read)(std::string_view text)) {
  if (!Has(name)) return std::nullopt;
  const std::string* text = FindString(object_, name);
  if (text == nullptr) {
    issues_.AddType(ValueKind::kUrl, LocOf(name), *FindMember(object_, name));
    return std::nullopt;
  }
  HttpUrl url = read(*text);
  if (!url.text.empty()) return std::move(url.text);
  issues_.Add(url.type, LocOf(name), url.msg, *text);
  return std::nullopt;
}

std::optional<std::string> BodyReader::Email(std::string_view name) {
  const std::string* text = TextOf(name);
  if (text == nullptr) return std::nullopt;
  auto email = ToEmail(*text);
  if (!email) {
    issues_.Add("value_error", LocOf(name),
                "value is not a valid email address: it needs a name, an @-sign and a domain", *text);
  }
  return email;
}

std::optional<std::string> BodyReader::Locale(std::string_view name) {
  const std::string* text = TextOf(name);
  if (text == nullptr) return std::nullopt;
  auto locale = ToLocale(*text);
  if (!locale) {
    issues_.Add("value_error", LocOf(name), "Value error, Invalid IETF BCP 47 language tag", *text,
                Json::object({{"error", Json::object()}}));
  }
  return locale;
}

std::optional<std::string> BodyReader::IpAddress(std::string_view name) {
  if (!Has(name)) return std::nullopt;
  const std::string* text = FindString(object_, name);
  auto address = text == nullptr ? std::nullopt : ToIpAddress(*text);
  if (!address) {
    issues_.Add("ip_any_address", LocOf(name), "value is not a valid IPv4 or IPv6 address", *FindMember(object_, name));
  }
  return address;
}

std::optional<bool> BodyReader::Bool(std::string_view name) {
  if (!Has(name)) return std::nullopt;
  const Json& member = *FindMember(object_, name);
  const Taken<bool> taken = TakeBool(member);
  if (!taken.value) issues_.Add(taken.type, LocOf(name), taken.msg, member);
  return taken.value;
}

std::optional<std::int64_t> BodyReader::Integer(std::string_view name, std::int64_t min, std::int64_t max) {
  if (!Has(name)) return std::nullopt;
  const Json& member = *FindMember(object_, name);
  const Taken<std::int64_t> taken = TakeInteger(member);
  const auto& value = taken.value;
  if (!value) {
    issues_.Add(taken.type, LocOf(name), taken.msg, member);
  } else if (*value < min) {
    issues_.Add("greater_than_equal", LocOf(name), "Input should be greater than or equal to " + std::to_string(min),
                member, Json::object({{"ge", min}}));
  } else if (*value > max) {
    issues_.Add("less_than_equal", LocOf(name), "Input should be less than or equal to " + std::to_string(max), member,
                Json::object({{"le", max}}));
  }
  return value;
}

Json BodyReader::Metadata(std::string_view name) {
  const Json* member = FindMember(object_, name);
  const Json loc = LocOf(name);
  const auto* object = DictionaryOf(member, loc, issues_);
  if (object == nullptr) return Json::object();
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
  const Json loc = LocOf(name);
  const auto* object = DictionaryOf(member, loc, issues_);
  if (object == nullptr) return Json::object();
  for (const auto& [slug, value] : *object) {
    if (value.is_string() || value.is_number_integer() || value.is_boolean() || value.is_null()) continue;
    issues_.AddType(ValueKind::kText, Appended(Appended(loc, slug), "str"), value);
  }
  return *member;
}

void CheckMetadataValue(const Json& value, const Json& loc, Issues& issues) {
  if (value.is_boolean() || value.is_number()) return;
  if (const auto* text = value.get_ptr<const std::string*>()) {
    return CheckLength(*text, 1, kMaxMetadataValueLength, Appended(loc, "str"), issues);
  }
  issues.AddType(ValueKind::kText, Appended(loc, "str"), value);
}

std::optional<HttpResponse> RefuseBrokenJson(const HttpRequest& request) {
  if (request.body.empty() || !IsTakenForJson(request)) return std::nullopt;
  const Result<Json> json = ParseJson(request.body);
  if (json) return std::nullopt;
  if (json.error().message.find("UTF-8") != std::string::npos) {
    return JsonAnswer(400, Json::object({{"detail", "There was an error parsing the body"}}));
  }
  Issues issues;
  issues.Add("json_invalid", Json::array({"body", 0}), "JSON decode error", Json::object(),
             Json::object({{"error", json.error().message}}));
  return issues.Answer();
}

ParsedBody ParseBody(const HttpRequest& request, Issues issues) {
  if (auto broken = RefuseBrokenJson(request)) return {nullptr, std::move(broken)};
  if (request.body.empty()) {
    issues.Add("missing", Json::array({"body"}), "Field required", nullptr);
    return {nullptr, issues.Answer()};
  }
  Json json = request.body;
  if (IsTakenForJson(request)) {
    if (Result<Json> parsed = ParseJson(request.body)) json = std::move(*parsed);
  }
  if (!json.is_object()) {
    issues.AddType(ValueKind::kModel, Json::array({"body"}), json);
    return {nullptr, issues.Answer()};
  }
  if (RefuseNul(json, Json::array({"body"}), issues)) return {nullptr, issues.Answer()};
  return {std::move(json), std::nullopt};
}

}  // namespace plinto::polar::emulator
