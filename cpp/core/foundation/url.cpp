#include "core/foundation/url.h"

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

constexpr std::size_t kMaxUrlLength = 2'083;

bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool IsHost(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  if (host.front() == '[') {
    if (host.size() < 4 || host.back() != ']') return false;
    return host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  }
  for (const char c : host) {
    if (!IsHostCharacter(c)) return false;
  }
  return true;
}

}  // namespace

std::string Url::Origin() const { return scheme + "://" + host + (port.empty() ? "" : ":" + port); }

std::optional<Url> ParseUrl(std::string_view text) {
  if (text.size() > kMaxUrlLength) return std::nullopt;
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '\\') return std::nullopt;
  }
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Url url;
  url.scheme = ToLowerAscii(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  const std::string_view rest = text.substr(colon + 3);
  const std::size_t end = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, end);
  const std::string_view target = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  if (authority.find('@') != std::string_view::npos) return std::nullopt;
  const std::size_t bracket = authority.rfind(']');
  std::size_t port_colon = authority.rfind(':');
  if (bracket != std::string_view::npos && port_colon != std::string_view::npos && port_colon < bracket) {
    port_colon = std::string_view::npos;
  }
  url.host = ToLowerAscii(authority.substr(0, port_colon));
  if (!IsHost(url.host)) return std::nullopt;
  if (port_colon != std::string_view::npos) {
    const auto port = ParseInteger(authority.substr(port_colon + 1));
    if (!port || *port < 1 || *port > 65'535) return std::nullopt;
    const bool default_port = *port == (url.scheme == "https" ? 443 : 80);
    if (!default_port) url.port = std::to_string(*port);
  }
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return url;
}

const std::string* RequestTarget::Find(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<RequestTarget> ParseRequestTarget(std::string_view target) {
  RequestTarget parsed;
  const std::size_t mark = target.find('?');
  const auto path = PercentDecode(target.substr(0, mark), false);
  if (!path) return std::nullopt;
  parsed.path = *path;
  std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = PercentDecode(pair.substr(0, equals), true);
    auto value = PercentDecode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value) return std::nullopt;
    parsed.query.emplace_back(std::move(*name), std::move(*value));
  }
  return parsed;
}

void AppendQuery(std::string& url, std::string_view name, std::string_view value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += PercentEncode(name);
  url += '=';
  url += PercentEncode(value);
}

}  // namespace plinto::polar
