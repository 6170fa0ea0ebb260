// Caps on one event of one subject, in calendar days or months of UTC; and what a refusal says.
//
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/foundation/decimal_sum.h"
#include "core/foundation/describe.h"
#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar {

enum class LimitPeriod : std::uint8_t { kDay, kMonth };
template <>
inline constexpr auto kEnumTexts<LimitPeriod> = std::to_array<std::string_view>({"day", "month"});

[[nodiscard]] Timestamp PeriodStart(LimitPeriod period, Timestamp at);
[[nodiscard]] Timestamp PeriodEnd(LimitPeriod period, Timestamp at);

/// USAGE_LIMIT_REACHED, with the numbers.
[[nodiscard]] Error LimitReached(const std::string& event_name, LimitPeriod period, const DecimalSum& maximum,
                                 const DecimalSum& left, const Decimal& required, Timestamp resets_at);

/// USAGE_BALANCE_EXHAUSTED, with the numbers.
[[nodiscard]] Error BalanceExhausted(const std::string& meter_name, const DecimalSum& balance, const Decimal& required);

}  // namespace plinto::polar
