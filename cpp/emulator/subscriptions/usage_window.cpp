// What a meter counts between two orders of a subscription: the meters' side of metered_usage.h.
#include <algorithm>
#include <vector>

#include "emulator/usage/meter_balance.h"
#include "emulator/usage/meter_filter.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// When the event is billable: its own time, but not before the run that makes its billing entry.
Timestamp BillableAt(const UsageEvent& event) { return std::max(event.timestamp, NextQuarter(event.received_at)); }

bool IsCreditOf(const UsageEvent& event, std::string_view meter_id) {
  const std::string* id = FindString(event.metadata, "meter_id");
  return event.system && event.name == "meter.credited" && id != nullptr && *id == meter_id;
}

}  // namespace

Usage MeteredUsage(const World& world, const Subscription& subscription, std::string_view meter_id, Timestamp from,
                   Timestamp until) {
  const Meter* meter = world.meters.Find(meter_id);
  const Customer* customer = world.customers.Find(subscription.customer_id);
  if (meter == nullptr || customer == nullptr) return {};
  std::vector<const UsageEvent*> usage;
  std::int64_t credited = 0;
  for (const UsageEvent& event : world.events.rows) {
    if (!IsOf(event, customer->id, customer->external_id)) continue;
    const Timestamp at = BillableAt(event);
    if (at < from || at >= until) continue;
    if (IsCreditOf(event, meter_id)) {
      credited = std::max<std::int64_t>(0, credited + FindInteger(event.metadata, "units").value_or(0));
    } else if (Counts(*meter, event) && (!subscription.trial_end || event.received_at >= *subscription.trial_end)) {
      usage.push_back(&event);
    }
  }
  return {ToDecimal(Aggregate(*meter, usage)), credited};
}

void ResetMeters(World& world, const Subscription& subscription) {
  const Customer* customer = world.customers.Find(subscription.customer_id);
  for (const SubscriptionMeter& row : subscription.meters) {
    const Meter* meter = world.meters.Find(row.meter_id);
    if (customer != nullptr && meter != nullptr) ResetMeter(world, *customer, *meter);
  }
}

}  // namespace plinto::polar::emulator
