#include "emulator/money.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace plinto::polar::emulator {
namespace {

__extension__ typedef __int128 Wide;

constexpr int kMaxDigits = 17;
constexpr int kMaxScale = 12;

std::int64_t Clamp(Wide value) {
  constexpr Wide kMin = std::numeric_limits<std::int64_t>::min();
  constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, kMin, kMax));
}

enum class Rounding : std::uint8_t { kHalfAway, kHalfEven, kTowardZero };

Wide Divide(Wide number, Wide divisor, Rounding rounding) {
  if (divisor == 0) return 0;
  if (divisor < 0) {
    number = -number;
    divisor = -divisor;
  }
  const Wide size = number < 0 ? -number : number;
  Wide quotient = size / divisor;
  const Wide rest = size - quotient * divisor;
  // `rest * 2 >= divisor`, without the product.
  const bool above = rest > divisor - rest;
  const bool half = rest == divisor - rest;
  if (rounding == Rounding::kHalfAway && (above || half)) ++quotient;
  if (rounding == Rounding::kHalfEven && (above || (half && quotient % 2 != 0))) ++quotient;
  return number < 0 ? -quotient : quotient;
}

std::int64_t Scale(std::int64_t amount, std::int64_t part, std::int64_t whole, Rounding rounding) {
  return Clamp(Divide(Wide{amount} * part, whole, rounding));
}

Wide PowerOfTen(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Polar's list, in order; `all` is Albania's lek.
constexpr std::array<std::string_view, 126> kPresentment = {
    "aed", "all", "amd", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt", "bif", "bmd", "bnd", "bob", "brl",
    "bsd", "bwp", "bzd", "cad", "cdf", "chf", "clp", "cny", "cop", "crc", "cve", "czk", "djf", "dkk", "dop", "dzd",
    "egp", "etb", "eur", "fjd", "fkp", "gbp", "gel", "gip", "gmd", "gnf", "gtq", "gyd", "hkd", "hnl", "htg", "huf",
    "idr", "ils", "inr", "isk", "jmd", "jpy", "kes", "kgs", "khr", "kmf", "krw", "kyd", "kzt", "lak", "lkr", "lrd",
    "lsl", "mad", "mdl", "mga", "mkd", "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio",
    "nok", "npr", "nzd", "pab", "pen", "pgk", "php", "pkr", "pln", "pyg", "qar", "ron", "rsd", "rwf", "sar", "sbd",
    "scr", "sek", "sgd", "shp", "sos", "srd", "szl", "thb", "tjs", "top", "try", "ttd", "twd", "tzs", "uah", "ugx",
    "usd", "uyu", "uzs", "vnd", "vuv", "wst", "xaf", "xcd", "xcg", "xof", "xpf", "yer", "zar", "zmw"};
constexpr std::array<std::string_view, 15> kWholeUnits = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga",
                                                          "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"};

}  // namespace

std::int64_t PolarRound(std::int64_t amount, std::int64_t part, std::int64_t whole) {
  return Scale(amount, part, whole, Rounding::kHalfAway);
}

std::int64_t RoundHalfEven(std::int64_t amount, std::int64_t part, std::int64_t whole) {
  return Scale(amount, part, whole, Rounding::kHalfEven);
}

std::int64_t Truncate(std::int64_t amount, std::int64_t part, std::int64_t whole) {
  return Scale(amount, part, whole, Rounding::kTowardZero);
}

std::vector<std::int64_t> SplitByLargestRemainder(std::int64_t total, const std::vector<std::int64_t>& weights) {
  std::vector<std::int64_t> parts(weights.size(), 0);
  const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  if (sum == 0) return parts;
  std::vector<Wide> rests(weights.size(), 0);
  std::int64_t left = total;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide share = Wide{total} * weights[i];
    parts[i] = Clamp(share / sum);
    rests[i] = share % sum;
    left -= parts[i];
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rests[a] > rests[b]; });
  for (const std::size_t i : order) {
    if (left <= 0) break;
    ++parts[i];
    --left;
  }
  return parts;
}

std::optional<Decimal> ParseDecimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  Decimal decimal;
  int digits = 0;
  bool point = false;
  bool any = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    any = true;
    // Zeros beyond the scale add nothing.
    if (point && decimal.scale == kMaxScale && c == '0') continue;
    decimal.mantissa = decimal.mantissa * 10 + (c - '0');
    if (decimal.mantissa != 0 && ++digits > kMaxDigits) return std::nullopt;
    if (point && ++decimal.scale > kMaxScale) return std::nullopt;
  }
  if (!any) return std::nullopt;
  if (negative) decimal.mantissa = -decimal.mantissa;
  while (decimal.scale > 0 && decimal.mantissa % 10 == 0) {
    decimal.mantissa /= 10;
    --decimal.scale;
  }
  return decimal;
}

std::string FormatDecimal(Decimal decimal) {
  while (decimal.scale > 0 && decimal.mantissa % 10 == 0) {
    decimal.mantissa /= 10;
    --decimal.scale;
  }
  const bool negative = decimal.mantissa < 0;
  std::string digits = std::to_string(decimal.mantissa);
  if (negative) digits.erase(0, 1);
  const auto scale = static_cast<std::size_t>(decimal.scale);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, ".");
  return negative ? "-" + digits : digits;
}

std::int64_t MeteredAmount(Decimal units, Decimal unit_amount) {
  return Clamp(Divide(Wide{units.mantissa} * unit_amount.mantissa, PowerOfTen(units.scale + unit_amount.scale),
                      Rounding::kHalfAway));
}

bool IsPresentmentCurrency(std::string_view currency) {
  return std::binary_search(kPresentment.begin(), kPresentment.end(), currency);
}

bool IsZeroDecimal(std::string_view currency) {
  return std::binary_search(kWholeUnits.begin(), kWholeUnits.end(), currency);
}

std::int64_t MinimumCharge(std::string_view currency) {
  if (currency == "gbp") return 40;
  if (currency == "jpy") return 80;
  return 50;
}

}  // namespace plinto::polar::emulator
