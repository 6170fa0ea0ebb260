#include "core/billing/pricing/money.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace plinto::polar {
namespace {

__extension__ typedef __int128 Wide;

constexpr int kMaxDigits = 17;
constexpr int kMaxScale = 12;

std::int64_t Clamp(Wide value) {
  constexpr Wide kMin = std::numeric_limits<std::int64_t>::min();
  constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, kMin, kMax));
}

// Half away from zero. The divisor is a power of ten.
Wide Divide(Wide number, Wide divisor) {
  const Wide size = number < 0 ? -number : number;
  Wide quotient = size / divisor;
  const Wide rest = size - quotient * divisor;
  // `rest * 2 >= divisor`, without the product.
  if (rest >= divisor - rest) ++quotient;
  return number < 0 ? -quotient : quotient;
}

Wide PowerOfTen(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace

std::int64_t PercentageOff(std::int64_t amount, std::int64_t basis_points) {
  const double share = static_cast<double>(basis_points) / 10'000;
  const double off = static_cast<double>(amount) * share;
  const double whole = std::trunc(off);
  // The difference is exact, so that this asks what Polar asks: whether half or more is left.
  const double rest = off - whole;
  return static_cast<std::int64_t>(whole) + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0);
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

std::optional<ScaledDecimal> ParseDecimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  ScaledDecimal decimal;
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

std::string FormatDecimal(ScaledDecimal decimal) {
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

std::int64_t MeteredAmount(ScaledDecimal units, ScaledDecimal unit_amount) {
  return Clamp(Divide(Wide{units.mantissa} * unit_amount.mantissa, PowerOfTen(units.scale + unit_amount.scale)));
}

std::int64_t MeteredAmount(const std::vector<MeteredPart>& parts) {
  int scale = 0;
  for (const MeteredPart& part : parts) scale = std::max(scale, part.units.scale + part.unit_amount.scale);
  Wide sum = 0;
  for (const MeteredPart& part : parts) {
    const Wide product = Wide{part.units.mantissa} * part.unit_amount.mantissa;
    Wide scaled = 0;
    if (__builtin_mul_overflow(product, PowerOfTen(scale - part.units.scale - part.unit_amount.scale), &scaled) ||
        __builtin_add_overflow(sum, scaled, &sum)) {
      return std::numeric_limits<std::int64_t>::max();
    }
  }
  return Clamp(Divide(sum, PowerOfTen(scale)));
}

}  // namespace plinto::polar
