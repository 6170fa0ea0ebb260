// The lines of orders by which a change in the middle of a period is credited and charged. What they come to is the
// core's rule (core/billing/pricing/proration.h).
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
[[nodiscard]] std::optional<OrderItem> ProrateQuantity(World& world, const Subscription& before,
                                                       const Subscription& after, const Price& price, bool in_full);

}  // namespace plinto::polar::emulator
