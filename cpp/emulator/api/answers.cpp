#include "emulator/api/answers.h"

#include "core/foundation/text.h"

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

HttpResponse NotPermitted() {
  return ErrorAnswer(403, "NotPermitted", "Only owners and billing managers can do this.");
}

HttpResponse RouteNotFound() { return JsonAnswer(404, Json::object({{"detail", "Not Found"}})); }

HttpResponse BodyTooLarge() {
  return ErrorAnswer(413, "RequestBodyTooLarge", "The request body is larger than 10 MiB.");
}

HttpResponse ServerFailed() { return ErrorAnswer(500, "InternalServerError", "Internal Server Error"); }

HttpResponse NotImplemented(std::string_view what) {
  return ErrorAnswer(501, "NotImplemented", "The emulator does not have " + std::string(what) + ".");
}

bool ListQuery::Admits(std::string_view name, std::string_view value) const {
  bool filtered = false;
  for (const auto& [key, wanted] : parameters_) {
    if (key != name) continue;
    if (wanted == value) return true;
    filtered = true;
  }
  return !filtered;
}

const std::string* ListQuery::Find(std::string_view name) const {
  for (const auto& [key, value] : parameters_) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<bool> ListQuery::Flag(std::string_view name) const {
  const std::string* text = Find(name);
  return text == nullptr ? std::nullopt : ParseFlag(*text);
}

std::optional<bool> ParseFlag(std::string_view text) {
  const std::string word = ToLowerAscii(text);
  for (const std::string_view yes : {"true", "1", "yes", "on", "t", "y"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"false", "0", "no", "off", "f", "n"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

}  // namespace plinto::polar::emulator
