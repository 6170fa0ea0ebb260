#include "core/foundation/decimal_sum.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/foundation/number.h"

namespace plinto::polar {
namespace {

__extension__ using Wide = __int128;

constexpr Wide PowerOfTen(std::size_t exponent) {
  Wide power = 1;
  for (std::size_t i = 0; i < exponent; ++i) power *= 10;
  return power;
}
constexpr Wide kOne = PowerOfTen(Decimal::kMaxPlaces);

Wide FromDigits(std::string_view digits) {
  Wide number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

std::string ToDigits(Wide number) {
  std::string digits;
  do {
    digits += static_cast<char>('0' + static_cast<int>(number % 10));
    number /= 10;
  } while (number > 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

struct Halves {
  Wide whole;
  Wide places;
};

// Of its amount, without the sign.
Halves HalvesOf(const Decimal& decimal) {
  std::string_view text = decimal.text();
  if (decimal.IsNegative()) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return {FromDigits(text), 0};
  const std::string_view places = text.substr(point + 1);
  return {FromDigits(text.substr(0, point)), FromDigits(places) * PowerOfTen(Decimal::kMaxPlaces - places.size())};
}

}  // namespace

void DecimalSum::Carry() {
  if (places_ >= kOne) {
    places_ -= kOne;
    whole_ += 1;
  } else if (places_ < 0) {
    places_ += kOne;
    whole_ -= 1;
  }
}

void DecimalSum::Add(const Decimal& decimal) {
  const Halves halves = HalvesOf(decimal);
  whole_ += decimal.IsNegative() ? -halves.whole : halves.whole;
  places_ += decimal.IsNegative() ? -halves.places : halves.places;
  Carry();
}

void DecimalSum::Subtract(const Decimal& decimal) { *this -= DecimalSum(decimal); }

DecimalSum& DecimalSum::operator+=(const DecimalSum& other) {
  whole_ += other.whole_;
  places_ += other.places_;
  Carry();
  return *this;
}

DecimalSum& DecimalSum::operator-=(const DecimalSum& other) {
  whole_ -= other.whole_;
  places_ -= other.places_;
  Carry();
  return *this;
}

std::string DecimalSum::Text() const {
  Wide whole = whole_;
  Wide places = places_;
  if (whole < 0) {
    // -0.25 is kept as -1 + 0.75.
    whole = places == 0 ? -whole : -whole - 1;
    places = places == 0 ? 0 : kOne - places;
  }
  std::string text = (whole_ < 0 ? "-" : "") + ToDigits(whole);
  if (places == 0) return text;
  std::string digits = ToDigits(places);
  digits.insert(0, Decimal::kMaxPlaces - digits.size(), '0');
  digits.erase(digits.find_last_not_of('0') + 1);
  return text + "." + digits;
}

Decimal DecimalSum::ToDecimal() const { return Decimal::Parse(Text()).value_or(Decimal()); }

double DecimalSum::ToDouble() const {
  const auto number = Number::FromJson(ToJson());
  return number ? number->ToDouble() : 0;
}

}  // namespace plinto::polar
