#include "core/foundation/wide_decimal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

constexpr int kPrecision = 28;
// Far beyond any number that Polar stores; a text such as 1e999999999 must not become a gigabyte.
constexpr int kMostExponent = 5'000;

// At least so many digits, by zeros before them.
void PadTo(std::string& digits, std::size_t size) {
  while (digits.size() < size) digits.insert(digits.begin(), '0');
}

std::string WithZeros(std::string digits, int count) {
  for (int i = 0; i < count; ++i) digits += '0';
  return digits;
}

void DropLeadingZeros(std::string& digits) {
  const std::size_t first = digits.find_first_not_of('0');
  digits.erase(0, first == std::string::npos ? digits.size() : first);
  if (digits.empty()) digits = "0";
}

// Schoolbook, on decimal digits, the most significant first.
std::string ProductOf(const std::string& left, const std::string& right) {
  std::string product(left.size() + right.size(), '0');
  for (std::size_t i = left.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = right.size(); j-- > 0;) {
      const int sum = (product[i + j + 1] - '0') + (left[i] - '0') * (right[j] - '0') + carry;
      product[i + j + 1] = static_cast<char>('0' + sum % 10);
      carry = sum / 10;
    }
    product[i] = static_cast<char>('0' + carry);
  }
  DropLeadingZeros(product);
  return product;
}

void AddOne(std::string& digits) {
  for (std::size_t i = digits.size(); i-- > 0;) {
    if (digits[i] != '9') {
      ++digits[i];
      return;
    }
    digits[i] = '0';
  }
  digits.insert(0, 1, '1');
}

bool IsLess(const std::string& left, const std::string& right) {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

// left -= right, which is not greater; both without leading zeros.
void Subtract(std::string& left, const std::string& right) {
  int borrow = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    char& digit = left[left.size() - 1 - i];
    int difference = (digit - '0') - borrow - (i < right.size() ? right[right.size() - 1 - i] - '0' : 0);
    borrow = difference < 0 ? 1 : 0;
    if (difference < 0) difference += 10;
    digit = static_cast<char>('0' + difference);
  }
  DropLeadingZeros(left);
}

struct Quotient {
  std::string digits;
  bool exact = true;
};
Quotient Divided(const std::string& number, const std::string& divisor) {
  Quotient quotient;
  std::string rest = "0";
  for (const char digit : number) {
    rest += digit;
    DropLeadingZeros(rest);
    char times = '0';
    while (!IsLess(rest, divisor)) {
      Subtract(rest, divisor);
      ++times;
    }
    quotient.digits += times;
  }
  DropLeadingZeros(quotient.digits);
  quotient.exact = rest == "0";
  return quotient;
}

// How what is cut off after the first `kept` digits compares with a half: -1, 0 or 1; -2 when it is nothing.
int CutAgainstHalf(const std::string& digits, std::size_t kept) {
  const std::size_t rest = digits.find_first_not_of('0', kept);
  if (rest == std::string::npos) return -2;
  if (digits[kept] != '5') return digits[kept] < '5' ? -1 : 1;
  return digits.find_first_not_of('0', kept + 1) == std::string::npos ? 0 : 1;
}

bool IsOdd(char digit) { return (digit - '0') % 2 != 0; }

// Cuts to that many digits, half to even, and says how many powers of ten have gone.
int RoundTo(std::string& digits, std::size_t precision) {
  if (digits.size() <= precision) return 0;
  const int gone = static_cast<int>(digits.size() - precision);
  const int half = CutAgainstHalf(digits, precision);
  const bool up = half == 1 || (half == 0 && precision > 0 && IsOdd(digits[precision - 1]));
  digits.erase(precision);
  if (digits.empty()) digits = "0";
  if (up) AddOne(digits);
  return gone;
}

}  // namespace

WideDecimal::WideDecimal(bool negative, std::string digits, int exponent)
    : negative_(negative), digits_(std::move(digits)), exponent_(exponent) {
  DropLeadingZeros(digits_);
}

WideDecimal::WideDecimal(std::int64_t number) : negative_(number < 0), digits_(std::to_string(number)) {
  if (negative_) digits_.erase(0, 1);
}

WideDecimal WideDecimal::Exactly(double number) {
  if (!std::isfinite(number) || number == 0) return WideDecimal(0);
  constexpr int kMantissaBits = 53;
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(number), &exponent);
  auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, kMantissaBits));
  exponent -= kMantissaBits;
  for (; mantissa % 2 == 0 && exponent < 0; ++exponent) mantissa /= 2;
  std::string digits = std::to_string(mantissa);
  // m * 2^e is m * 5^-e / 10^-e.
  for (int i = 0; i < std::abs(exponent); ++i) digits = ProductOf(digits, exponent < 0 ? "5" : "2");
  return {number < 0, std::move(digits), std::min(exponent, 0)};
}

std::optional<WideDecimal> WideDecimal::Parse(std::string_view text) {
  text = TrimAscii(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string digits;
  int exponent = 0;
  bool point = false;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    const char c = text[at];
    if (c == '_') continue;
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits += c;
    if (point) --exponent;
  }
  if (digits.empty()) return std::nullopt;
  if (at < text.size()) {
    std::string_view power = text.substr(at + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto by = ParseInteger(power);
    if (!by || *by > kMostExponent || *by < -kMostExponent) return std::nullopt;
    exponent += static_cast<int>(*by);
  }
  return WideDecimal(negative, std::move(digits), exponent);
}

WideDecimal WideDecimal::Times(const WideDecimal& other) const {
  std::string digits = ProductOf(digits_, other.digits_);
  const int gone = RoundTo(digits, kPrecision);
  return {negative_ != other.negative_, std::move(digits), exponent_ + other.exponent_ + gone};
}

WideDecimal WideDecimal::Over(const WideDecimal& other) const {
  if (other.IsZero() || IsZero()) return WideDecimal(0);
  const int shift =
      std::max(0, static_cast<int>(other.digits_.size()) - static_cast<int>(digits_.size()) + kPrecision + 1);
  Quotient quotient = Divided(WithZeros(digits_, shift), other.digits_);
  int exponent = exponent_ - other.exponent_ - shift;
  // What is left over decides a half: one more digit stands for it.
  if (!quotient.exact) {
    quotient.digits += '1';
    --exponent;
  }
  const int gone = RoundTo(quotient.digits, kPrecision);
  return {negative_ != other.negative_, std::move(quotient.digits), exponent + gone};
}

std::int64_t WideDecimal::Whole(bool half_even, bool half_away) const {
  std::string digits = WithZeros(digits_, exponent_);
  if (exponent_ < 0) {
    const auto fraction = static_cast<std::size_t>(-exponent_);
    PadTo(digits, fraction + 1);
    const std::size_t kept = digits.size() - fraction;
    const int half = CutAgainstHalf(digits, kept);
    const bool tie_up = half_away || (half_even && IsOdd(digits[kept - 1]));
    const bool up = (half_even || half_away) && (half == 1 || (half == 0 && tie_up));
    digits.erase(kept);
    if (up) AddOne(digits);
  }
  DropLeadingZeros(digits);
  const auto number = ParseInteger(negative_ && digits != "0" ? "-" + digits : digits);
  using Limits = std::numeric_limits<std::int64_t>;
  return number.value_or(negative_ ? Limits::min() : Limits::max());
}

std::int64_t WideDecimal::Truncated() const { return Whole(false, false); }
std::int64_t WideDecimal::HalfToEven() const { return Whole(true, false); }
std::int64_t WideDecimal::HalfAwayFromZero() const { return Whole(false, true); }

int WideDecimal::WholeDigits() const {
  return IsZero() ? 0 : std::max(0, static_cast<int>(digits_.size()) + exponent_);
}

int WideDecimal::FractionDigits() const {
  if (IsZero()) return 0;
  const auto zeros = static_cast<int>(digits_.size() - 1 - digits_.find_last_not_of('0'));
  return std::max(0, -exponent_ - zeros);
}

std::string WideDecimal::Grouped(int least, int most) const {
  std::string digits = WithZeros(digits_, exponent_);
  int exponent = std::min(exponent_, 0);
  if (-exponent > most) {
    const auto too_many = static_cast<std::size_t>(-exponent - most);
    PadTo(digits, too_many);
    RoundTo(digits, digits.size() - too_many);
    exponent = -most;
  }
  const auto fraction = static_cast<std::size_t>(std::max(0, -exponent));
  PadTo(digits, fraction + 1);
  std::string after = digits.substr(digits.size() - fraction);
  digits.erase(digits.size() - fraction);
  const auto fewest = static_cast<std::size_t>(std::max(0, least));
  while (after.size() > fewest && after.ends_with('0')) after.pop_back();
  while (after.size() < fewest) after += '0';
  DropLeadingZeros(digits);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return (IsNegative() ? "-" : "") + digits + (after.empty() ? "" : "." + after);
}

std::string WideDecimal::Text() const {
  std::string text = Grouped(0, FractionDigits());
  std::erase(text, ',');
  return text;
}

}  // namespace plinto::polar
