// What a change in the middle of a period credits and charges.
//
// The factor is remaining / total of the period's seconds to 28 digits, as Python's decimal divides: ten days of thirty
// are 0.3333333333333333333333333333. A product change gives one line per price, each (price - discount) * factor
// rounded half to even; another number of seats or units gives one line for the difference, truncated toward zero, so
// that 3,000 more for those ten days are 999. Metered, custom and free prices are not prorated. As in Polar's
// server/polar/subscription/update.py.
#pragma once

#include <optional>
#include <vector>

#include "emulator/orders/items.h"

namespace plinto::polar::emulator {

struct World;
struct Price;
struct Subscription;

/// What is left of the subscription's period under its present product, as negative amounts.
[[nodiscard]] std::vector<OrderItem> ProrateCredits(World& world, const Subscription& subscription);
/// What is left of the (new) period under the (new) product.
[[nodiscard]] std::vector<OrderItem> ProrateDebits(World& world, const Subscription& subscription);
/// The difference that another number of what `price` sells makes; nothing when it comes to 0. `in_full`: without
/// proration.
[[nodiscard]] std::optional<OrderItem> ProrateCount(World& world, const Subscription& before, const Subscription& after,
                                                    const Price& price, bool in_full);

}  // namespace plinto::polar::emulator
