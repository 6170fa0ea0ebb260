#include "emulator/api/http_url.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/foundation/text.h"

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

// Punycode of one label (RFC 3492); nothing when it is no UTF-8.
std::optional<std::string> PunycodeOf(std::string_view label) {
  std::vector<std::uint32_t> points;
  std::string basic;
  for (std::size_t i = 0; i < label.size();) {
    const auto byte = static_cast<unsigned char>(label[i]);
    const std::size_t size = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 0;
    if (size == 0 || i + size > label.size()) return std::nullopt;
    std::uint32_t point = size == 1 ? byte : byte & (0xFFU >> (size + 1));
    for (std::size_t j = 1; j < size; ++j) {
      point = (point << 6U) | (static_cast<unsigned char>(label[i + j]) & 0x3FU);
    }
    if (size == 1) basic += label[i];
    points.push_back(point);
    i += size;
  }
  if (basic.size() == label.size()) return std::string(label);
  std::string code = "xn--" + basic + (basic.empty() ? "" : "-");
  constexpr std::uint32_t kBase = 36;
  constexpr std::uint32_t kMost = 26;
  std::uint32_t next = 0x80;
  std::uint32_t bias = 72;
  std::uint32_t delta = 0;
  auto done = static_cast<std::uint32_t>(basic.size());
  const auto digit = [](std::uint32_t value) { return static_cast<char>(value < 26 ? 'a' + value : '0' + value - 26); };
  while (done < points.size()) {
    std::uint32_t least = UINT32_MAX;
    for (const std::uint32_t point : points) least = point >= next && point < least ? point : least;
    delta += (least - next) * (done + 1);
    next = least;
    for (const std::uint32_t point : points) {
      if (point < next) ++delta;
      if (point != next) continue;
      std::uint32_t rest = delta;
      for (std::uint32_t k = kBase;; k += kBase) {
        const std::uint32_t threshold = k <= bias ? 1 : k >= bias + kMost ? kMost : k - bias;
        if (rest < threshold) break;
        code += digit(threshold + (rest - threshold) % (kBase - threshold));
        rest = (rest - threshold) / (kBase - threshold);
      }
      code += digit(rest);
      delta = done == basic.size() ? delta / 700 : delta / 2;
      delta += delta / (done + 1);
      std::uint32_t k = 0;
      for (; delta > (kBase - 1) * kMost / 2; k += kBase) delta /= kBase - 1;
      bias = k + kBase * delta / (delta + 38);
      delta = 0;
      ++done;
    }
    ++delta;
    ++next;
  }
  return code;
}

std::vector<std::string_view> Split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find_first_of(at); end != kNone; end = text.find_first_of(at)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

bool IsNumber(std::string_view part) { return !part.empty() && part.find_first_not_of("0123456789") == kNone; }

// A host whose last label is a number is an IPv4 address or nothing.
std::optional<std::string> AddressOf(const std::string& host) {
  std::vector<std::string_view> parts = Split(host, ".");
  if (parts.size() > 1 && parts.back().empty()) parts.pop_back();
  if (!IsNumber(parts.back())) return host;
  if (parts.size() > 4) return std::nullopt;
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = IsNumber(parts[i]) ? ParseInteger(parts[i]) : std::nullopt;
    const bool last = i + 1 == parts.size();
    const std::uint64_t room = last ? std::uint64_t{1} << (8 * (5 - parts.size())) : 256;
    if (!number || static_cast<std::uint64_t>(*number) >= room) return std::nullopt;
    address = address * room + static_cast<std::uint64_t>(*number);
  }
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += (text.empty() ? "" : ".") + std::to_string((address >> static_cast<unsigned>(shift)) & 255U);
  }
  return text;
}

std::optional<std::string> HostOf(std::string_view text) {
  if (text.starts_with('[')) {
    const bool closed = text.ends_with(']') && text.find_first_not_of("0123456789abcdefABCDEF:.", 1) == text.size() - 1;
    return closed ? std::optional(ToLowerAscii(text)) : std::nullopt;
  }
  const auto decoded = PercentDecode(text, false);
  if (!decoded || decoded->empty()) return std::nullopt;
  std::string host;
  for (const std::string_view label : Split(ToLowerAscii(*decoded), ".")) {
    const auto code = PunycodeOf(label);
    if (!code) return std::nullopt;
    host += (host.empty() ? "" : ".") + *code;
  }
  for (const char c : host) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || std::string_view("#/:<>?@[\\]^|%").find(c) != kNone) return std::nullopt;
  }
  return AddressOf(host);
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
  const std::string cleaned = Cleaned(given);
  std::string_view rest = cleaned;
  if (rest.empty()) return Broken("Input should be a valid URL, input is empty");
  const std::size_t colon = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  const bool has_scheme = colon != kNone && colon > 0 && rest[colon] == ':' && ((rest[0] | 0x20) >= 'a' && (rest[0] | 0x20) <= 'z');
  if (!has_scheme) return Broken("Input should be a valid URL, relative URL without a base");
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
  const std::size_t bracket = authority.rfind(']');
  if (const std::size_t split = authority.find(':', bracket == kNone ? 0 : bracket); split != kNone) {
    port = authority.substr(split + 1);
    authority = authority.substr(0, split);
  }
  if (authority.empty()) return Broken("Input should be a valid URL, empty host");
  const auto host = HostOf(authority);
  if (!host) return Broken("Input should be a valid URL, invalid domain character");
  url += *host;
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
