#include "emulator/pages/page_api.h"

#include <algorithm>

#include "core/foundation/http.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Polar describes a wrong number in a programmer's words; its other sentences read well enough.
std::string WordsOf(const Json& issue) {
  const std::string type = LookText(issue, "type");
  std::string words = LookText(issue, "msg");
  if (type.starts_with("int_")) return "Enter a whole number.";
  if (!words.starts_with("Input should be")) return words;
  if (type == "greater_than_equal") return "Enter " + std::to_string(LookInteger(issue, "ctx.ge")) + " or more.";
  if (type == "less_than_equal") return "Enter " + std::to_string(LookInteger(issue, "ctx.le")) + " or less.";
  return words;
}

}  // namespace

ApiAnswer AskApi(World& world, std::string_view method, const std::string& path, const Json& body,
                 const std::string& token) {
  HttpRequest request = {std::string(method), path, {{"content-type", "application/json"}}, {}};
  if (!token.empty()) request.headers.Add("authorization", "Bearer " + token);
  if (!body.is_null()) request.body = DumpJson(body);
  const HttpResponse response = Dispatch(world, request).answer;
  auto json = ParseJson(response.body);
  return {response.status, json ? *std::move(json) : Json(nullptr)};
}

PageRefusal RefusalOf(const ApiAnswer& answer) {
  constexpr std::string_view kFallback = "Something is wrong with this request.";
  if (const std::string* detail = FindString(answer.json, "detail")) return {*detail, {}};
  const auto& issues = LookList(answer.json, "detail");
  if (issues.empty()) return {std::string(kFallback), {}};
  // Where a body may be of several kinds, each kind that was not meant misses a field or has one too many.
  const auto wrong = std::find_if(issues.begin(), issues.end(), [](const Json& issue) {
    const std::string type = LookText(issue, "type");
    return type != "missing" && type != "extra_forbidden";
  });
  const Json& issue = wrong == issues.end() ? issues.front() : *wrong;
  PageRefusal refusal = {WordsOf(issue), {}, issue};
  const auto& loc = LookList(issue, "loc");
  const auto* last = loc.empty() ? nullptr : loc.back().get_ptr<const std::string*>();
  if (last != nullptr) refusal.field = *last;
  return refusal;
}

const Json* Look(const Json& json, std::string_view path) {
  const Json* here = &json;
  while (!path.empty() && here != nullptr) {
    const std::string_view step = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    here = FindMember(*here, step);
  }
  return here;
}

std::string LookText(const Json& json, std::string_view path) {
  const Json* value = Look(json, path);
  const auto* text = value == nullptr ? nullptr : value->get_ptr<const std::string*>();
  return text == nullptr ? std::string() : *text;
}

std::int64_t LookInteger(const Json& json, std::string_view path) {
  const Json* value = Look(json, path);
  return value == nullptr ? 0 : AsInteger(*value).value_or(0);
}

bool LookBool(const Json& json, std::string_view path) {
  const Json* value = Look(json, path);
  const auto* flag = value == nullptr ? nullptr : value->get_ptr<const bool*>();
  return flag != nullptr && *flag;
}

const std::vector<Json>& LookList(const Json& json, std::string_view path) {
  static const std::vector<Json> kEmpty;
  const Json* value = Look(json, path);
  const auto* list = value == nullptr ? nullptr : value->get_ptr<const Json::array_t*>();
  return list == nullptr ? kEmpty : *list;
}

}  // namespace plinto::polar::emulator
