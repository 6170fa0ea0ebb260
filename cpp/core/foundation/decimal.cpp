#include "core/foundation/decimal.h"

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

// Longer exponents would only make room for zeros.
constexpr std::int64_t kMaxExponent = 100;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits from the front of `text`.
std::string_view TakeDigits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && IsDigit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

std::optional<std::int64_t> TakeExponent(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  text.remove_prefix(1);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto exponent = ParseInteger(text);
  return exponent && *exponent >= -kMaxExponent && *exponent <= kMaxExponent ? exponent : std::nullopt;
}

}  // namespace

std::optional<Decimal> Decimal::Parse(std::string_view text) {
  const bool is_negative = !text.empty() && text.front() == '-';
  if (is_negative) text.remove_prefix(1);
  const std::string_view whole = TakeDigits(text);
  if (whole.empty()) return std::nullopt;
  std::string_view places;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    places = TakeDigits(text);
    if (places.empty()) return std::nullopt;
  }
  const auto exponent = TakeExponent(text);
  if (!exponent) return std::nullopt;

  // The digits, and how many of them stand before the point: that may be more than there are, or fewer than none.
  std::string digits = std::string(whole) + std::string(places);
  auto point = static_cast<std::int64_t>(whole.size()) + *exponent;
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return Decimal();
  digits.erase(0, first);
  point -= static_cast<std::int64_t>(first);
  digits.erase(digits.find_last_not_of('0') + 1);

  const auto count = static_cast<std::int64_t>(digits.size());
  if (point > static_cast<std::int64_t>(kMaxWholeDigits)) return std::nullopt;
  if (count - point > static_cast<std::int64_t>(kMaxPlaces)) return std::nullopt;
  Decimal decimal;
  decimal.text_ = is_negative ? "-" : "";
  if (point <= 0) {
    decimal.text_ += "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  } else if (point >= count) {
    decimal.text_ += digits + std::string(static_cast<std::size_t>(point - count), '0');
  } else {
    const auto at = static_cast<std::size_t>(point);
    decimal.text_ += digits.substr(0, at) + "." + digits.substr(at);
  }
  return decimal;
}

std::optional<Decimal> Decimal::FromJson(const Json& json) {
  if (const auto* text = json.get_ptr<const std::string*>()) return Parse(*text);
  return json.is_number() ? Parse(DumpJson(json)) : std::nullopt;
}

Json Decimal::ToJson() const {
  Result<Json> json = ParseJson(text_);
  if (json) return *std::move(json);
  // An integer beyond 64 bits.
  json = ParseJson(text_ + ".0");
  return json ? *std::move(json) : Json();
}

bool Decimal::IsHeldByDouble() const {
  const Json json = ToJson();
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (const auto integer = AsInteger(json); integer && *integer >= -kExact && *integer <= kExact) return true;
  // As short as it can be written without becoming another double.
  const auto* number = json.get_ptr<const Json::number_float_t*>();
  if (number == nullptr) return false;
  const auto held = Parse(DumpJson(json));
  return held && *held == *this;
}

}  // namespace plinto::polar
