// The system events of subscriptions (usage/events.h), told where Polar's server/polar/subscription/service.py tells
// them.
#pragma once

#include <string_view>

#include "core/foundation/json.h"

namespace plinto::polar::emulator {

struct World;
struct Subscription;

/// `subscription.cycled` and its like: which subscription, of what product, and what it costs per period; then `more`.
void RecordSubscription(World& world, const Subscription& subscription, std::string_view name,
                        const Json& more = Json::object());
/// `subscription.seats_updated` and its like: the subscription's id and `change`.
void RecordChange(World& world, const Subscription& subscription, std::string_view name, const Json& change);

}  // namespace plinto::polar::emulator
