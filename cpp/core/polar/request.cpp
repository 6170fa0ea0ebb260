#include "core/polar/request.h"

#include "core/foundation/url.h"

namespace plinto::polar {
namespace {

std::string QueryText(const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text == nullptr ? DumpJson(value) : *text;
}

void AppendMember(std::string& url, const std::string& name, const Json& value) {
  if (const auto* list = value.get_ptr<const Json::array_t*>()) {
    for (const Json& item : *list) AppendMember(url, name, item);
  } else if (const auto* object = value.get_ptr<const Json::object_t*>()) {
    for (const auto& member : *object) AppendMember(url, name + "[" + member.first + "]", member.second);
  } else if (!value.is_null()) {
    AppendQuery(url, name, QueryText(value));
  }
}

}  // namespace

HttpRequest BuildRequest(const PolarAccount& account, std::string_view method, std::string_view path,
                         const Json& query) {
  HttpRequest request{.method = std::string(method),
                      .url = std::string(account.base_url).append(path),
                      .headers = {{"authorization", "Bearer " + account.access_token},
                                  {"polar-version", account.api_version},
                                  {"accept", "application/json"}}};
  if (const auto* members = query.get_ptr<const Json::object_t*>()) {
    for (const auto& member : *members) AppendMember(request.url, member.first, member.second);
  }
  return request;
}

HttpRequest BuildBodyRequest(const PolarAccount& account, std::string_view method, std::string_view path,
                             const Json& body) {
  return BuildTextRequest(account, method, path, DumpJson(body));
}

HttpRequest BuildTextRequest(const PolarAccount& account, std::string_view method, std::string_view path,
                             std::string body) {
  HttpRequest request = BuildRequest(account, method, path);
  request.headers.Add("content-type", "application/json");
  request.body = std::move(body);
  return request;
}

Status ParseAccepted(const HttpResponse& response) {
  if (!response.Succeeded()) return ErrorFromPolar(response);
  return Done{};
}

}  // namespace plinto::polar
