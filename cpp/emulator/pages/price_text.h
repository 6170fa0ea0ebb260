// Prices in words, for the pages: what is asked, by which tiers, and what comes by usage.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/json.h"

namespace plinto::polar::emulator {

/// `per month`, `every 3 months`; empty for a one-time purchase.
[[nodiscard]] std::string IntervalText(std::string_view interval, std::int64_t count);
/// What a price asks for: `$20.00`, `From $5.00 per seat`, `$29.00 per device`, `Pay what you want`, `$0.005 per unit
/// of API calls`, `First 1,000 units of API calls free`.
[[nodiscard]] std::string PriceText(const Json& price);
/// The same with its interval, where it has one: `$20.00 per month`. Free products and usage have none.
[[nodiscard]] std::string PriceOverTime(const Json& price, const std::string& interval);

/// A list of the price's tiers, as markup: `1 to 10 seats`, `$15.00 each`. Empty with less than two.
[[nodiscard]] std::string TierList(const Json& price);

/// How few and how many of a price sold by number can be bought; `most` 0: no limit.
struct CountBounds {
  std::int64_t fewest = 1;
  std::int64_t most = 0;
};
[[nodiscard]] CountBounds BoundsOf(const Json& price);
/// `seats` or `units`: what requests call the number. Empty for a price that is not by number.
[[nodiscard]] std::string CountField(const Json& price);
/// `seats`, `devices`. Empty for a price that is not by number.
[[nodiscard]] std::string CountNoun(const Json& price);
/// `Seats`, `Devices`: what the field for the number is called. Empty for a price that is not by number.
[[nodiscard]] std::string CountTitle(const Json& price);

}  // namespace plinto::polar::emulator
