#include "emulator/api/http_url.h"

#include <algorithm>
#include <vector>

#include "core/foundation/text.h"
#include "emulator/api/url_host.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kLongest = 2'083;
constexpr std::size_t kNone = std::string_view::npos;

// Beside control characters and everything beyond ASCII.
constexpr std::string_view kFragmentSet = " \"<>`";
constexpr std::string_view kQuerySet = " \"#<>'";
constexpr std::string_view kPathSet = " \"<>`#?{}";
constexpr std::string_view kUserSet = " \"<>`#?{}/:;=@[\\]^|";

void AppendEncoded(std::string& url, std::string_view text, std::string_view set) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool encoded = byte <= 0x1F || byte >= 0x7F || set.find(c) != kNone;
    url += encoded ? PercentEncode(std::string_view(&c, 1)) : std::string(1, c);
  }
}

HttpUrl Broken(std::string_view why) { return {{}, "url_parsing", why}; }

bool IsNumber(std::string_view text) { return text.find_first_not_of("0123456789") == kNone; }

std::vector<std::string_view> Split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find_first_of(at); end != kNone; end = text.find_first_of(at)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

bool IsDot(std::string_view segment) { return segment == "." || EqualsIgnoringCase(segment, "%2e"); }
bool IsTwoDots(std::string_view segment) {
  for (const std::string_view form : {"..", ".%2e", "%2e.", "%2e%2e"}) {
    if (EqualsIgnoringCase(segment, form)) return true;
  }
  return false;
}

std::string PathOf(std::string_view text) {
  if (!text.empty()) text.remove_prefix(1);
  std::vector<std::string> kept;
  const std::vector<std::string_view> segments = Split(text, "/\\");
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (IsTwoDots(segments[i])) {
      if (!kept.empty()) kept.pop_back();
      if (last) kept.emplace_back();
    } else if (IsDot(segments[i])) {
      if (last) kept.emplace_back();
    } else {
      AppendEncoded(kept.emplace_back(), segments[i], kPathSet);
    }
  }
  std::string path;
  for (const std::string& segment : kept) path += "/" + segment;
  return path.empty() ? "/" : path;
}

// The text without what a browser's address bar drops: spaces and control characters around it, tabs and line ends.
std::string Cleaned(std::string_view text) {
  const auto is_dropped = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!text.empty() && is_dropped(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_dropped(text.back())) text.remove_suffix(1);
  std::string cleaned(text);
  std::erase_if(cleaned, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  return cleaned;
}

}  // namespace

HttpUrl ReadHttpUrl(std::string_view given) {
  if (CountCodePoints(given) > kLongest) return {{}, "url_too_long", "URL should have at most 2083 characters"};
  if (given.empty()) return Broken("Input should be a valid URL, input is empty");
  const std::string cleaned = Cleaned(given);
  std::string_view rest = cleaned;
  const std::size_t colon = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  const bool has_colon = colon != kNone && colon > 0 && rest[colon] == ':';
  if (!has_colon || std::string_view("0123456789+-.").find(rest[0]) != kNone)
    return Broken("Input should be a valid URL, relative URL without a base");
  const std::string scheme = ToLowerAscii(rest.substr(0, colon));
  if (scheme != "http" && scheme != "https") return {{}, "url_scheme", "URL scheme should be 'http' or 'https'"};
  rest.remove_prefix(colon + 1);
  rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of("/\\")));
  const std::size_t end = std::min(rest.size(), rest.find_first_of("/\\?#"));
  std::string_view authority = rest.substr(0, end);
  rest.remove_prefix(end);
  std::string url = scheme + "://";
  if (const std::size_t at = authority.rfind('@'); at != kNone) {
    const std::string_view user = authority.substr(0, at);
    const std::size_t split = std::min(user.size(), user.find(':'));
    std::string info;
    AppendEncoded(info, user.substr(0, split), kUserSet);
    if (split + 1 < user.size()) {
      info += ":";
      AppendEncoded(info, user.substr(split + 1), kUserSet);
    }
    if (!info.empty()) url += info + "@";
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (const std::size_t split = bracket == kNone ? kNone : authority.find(':', bracket); split != kNone) {
    port = authority.substr(split + 1);
    authority = authority.substr(0, split);
  }
  if (authority.empty()) return Broken("Input should be a valid URL, empty host");
  const UrlHost host = ReadUrlHost(authority);
  if (host.text.empty()) return Broken(host.msg);
  url += host.text;
  if (!port.empty()) {
    const auto number = IsNumber(port) ? ParseInteger(port) : std::nullopt;
    if (!number || *number > 65'535) return Broken("Input should be a valid URL, invalid port number");
    if (*number != (scheme == "http" ? 80 : 443)) url += ":" + std::to_string(*number);
  }
  const std::size_t path_end = std::min(rest.size(), rest.find_first_of("?#"));
  url += PathOf(rest.substr(0, path_end));
  rest.remove_prefix(path_end);
  if (rest.starts_with('?')) {
    const std::size_t query_end = std::min(rest.size(), rest.find('#'));
    url += "?";
    AppendEncoded(url, rest.substr(1, query_end - 1), kQuerySet);
    rest.remove_prefix(query_end);
  }
  if (rest.starts_with('#')) {
    url += "#";
    AppendEncoded(url, rest.substr(1), kFragmentSet);
  }
  return {std::move(url), {}, {}};
}

HttpUrl ReadSuccessUrl(std::string_view text) {
  constexpr std::string_view kEncoded = "%7BCHECKOUT_ID%7D";
  constexpr std::string_view kPlaceholder = "{CHECKOUT_ID}";
  HttpUrl url = ReadHttpUrl(text);
  for (std::size_t at = url.text.find(kEncoded); at != std::string::npos; at = url.text.find(kEncoded)) {
    url.text.replace(at, kEncoded.size(), kPlaceholder);
  }
  return url;
}

}  // namespace plinto::polar::emulator
