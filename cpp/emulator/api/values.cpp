#include "emulator/api/values.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/foundation/text.h"

namespace plinto::polar::emulator {
namespace {

// UTF-8 of all that Python's str.isspace() knows beyond one byte.
constexpr std::array<std::string_view, 19> kWideSpaces = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83",
    "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
    "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

bool IsNarrowSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f'); }

// How many bytes of white space the text begins (or ends) with.
std::size_t SpaceAtStart(std::string_view text) {
  if (!text.empty() && IsNarrowSpace(text.front())) return 1;
  for (const std::string_view space : kWideSpaces) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}
std::size_t SpaceAtEnd(std::string_view text) {
  if (!text.empty() && IsNarrowSpace(text.back())) return 1;
  for (const std::string_view space : kWideSpaces) {
    if (text.ends_with(space)) return space.size();
  }
  return 0;
}

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
template <class Is>
bool AreAll(std::string_view text, Is is) {
  return std::all_of(text.begin(), text.end(), is);
}

// ` +1_000.0 ` is 1000.
std::optional<std::int64_t> IntegerIn(std::string_view text) {
  std::string digits = Strip(text);
  if (const std::size_t point = digits.find('.'); point != std::string::npos) {
    if (point + 1 == digits.size() || digits.find_first_not_of('0', point + 1) != std::string::npos)
      return std::nullopt;
    digits.erase(point);
  }
  if (digits.starts_with('+')) digits.erase(0, 1);
  for (std::size_t at = digits.find('_'); at != std::string::npos; at = digits.find('_')) {
    const bool between = at > 0 && at + 1 < digits.size() && IsDigit(digits[at - 1]) && IsDigit(digits[at + 1]);
    if (!between) return std::nullopt;
    digits.erase(at, 1);
  }
  return ParseInteger(digits);
}

std::string Cased(std::string_view part, bool title) {
  std::string text = ToLowerAscii(part);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((i == 0 || !title) && text[i] >= 'a' && text[i] <= 'z') text[i] = static_cast<char>(text[i] - 'a' + 'A');
  }
  return text;
}

}  // namespace

std::string Strip(std::string_view text) {
  for (std::size_t space = SpaceAtStart(text); space != 0; space = SpaceAtStart(text)) text.remove_prefix(space);
  for (std::size_t space = SpaceAtEnd(text); space != 0; space = SpaceAtEnd(text)) text.remove_suffix(space);
  return std::string(text);
}

std::optional<std::string> OrNone(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  std::string stripped = Strip(*text);
  return stripped.empty() ? std::nullopt : std::optional(std::move(stripped));
}

Taken<std::int64_t> TakeInteger(const Json& json) {
  if (const auto* text = json.get_ptr<const std::string*>()) {
    return {IntegerIn(*text), "int_parsing", "Input should be a valid integer, unable to parse string as an integer"};
  }
  if (const auto* flag = json.get_ptr<const bool*>()) return {*flag ? 1 : 0};
  if (json.is_number()) {
    return {AsInteger(json), "int_from_float", "Input should be a valid integer, got a number with a fractional part"};
  }
  return {std::nullopt, "int_type", "Input should be a valid integer"};
}

Taken<bool> TakeBool(const Json& json) {
  constexpr std::string_view kUnclear = "Input should be a valid boolean, unable to interpret input";
  if (const auto* flag = json.get_ptr<const bool*>()) return {*flag};
  if (const auto* text = json.get_ptr<const std::string*>()) return {ParseFlag(*text), "bool_parsing", kUnclear};
  if (!json.is_number()) return {std::nullopt, "bool_type", "Input should be a valid boolean"};
  const auto number = AsInteger(json);
  if (number == 0 || number == 1) return {*number == 1};
  return {std::nullopt, "bool_parsing", kUnclear};
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

std::optional<std::string> ToUuid(std::string_view text) {
  constexpr std::string_view kUrn = "urn:uuid:";
  if (text.starts_with(kUrn)) text.remove_prefix(kUrn.size());
  if (text.size() == 38 && text.starts_with('{') && text.ends_with('}')) text = text.substr(1, 36);
  std::string uuid = ToLowerAscii(text);
  if (uuid.size() == 32 && AreAll(uuid, IsHex)) {
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) uuid.insert(dash, 1, '-');
  }
  return IsUuid(uuid) ? std::optional(std::move(uuid)) : std::nullopt;
}

Taken<std::string> TakeUuid(std::string_view text, bool any_version) {
  constexpr std::size_t kVersion = 14;
  auto uuid = ToUuid(text);
  if (!uuid) return {std::nullopt, "uuid_parsing", "Input should be a valid UUID"};
  if (!any_version && (*uuid)[kVersion] != '4') return {std::nullopt, "uuid_version", "UUID version 4 expected"};
  return {std::move(uuid)};
}

std::optional<std::string> ToEmail(std::string_view text) {
  std::string email = Strip(text);
  // A name before the address.
  if (const std::size_t open = email.find('<'); open != std::string::npos && open > 0 && email.ends_with('>')) {
    email = Strip(std::string_view(email).substr(open + 1, email.size() - open - 2));
  }
  const std::size_t at = email.find('@');
  if (at == 0 || at == std::string::npos || email.find('@', at + 1) != std::string::npos) return std::nullopt;
  const std::string domain = ToLowerAscii(std::string_view(email).substr(at + 1));
  if (domain.find('.') == std::string::npos || domain.starts_with('.') || domain.ends_with('.')) return std::nullopt;
  constexpr std::size_t kLongest = 254;
  if (email.find_first_of(" \t\r\n<>()\",;:\\") != std::string::npos || email.size() > kLongest) return std::nullopt;
  return email.substr(0, at + 1) + domain;
}

std::optional<std::string> ToLocale(std::string_view text) {
  std::vector<std::string> parts = {""};
  for (const char c : text) {
    if (c == '-' || c == '_') {
      parts.emplace_back();
    } else if (IsAlpha(c) || IsDigit(c)) {
      parts.back() += c;
    } else {
      return std::nullopt;
    }
  }
  const std::string& language = parts.front();
  if (language.size() < 2 || language.size() > 3 || !AreAll(language, IsAlpha)) return std::nullopt;
  std::string locale = ToLowerAscii(language);
  if (locale == "und") return std::nullopt;
  bool after_single = false;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string& part = parts[i];
    if (part.empty() || part.size() > 8) return std::nullopt;
    const bool is_script = part.size() == 4 && AreAll(part, IsAlpha);
    const bool is_region = part.size() == 2 && AreAll(part, IsAlpha);
    locale += "-";
    locale += after_single || (!is_script && !is_region) ? ToLowerAscii(part) : Cased(part, is_script);
    after_single = after_single || part.size() == 1;
  }
  return locale;
}

}  // namespace plinto::polar::emulator
