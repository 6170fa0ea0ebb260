// What meters make of a subscription's events, and their reset at the end of a period: the meters' side of
// metered_usage.h.
#include <algorithm>
#include <vector>

#include "emulator/usage/meter_balance.h"
#include "emulator/usage/meter_filter.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {

Usage UsageOf(const Meter& meter, std::span<const UsageEvent* const> events) {
  Usage usage;
  std::vector<const UsageEvent*> counted;
  for (const UsageEvent* event : events) {
    if (IsMeterEvent(*event, meter, "meter.credited")) {
      usage.credited = std::max<std::int64_t>(0, usage.credited + FindInteger(event->metadata, "units").value_or(0));
    } else if (Counts(meter, *event)) {
      counted.push_back(event);
    }
  }
  usage.consumed = Aggregate(meter, counted);
  return usage;
}

void ResetMeters(World& world, const Subscription& subscription) {
  const Customer* customer = world.customers.Find(subscription.customer_id);
  for (const SubscriptionMeter& row : subscription.meters) {
    const Meter* meter = world.meters.Find(row.meter_id);
    if (customer != nullptr && meter != nullptr) ResetMeter(world, *customer, *meter);
  }
}

}  // namespace plinto::polar::emulator
