#include "emulator/usage/meter_balance.h"

#include <algorithm>
#include <vector>

#include "emulator/usage/meter_filter.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kQuietSeconds = 15;
constexpr std::int64_t kCeilingSeconds = 3 * 3'600;

// What counts since the last reset, oldest first.
struct MeterWindow {
  std::vector<const UsageEvent*> usage;
  std::vector<const UsageEvent*> credits;
  std::string last_event_id;
};
MeterWindow WindowOf(const World& world, const Customer& customer, const Meter& meter) {
  MeterWindow window;
  for (const UsageEvent& event : world.events.rows) {
    if (!IsOf(event, customer.id, customer.external_id)) continue;
    if (IsMeterEvent(event, meter, "meter.reset")) {
      window = {{}, {}, event.id};
    } else if (IsMeterEvent(event, meter, "meter.credited")) {
      window.credits.push_back(&event);
      window.last_event_id = event.id;
    } else if (Finds(meter, event)) {
      if (!event.system) window.usage.push_back(&event);
      window.last_event_id = event.id;
    }
  }
  return window;
}

std::int64_t UnitsOf(const UsageEvent& event) { return FindInteger(event.metadata, "units").value_or(0); }

// A revocation takes no more than what is left.
std::int64_t RunningSum(const std::vector<const UsageEvent*>& credits, std::optional<bool> rollover = {}) {
  std::int64_t sum = 0;
  for (const UsageEvent* event : credits) {
    if (rollover && FindBool(event->metadata, "rollover").value_or(false) != *rollover) continue;
    sum = std::max<std::int64_t>(0, sum + UnitsOf(*event));
  }
  return sum;
}

// As Polar's queries have it for customers with an external id, whose events may name them by either: each half is
// summed for itself, and an aggregation that cannot be summed looks for the property's whole name, so that one inside
// of an object (`_llm.total_tokens`) comes to nothing. Bills are not concerned.
DecimalSum ConsumedBy(const Customer& customer, const Meter& meter, const std::vector<const UsageEvent*>& usage) {
  if (!customer.external_id) return Aggregate(meter, usage);
  if (!IsSummable(meter)) return AggregatesNested(meter) ? DecimalSum() : Aggregate(meter, usage);
  std::vector<const UsageEvent*> by_id;
  std::vector<const UsageEvent*> by_external_id;
  for (const UsageEvent* event : usage) (event->customer_id.empty() ? by_external_id : by_id).push_back(event);
  return Aggregate(meter, by_id) + Aggregate(meter, by_external_id);
}

// True when something has changed.
bool UpdateBalance(World& world, const Customer& customer, const Meter& meter) {
  const MeterWindow window = WindowOf(world, customer, meter);
  if (window.last_event_id.empty()) return false;
  CustomerMeter* row = world.customer_meters.FindIf(
      [&](const CustomerMeter& one) { return one.customer_id == customer.id && one.meter_id == meter.id; });
  if (row != nullptr && row->last_event_id == window.last_event_id) return false;
  const bool is_new = row == nullptr;
  if (is_new) {
    row = &world.customer_meters.Add(
        {.id = world.random.Uuid(), .created_at = world.now, .customer_id = customer.id, .meter_id = meter.id});
  }
  row->consumed = ConsumedBy(customer, meter, window.usage);
  row->credited = RunningSum(window.credits);
  row->last_event_id = window.last_event_id;
  if (!is_new) row->modified_at = world.now;
  return true;
}

std::string AddCredit(World& world, const Customer& customer, const Meter& meter, std::int64_t units, bool rollover) {
  return AddSystemEvent(world, customer.id, "meter.credited",
                        Json::object({{"meter_id", meter.id}, {"units", units}, {"rollover", rollover}}))
      .id;
}

}  // namespace

bool IsMeterEvent(const UsageEvent& event, const Meter& meter, std::string_view name) {
  const std::string* id = FindString(event.metadata, "meter_id");
  return event.system && event.name == name && id != nullptr && *id == meter.id;
}

const CustomerMeter* FindCustomerMeter(const World& world, std::string_view customer_id, std::string_view meter_id) {
  return world.customer_meters.FindIf(
      [&](const CustomerMeter& row) { return row.customer_id == customer_id && row.meter_id == meter_id; });
}

void TouchMeters(World& world, Customer& customer) {
  const bool waiting = customer.usage_touched_at.has_value();
  if (!waiting) customer.usage_touched_at = world.now;
  customer.usage_due_at =
      std::min(world.now.PlusSeconds(kQuietSeconds), customer.usage_touched_at->PlusSeconds(kCeilingSeconds));
  if (!waiting) world.Schedule(*customer.usage_due_at, {JobKind::kCustomerMeters, customer.id});
}

void NoteUsage(World& world, std::string_view customer_id) {
  const bool metered = world.subscriptions.FindIf([&](const Subscription& subscription) {
    return subscription.customer_id == customer_id && IsBillable(subscription) && !subscription.meters.empty();
  }) != nullptr;
  if (!metered) return;
  const Timestamp next = NextQuarter(world.now);
  Timestamp& planned = world.meter_updates[std::string(customer_id)];
  if (planned == next) return;
  planned = next;
  world.Schedule(next, {JobKind::kMeterUpdate, std::string(customer_id)});
}

void UpdateBalances(World& world, std::string_view customer_id) {
  Customer* customer = world.customers.Find(customer_id);
  if (customer == nullptr || !customer->usage_due_at) return;
  if (*customer->usage_due_at > world.now) {
    return world.Schedule(*customer->usage_due_at, {JobKind::kCustomerMeters, customer->id});
  }
  customer->usage_touched_at.reset();
  customer->usage_due_at.reset();
  bool changed = false;
  for (const Meter& meter : world.meters) {
    if (!meter.archived_at && UpdateBalance(world, *customer, meter)) changed = true;
  }
  if (changed) TouchState(world, *customer);
}

std::string CreditMeter(World& world, const Customer& customer, const Meter& meter, std::int64_t units, bool rollover) {
  std::string event_id = AddCredit(world, customer, meter, units, rollover);
  UpdateBalance(world, customer, meter);
  return event_id;
}

bool WasResetAfter(const World& world, const Customer& customer, const Meter& meter, std::string_view event_id) {
  const auto& rows = world.events.rows;
  for (auto event = rows.rbegin(); event != rows.rend() && event->id != event_id; ++event) {
    if (event->customer_id == customer.id && IsMeterEvent(*event, meter, "meter.reset")) return true;
  }
  return false;
}

void ResetMeter(World& world, const Customer& customer, const Meter& meter) {
  const MeterWindow window = WindowOf(world, customer, meter);
  const std::int64_t rolling = RunningSum(window.credits, true);
  const DecimalSum balance = RunningSum(window.credits, false) + rolling - ConsumedBy(customer, meter, window.usage);
  const std::int64_t left = std::clamp(balance, DecimalSum(), DecimalSum(rolling)).Whole();
  AddSystemEvent(world, customer.id, "meter.reset", Json::object({{"meter_id", meter.id}}));
  if (left > 0) AddCredit(world, customer, meter, left, true);
  UpdateBalance(world, customer, meter);
}

Json RenderStateMeter(const CustomerMeter& row) {
  return Json::object({
      {"id", row.id},
      {"created_at", ToJson(row.created_at)},
      {"modified_at", OrNull(row.modified_at)},
      {"meter_id", row.meter_id},
      {"consumed_units", row.consumed.ToJson()},
      {"credited_units", row.credited},
      {"balance", BalanceOf(row).ToJson()},
  });
}

}  // namespace plinto::polar::emulator
