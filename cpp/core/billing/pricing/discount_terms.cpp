#include "core/billing/pricing/discount_terms.h"

#include <algorithm>

#include "core/billing/pricing/money.h"

namespace plinto::polar {
namespace {

Error UnknownDiscount(std::string what) {
  return {.code = ErrorCode::kUpstreamAnswerInvalid,
          .message = "What the subscription's discount takes off is not known: " + std::move(what) + "."};
}

}  // namespace

Result<DiscountTerms> DiscountTermsOf(const Discount& discount, std::string_view currency) {
  if (const auto* percentage = discount.As<PercentageDiscount>()) {
    return DiscountTerms{.is_percentage = true,
                         .basis_points = std::clamp<std::int64_t>(percentage->basis_points, 0, 10'000)};
  }
  const auto* fixed = discount.As<FixedDiscount>();
  if (fixed == nullptr) return UnknownDiscount("its type is newer than this version");
  if (!fixed->amounts) return UnknownDiscount("Polar's answer has no amounts");
  return DiscountTerms{.amount = std::max<std::int64_t>(0, FindInteger(*fixed->amounts, currency).value_or(0))};
}

std::int64_t DiscountOff(const DiscountTerms& discount, std::int64_t amount) {
  return discount.is_percentage ? PercentageOff(amount, discount.basis_points) : std::min(discount.amount, amount);
}

std::vector<std::int64_t> DiscountOffEach(const std::optional<DiscountTerms>& discount,
                                          const std::vector<std::int64_t>& amounts) {
  if (!discount) return std::vector<std::int64_t>(amounts.size(), 0);
  std::vector<std::int64_t> off;
  std::int64_t sum = 0;
  for (const std::int64_t amount : amounts) {
    off.push_back(DiscountOff(*discount, amount));
    sum += amount;
  }
  return discount->is_percentage ? off : SplitByLargestRemainder(DiscountOff(*discount, sum), amounts);
}

bool HasRunOut(std::string_view duration, std::optional<std::int64_t> months, Timestamp first_used,
               Timestamp period_start) {
  if (duration == "once") return period_start > first_used;
  if (duration != "repeating" || !months) return false;
  // Polar's most is 999; more must not overflow.
  const std::int64_t more = std::clamp<std::int64_t>(*months, 1, 9'999) - 1;
  return period_start > AddMonths(first_used, more, ToCivilDate(first_used).day);
}

}  // namespace plinto::polar
