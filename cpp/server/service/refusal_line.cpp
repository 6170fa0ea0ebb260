#include "server/service/refusal_line.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "core/polar/errors.h"

namespace plinto::polar::server {
namespace {

// Polar's longest sentence is shorter.
constexpr std::size_t kMostWords = 500;
// Of so much it is looked what was sent, for each text that was.
constexpr std::size_t kMostRead = 1'024;

bool IsPersonal(std::string_view member) {
  constexpr std::array<std::string_view, 9> kParts = {"email",  "name",  "line1",  "line2",     "city",
                                                      "postal", "phone", "tax_id", "ip_address"};
  return std::any_of(kParts.begin(), kParts.end(),
                     [member](std::string_view part) { return member.find(part) != std::string_view::npos; });
}

// The texts of people's that were sent. An address's domain may be told apart from the rest of it.
void CollectPersonal(const Json& json, bool is_personal, std::set<std::string>& texts) {
  if (const auto* text = json.get_ptr<const std::string*>()) {
    const std::size_t at = text->find('@');
    if (at != std::string::npos) {
      texts.insert(text->substr(at + 1));
      texts.insert(text->substr(0, at));
    }
    if (is_personal || at != std::string::npos) texts.insert(*text);
  } else if (const auto* object = json.get_ptr<const Json::object_t*>()) {
    for (const auto& [key, value] : *object) {
      const bool is_below = is_personal || key == "metadata" || key == "custom_field_data" || IsPersonal(key);
      CollectPersonal(value, is_below, texts);
    }
  } else if (const auto* list = json.get_ptr<const Json::array_t*>()) {
    for (const Json& item : *list) CollectPersonal(item, is_personal, texts);
  }
}

// Looked for in Polar's words as they are, not in what has taken the place of some: a text that was sent may be a
// letter of that.
std::string WithoutPersonal(std::string words, const HttpRequest& request) {
  std::set<std::string> texts;
  if (const Result<Json> body = ParseJson(request.body)) CollectPersonal(*body, false, texts);
  const bool is_cut = words.size() > kMostRead;
  if (is_cut) words.resize(kMostRead);
  std::vector<bool> is_sent(words.size());
  std::size_t longest = 0;
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    longest = std::max(longest, text.size());
    for (std::size_t at = words.find(text); at != std::string::npos; at = words.find(text, at + 1)) {
      std::fill_n(is_sent.begin() + static_cast<std::ptrdiff_t>(at), text.size(), true);
    }
  }
  // What was cut in its middle is found nowhere.
  if (is_cut) std::fill_n(is_sent.rbegin(), std::min(longest, words.size()), true);
  std::string harmless;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_sent[i]) harmless += words[i];
    if (is_sent[i] && (i == 0 || !is_sent[i - 1])) harmless += "[sent]";
  }
  return harmless;
}

// The kind of the first complaint: `string_too_long`.
std::string TypeOf(const HttpResponse& response) {
  const Result<Json> body = ParseJson(response.body);
  const Json* detail = body ? FindMember(*body, "detail") : nullptr;
  const auto* list = detail == nullptr ? nullptr : detail->get_ptr<const Json::array_t*>();
  const std::string* type = list == nullptr || list->empty() ? nullptr : FindString(list->front(), "type");
  return type == nullptr ? "" : *type;
}

std::string PathOf(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  if (path == std::string::npos) return "/";
  return url.substr(path, url.find_first_of("?#", path) - path);
}

}  // namespace

std::string RefusalLine(const HttpRequest& request, const HttpResponse& response) {
  return RefusalLine("Polar", ErrorFromPolar(response), request, response);
}

std::string RefusalLine(std::string_view who, const Error& error, const HttpRequest& request,
                        const HttpResponse& response) {
  std::string line = std::string(who) + " answered " + std::to_string(response.status) + " to " + request.method + " " +
                     PathOf(request.url);
  if (!error.field.empty()) line += ", field " + error.field;
  if (const std::string type = TypeOf(response); !type.empty()) line += ", type " + type;
  std::string words = WithoutPersonal(error.details.empty() ? error.message : error.details, request);
  if (words.size() > kMostWords) words = words.substr(0, kMostWords) + "...";
  return line + ": " + words;
}

}  // namespace plinto::polar::server
