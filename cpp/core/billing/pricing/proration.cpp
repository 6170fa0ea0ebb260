#include "core/billing/pricing/proration.h"

#include <algorithm>

namespace plinto::polar {
namespace {

// Python's total_seconds().
WideDecimal TotalSeconds(std::int64_t microseconds) {
  return WideDecimal::Exactly(static_cast<double>(microseconds) / 1'000'000);
}

}  // namespace

bool IsProrated(PriceKind kind) {
  return kind == PriceKind::kFixed || kind == PriceKind::kSeatBased || kind == PriceKind::kUnitBased;
}

WideDecimal ShareLeft(Timestamp start, Timestamp end, Timestamp now) {
  const std::int64_t total = end.microseconds - start.microseconds;
  // A clock that is behind makes no more than the whole of a period.
  const std::int64_t left = std::min(end.microseconds - now.microseconds, total);
  return left <= 0 ? WideDecimal(0) : TotalSeconds(left).Over(TotalSeconds(total));
}

std::vector<std::int64_t> ProratePrices(const std::vector<std::int64_t>& amounts,
                                        const std::optional<DiscountTerms>& discount, const WideDecimal& share) {
  const std::vector<std::int64_t> off = DiscountOffEach(discount, amounts);
  std::vector<std::int64_t> prorated;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    prorated.push_back(WideDecimal(amounts[i] - off[i]).Times(share).HalfToEven());
  }
  return prorated;
}

std::int64_t CountAfterDiscount(std::int64_t counted, std::vector<std::int64_t> fixed,
                                const std::optional<DiscountTerms>& discount) {
  fixed.push_back(counted);
  return counted - DiscountOffEach(discount, fixed).back();
}

std::int64_t ProrateCount(std::int64_t before, std::int64_t after, const WideDecimal& share) {
  return WideDecimal(after - before).Times(share).Truncated();
}

}  // namespace plinto::polar
