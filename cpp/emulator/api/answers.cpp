#include "emulator/api/answers.h"

#include <algorithm>

#include "emulator/api/values.h"

namespace plinto::polar::emulator {

HttpResponse JsonAnswer(int status, const Json& body) {
  return {status, {{"content-type", "application/json"}}, DumpJson(body)};
}

HttpResponse HtmlAnswer(int status, std::string html) {
  return {status, {{"content-type", "text/html; charset=utf-8"}}, std::move(html)};
}

HttpResponse ErrorAnswer(int status, std::string_view error, std::string_view detail) {
  return JsonAnswer(status, Json::object({{"error", error}, {"detail", detail}}));
}

HttpResponse ResourceNotFound() { return ErrorAnswer(404, "ResourceNotFound", "Not found"); }

HttpResponse NotPermitted(std::string_view why) { return ErrorAnswer(403, "NotPermitted", why); }

HttpResponse RouteNotFound() { return JsonAnswer(404, Json::object({{"detail", "Not Found"}})); }

HttpResponse BodyTooLarge() {
  return ErrorAnswer(413, "RequestBodyTooLarge", "The request body is larger than 10 MiB.");
}

HttpResponse ServerFailed() { return ErrorAnswer(500, "InternalServerError", "Internal Server Error"); }

HttpResponse NotImplemented(std::string_view what) {
  return ErrorAnswer(501, "NotImplemented", "The emulator does not have " + std::string(what) + ".");
}

bool ListQuery::Admits(std::string_view name, std::string_view value) const {
  const bool is_id = name == "id" || (name.ends_with("_id") && !name.starts_with("external_"));
  bool filtered = false;
  for (const auto& [key, wanted] : parameters_) {
    if (key != name) continue;
    if (wanted == value || (is_id && ToUuid(wanted) == value)) return true;
    filtered = true;
  }
  return !filtered;
}

const std::string* ListQuery::Find(std::string_view name) const {
  const auto last = std::find_if(parameters_.rbegin(), parameters_.rend(),
                                 [&](const auto& parameter) { return parameter.first == name; });
  return last == parameters_.rend() ? nullptr : &last->second;
}

std::optional<bool> ListQuery::Flag(std::string_view name) const {
  const std::string* text = Find(name);
  return text == nullptr ? std::nullopt : ParseFlag(*text);
}

}  // namespace plinto::polar::emulator
