// What each customer has used and been credited by each meter, and the events that reset and credit it.
//
// A balance is updated 15 s after the last usage (3 h after the first at the latest), or at once by a credit; then
// customer.state_changed follows. Windows begin at the meter's last reset and count events by when they were received.
// Source: Polar's customer_meter/service.py.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/decimal_sum.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Route;
struct Customer;
struct Meter;
struct UsageEvent;

/// A system event of the meter: `meter.reset` or `meter.credited`.
[[nodiscard]] bool IsMeterEvent(const UsageEvent& event, const Meter& meter, std::string_view name);

struct CustomerMeter {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string customer_id = {};
  std::string meter_id = {};
  DecimalSum consumed = {};
  std::int64_t credited = 0;
  std::string last_event_id = {};  ///< The youngest event that has been considered.
};
[[nodiscard]] inline DecimalSum BalanceOf(const CustomerMeter& row) { return row.credited - row.consumed; }

[[nodiscard]] const CustomerMeter* FindCustomerMeter(const World& world, std::string_view customer_id,
                                                     std::string_view meter_id);

/// New usage of the customer: asks for UpdateBalances once no more has come for a while.
void TouchMeters(World& world, Customer& customer);

/// New usage or a credit of the customer: plans the update of the `meters` of the customer's subscriptions for the next
/// full quarter of an hour.
void NoteUsage(World& world, std::string_view customer_id);
/// Adds units to a meter, or takes them when negative, and updates the balance at once. Answers the id of the event.
std::string CreditMeter(World& world, const Customer& customer, const Meter& meter, std::int64_t units, bool rollover);
/// Begins the meter's next window for the customer, carrying over what its rollover credits have left.
void ResetMeter(World& world, const Customer& customer, const Meter& meter);
/// Whether the meter has been reset for the customer after the event with this id, by the order of the events: a
/// renewal resets and credits at one instant.
[[nodiscard]] bool WasResetAfter(const World& world, const Customer& customer, const Meter& meter,
                                 std::string_view event_id);

/// `CustomerStateMeter`
[[nodiscard]] Json RenderStateMeter(const CustomerMeter& row);

// Job.
void UpdateBalances(World& world, std::string_view customer_id);

[[nodiscard]] std::span<const Route> CustomerMeterRoutes();

}  // namespace plinto::polar::emulator
