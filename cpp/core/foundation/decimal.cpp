#include "core/foundation/decimal.h"

#include <utility>

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

// Longer exponents would only make room for zeros.
constexpr std::int64_t kMaxExponent = 100;

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
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  // The digits, and how many of them stand before the point: that may be more than there are, or fewer than none.
  std::string digits;
  std::optional<std::size_t> dot;
  std::size_t read = 0;
  for (; read < text.size(); ++read) {
    const char c = text[read];
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c == '.' && !dot && !digits.empty()) {
      dot = digits.size();
    } else {
      break;
    }
  }
  const auto exponent = TakeExponent(text.substr(read));
  if (digits.empty() || dot == digits.size() || !exponent) return std::nullopt;
  auto point = static_cast<std::int64_t>(dot.value_or(digits.size())) + *exponent;

  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return Decimal();
  digits.erase(0, first);
  digits.erase(digits.find_last_not_of('0') + 1);
  point -= static_cast<std::int64_t>(first);
  const std::int64_t places = static_cast<std::int64_t>(digits.size()) - point;
  if (point > static_cast<std::int64_t>(kMaxWholeDigits) || places > static_cast<std::int64_t>(kMaxPlaces)) {
    return std::nullopt;
  }

  if (point <= 0) digits.insert(0, static_cast<std::size_t>(1 - point), '0');
  if (places < 0) digits.append(static_cast<std::size_t>(-places), '0');
  if (places > 0) digits.insert(digits.size() - static_cast<std::size_t>(places), 1, '.');
  if (is_negative) digits.insert(0, 1, '-');
  Decimal decimal;
  decimal.text_ = std::move(digits);
  return decimal;
}

std::optional<Decimal> Decimal::FromJson(const Json& json) {
  if (const auto* text = json.get_ptr<const std::string*>()) return Parse(*text);
  return json.is_number() ? Parse(DumpJson(json)) : std::nullopt;
}

Json Decimal::ToJson() const {
  // What 64 bits have room for goes as an integer.
  constexpr std::size_t kIntegerLength = 18;
  const bool is_long = text_.size() > kIntegerLength && text_.find('.') == std::string::npos;
  Result<Json> json = ParseJson(is_long ? text_ + ".0" : text_);
  return json ? *std::move(json) : Json();
}

std::optional<double> Decimal::AsDouble() const {
  const Json json = ToJson();
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (const auto integer = AsInteger(json)) {
    return *integer >= -kExact && *integer <= kExact ? std::optional(static_cast<double>(*integer)) : std::nullopt;
  }
  // As short as it can be written without becoming another double.
  const auto* number = json.get_ptr<const Json::number_float_t*>();
  const auto held = Parse(DumpJson(json));
  return number != nullptr && held == *this ? std::optional(*number) : std::nullopt;
}

}  // namespace plinto::polar
