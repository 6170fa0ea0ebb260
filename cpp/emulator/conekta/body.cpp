#include "emulator/conekta/body.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "core/foundation/url.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::size_t kMostMetadataKeys = 100;
constexpr std::size_t kLongestMetadata = 249;

std::string Listed(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

}  // namespace

std::string Body::PathOf(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

const Json* Body::Member(std::string_view name) const {
  const Json* member = FindMember(object_, name);
  return member == nullptr || member->is_null() ? nullptr : member;
}

bool Body::Has(std::string_view name) const { return Member(name) != nullptr; }

void Body::Allow(std::initializer_list<std::string_view> names) {
  const auto* members = object_.get_ptr<const Json::object_t*>();
  if (members == nullptr) return;
  for (const auto& [name, value] : *members) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string path = PathOf(name);
    details_.push_back(
        {"parameter_validation.whitelist",
         {"El parametro \"" + path + "\" no est\u00e1 permitido", "The \"" + path + "\" parameter is not allowed"},
         path});
  }
}

bool Body::Require(std::string_view name) {
  if (Has(name)) return true;
  const std::string path = PathOf(name);
  details_.push_back({"parameter_validation." + path + ".missing",
                      {"Falta el parametro \"" + path + "\".", "The parameter \"" + path + "\" is missing."},
                      path});
  return false;
}

void Body::Refuse(std::string_view name, Words what) {
  const std::string path = PathOf(name);
  details_.push_back(
      {"parameter_validation." + path + ".invalid",
       {"El parametro \"" + path + "\" " + what.spanish + ".", "The parameter \"" + path + "\" " + what.english + "."},
       path});
}

std::optional<std::string> Body::Text(std::string_view name, std::size_t shortest, std::size_t longest) {
  const Json* member = Member(name);
  if (member == nullptr) return std::nullopt;
  const auto* text = member->get_ptr<const std::string*>();
  const std::size_t length = text == nullptr ? 0 : CountCodePoints(*text);
  if (text != nullptr && length >= shortest && length <= longest && text->find('\0') == std::string::npos) return *text;
  const std::string range = std::to_string(shortest) + "-" + std::to_string(longest);
  Refuse(name, {"debe ser un texto de " + range + " caracteres", "must be a text of " + range + " characters"});
  return std::nullopt;
}

std::optional<std::string> Body::RequireText(std::string_view name, std::size_t shortest, std::size_t longest) {
  return Require(name) ? Text(name, shortest, longest) : std::nullopt;
}

std::optional<std::int64_t> Body::Integer(std::string_view name, std::int64_t least, std::int64_t most) {
  const Json* member = Member(name);
  if (member == nullptr) return std::nullopt;
  const auto number = member->is_number_integer() ? AsInteger(*member) : std::nullopt;
  if (number && *number >= least && *number <= most) return number;
  const std::string range = std::to_string(least) + "-" + std::to_string(most);
  Refuse(name, {"debe ser un entero (" + range + ")", "must be an integer (" + range + ")"});
  return std::nullopt;
}

std::optional<std::int64_t> Body::RequireInteger(std::string_view name, std::int64_t least, std::int64_t most) {
  return Require(name) ? Integer(name, least, most) : std::nullopt;
}

std::optional<bool> Body::Flag(std::string_view name) {
  const Json* member = Member(name);
  if (member == nullptr) return std::nullopt;
  if (const auto* flag = member->get_ptr<const bool*>()) return *flag;
  Refuse(name, {"debe ser true o false", "must be true or false"});
  return std::nullopt;
}

std::optional<Timestamp> Body::Time(std::string_view name) {
  const auto seconds = Integer(name, 1, kLastTimestamp.Seconds());
  return seconds ? std::optional(Timestamp::FromSeconds(*seconds)) : std::nullopt;
}

std::optional<std::string> Body::Url(std::string_view name) {
  auto text = Text(name, 1);
  if (!text || ParseUrl(*text)) return text;
  Refuse(name, {"debe ser una URL http o https", "must be an http or https URL"});
  return std::nullopt;
}

std::optional<std::string> Body::Choice(std::string_view name, std::span<const std::string_view> words) {
  auto text = Text(name);
  if (!text || std::find(words.begin(), words.end(), *text) != words.end()) return text;
  Refuse(name, {"debe ser uno de: " + Listed(words), "must be one of: " + Listed(words)});
  return std::nullopt;
}

std::optional<std::vector<std::string>> Body::Texts(std::string_view name, std::span<const std::string_view> words) {
  const Json* member = Member(name);
  if (member == nullptr) return std::nullopt;
  const auto* list = member->get_ptr<const Json::array_t*>();
  std::vector<std::string> texts;
  if (list != nullptr) {
    for (const Json& entry : *list) {
      const auto* text = entry.get_ptr<const std::string*>();
      if (text == nullptr || (!words.empty() && std::find(words.begin(), words.end(), *text) == words.end())) break;
      texts.push_back(*text);
    }
  }
  if (list != nullptr && texts.size() == list->size()) return texts;
  Refuse(name, {"debe ser una lista de textos" + (words.empty() ? "" : ": " + Listed(words)),
                "must be a list of texts" + (words.empty() ? "" : ": " + Listed(words))});
  return std::nullopt;
}

Json Body::Metadata(std::string_view name) {
  const Json* member = Object(name);
  if (member == nullptr) return Json::object();
  const auto* object = member->get_ptr<const Json::object_t*>();
  bool fits = object->size() <= kMostMetadataKeys;
  for (const auto& [key, value] : *object) {
    const auto* text = value.get_ptr<const std::string*>();
    const bool is_text = text != nullptr && CountCodePoints(*text) <= kLongestMetadata;
    fits = fits && (is_text || value.is_number() || value.is_boolean() || value.is_null());
  }
  if (fits) return *member;
  Refuse(name, {"debe tener hasta 100 textos de hasta 249 caracteres, numeros o booleanos",
                "must have up to 100 texts of up to 249 characters, numbers or booleans"});
  return Json::object();
}

const Json* Body::Object(std::string_view name) {
  const Json* member = Member(name);
  if (member == nullptr || member->is_object()) return member;
  Refuse(name, {"debe ser un objeto", "must be an object"});
  return nullptr;
}

std::vector<Json> Body::List(std::string_view name) {
  const Json* member = Member(name);
  if (member == nullptr) return {};
  if (const auto* list = member->get_ptr<const Json::array_t*>()) return *list;
  Refuse(name, {"debe ser una lista", "must be a list"});
  return {};
}

Json ReadBody(const HttpRequest& request) {
  Result<Json> json = ParseJson(request.body);
  return json && json->is_object() ? *std::move(json) : Json::object();
}

bool IsBroken(const HttpRequest& request) {
  if (request.body.empty()) return false;
  const Result<Json> json = ParseJson(request.body);
  return !json || !json->is_object();
}

}  // namespace plinto::polar::emulator::conekta
