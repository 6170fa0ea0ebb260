// What a subscription's customer has used: the seam between meters (which count) and subscriptions (which bill).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/catalog/money.h"
#include "emulator/orders/items.h"

namespace plinto::polar::emulator {

struct World;
struct Subscription;

/// `SubscriptionMeter`: what has been billed to a subscription by one meter in the current period.
struct SubscriptionMeter {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string meter_id = {};
  Decimal consumed = {};
  std::int64_t credited = 0;
  std::int64_t amount = 0;  ///< Minor units, credits and cap considered.
};

struct Usage {
  Decimal consumed = {};
  std::int64_t credited = 0;  ///< Units of meter credits granted meanwhile, never below 0.
};

/// What the meter counts of the subscription's customer in [from, until). An event belongs where both its timestamp
/// and its billing entry are past: the later of `timestamp` and the first full quarter of an hour after it was
/// received. Events received before the subscription's trial_end do not count.
[[nodiscard]] Usage MeteredUsage(const World& world, const Subscription& subscription, std::string_view meter_id,
                                 Timestamp from, Timestamp until);

/// The lines to bill for the usage since the last such order, up to `cutoff`; meters without usage have none.
[[nodiscard]] std::vector<OrderItem> MeteredItems(World& world, const Subscription& subscription, Timestamp cutoff);

/// Bills that usage by an order of its own, as a meter period's end does.
void SettleUsage(World& world, Subscription& subscription, Timestamp cutoff);
/// Resets the meters at the end of a period, with the credits that roll over.
void ResetMeters(World& world, const Subscription& subscription);

/// Makes the subscription's meters those of its metered prices.
void MatchMeters(World& world, Subscription& subscription);
[[nodiscard]] Json RenderSubscriptionMeters(const World& world, const Subscription& subscription);
/// `CustomerStateSubscriptionMeter`: without the meter itself.
[[nodiscard]] Json RenderSubscriptionMeter(const SubscriptionMeter& meter);

// Job: sends subscription.updated for those whose meters have changed.
void UpdateSubscriptionMeters(World& world, std::string_view customer_id);

}  // namespace plinto::polar::emulator
