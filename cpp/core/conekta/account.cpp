#include "core/conekta/account.h"

#include <algorithm>

#include "core/foundation/url.h"

namespace plinto::polar {
namespace {

constexpr std::size_t kLongestId = 100;

bool IsIdCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

}  // namespace

bool IsConektaId(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), IsIdCharacter);
}

bool IsKeptConektaId(std::string_view id) { return id.starts_with("sub_") || id.starts_with("ord_"); }

Timestamp FromConektaTime(std::int64_t seconds) {
  return Timestamp::FromSeconds(std::clamp<std::int64_t>(seconds, 0, kLastTimestamp.Seconds()));
}

HttpRequest BuildConektaRequest(const ConektaAccount& account, std::string_view method, std::string_view path,
                                const Json& query) {
  HttpRequest request{.method = std::string(method),
                      .url = std::string(account.base_url).append(path),
                      .headers = {{"authorization", "Bearer " + account.api_key},
                                  {"accept", "application/vnd.conekta-v" + account.api_version + "+json"},
                                  {"accept-language", "en"}}};
  if (const auto* members = query.get_ptr<const Json::object_t*>()) {
    for (const auto& [name, value] : *members) {
      const auto* text = value.get_ptr<const std::string*>();
      AppendQuery(request.url, name, text == nullptr ? DumpJson(value) : *text);
    }
  }
  return request;
}

HttpRequest BuildConektaBody(const ConektaAccount& account, std::string_view method, std::string_view path,
                             const Json& body) {
  HttpRequest request = BuildConektaRequest(account, method, path);
  request.headers.Add("content-type", "application/json");
  request.body = DumpJson(body);
  return request;
}

}  // namespace plinto::polar
