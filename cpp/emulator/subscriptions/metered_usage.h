// What a subscription's customer has used: the seam between meters (which count) and subscriptions (which bill).
//
// As at Polar, each event becomes a billing entry of a subscription, at the price that it has then, in the run that
// follows at the next full quarter of an hour. Who has no subscription with such a price at that time, or was in a
// trial when the event came, is never billed for it. An order takes the entries that wait: those of a price that the
// subscription no longer has keep waiting, unless the meter's aggregation cannot be added up over prices (all but count
// and sum), which takes them all at the present price. Sources: Polar's meter/service.py (create_billing_entries) and
// billing_entry/service.py.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/decimal_sum.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/orders/items.h"

namespace plinto::polar::emulator {

struct World;
struct Subscription;
struct Meter;
struct UsageEvent;

/// `SubscriptionMeter`: what has been billed to a subscription by one meter in the current period.
struct SubscriptionMeter {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string meter_id = {};
  DecimalSum consumed = {};
  std::int64_t credited = 0;
  std::int64_t amount = 0;  ///< Minor units, credits and cap considered.
};

/// An event of a meter on its way to an order.
struct BillingEntry {
  const UsageEvent* event = nullptr;
  std::string price_id = {};  ///< The price of its time.
  Timestamp created_at = {};
  bool billed = false;
};

struct Usage {
  DecimalSum consumed = {};
  std::int64_t credited = 0;  ///< Units of meter credits granted meanwhile, never below 0.
};
/// What the meter makes of these events, the oldest first.
[[nodiscard]] Usage UsageOf(const Meter& meter, std::span<const UsageEvent* const> events);

/// The lines to bill for the entries that wait and are from before `cutoff`, which are billed with them; meters without
/// usage have none.
[[nodiscard]] std::vector<OrderItem> MeteredItems(World& world, Subscription& subscription, Timestamp cutoff);

/// Bills that usage by an order of its own, as a meter period's end does.
void SettleUsage(World& world, Subscription& subscription, Timestamp cutoff);
/// Resets the meters at the end of a period, with the credits that roll over.
void ResetMeters(World& world, const Subscription& subscription);

/// Makes the subscription's meters those of its metered prices.
void MatchMeters(World& world, Subscription& subscription);
[[nodiscard]] Json RenderSubscriptionMeters(const World& world, const Subscription& subscription);
/// `CustomerStateSubscriptionMeter`: without the meter itself.
[[nodiscard]] Json RenderSubscriptionMeter(const SubscriptionMeter& meter);

// Job: makes the billing entries of the customer's events of the last quarter of an hour, and sends
// subscription.updated for the subscriptions whose meters have changed.
void UpdateSubscriptionMeters(World& world, std::string_view customer_id);

}  // namespace plinto::polar::emulator
