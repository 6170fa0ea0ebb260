// Events: usage, ingested in batches and deduplicated by external id; and the system events, by which Polar itself
// keeps a record of what happens to customers, subscriptions, orders, benefits and meters. None is ever changed.
//
// Which system events there are, and what each says: Polar's server/polar/event/system.py.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/machine/random.h"

namespace plinto::polar::emulator {

struct World;
struct Customer;
struct Route;
class EventTree;

struct UsageEvent {
  std::string id = {};
  Timestamp timestamp = {};
  Timestamp received_at = {};  ///< Decides the meter's window.
  bool system = false;         ///< Polar's own.
  std::string name = {};
  std::string customer_id = {};  ///< Empty when the sender named an external customer, and of checkouts.
  std::optional<std::string> external_customer_id = {};  ///< May become known only later.
  std::optional<std::string> external_id = {};
  std::optional<std::string> member_id = {};
  std::optional<std::string> external_member_id = {};
  std::optional<std::string> parent_id = {};
  Json metadata = Json::object();
};

struct UsageEvents {
  std::deque<UsageEvent> rows;
  std::unordered_set<std::string> external_ids;
  Random ids = Random(0);  ///< Of system events: a stream of its own, so that what is told changes no other id.
};

/// Polar's word for who sent it.
[[nodiscard]] inline std::string_view SourceOf(const UsageEvent& event) { return event.system ? "system" : "user"; }
/// The first full quarter of an hour after `at`: when Polar makes billing entries of the usage that came until then.
[[nodiscard]] Timestamp NextQuarter(Timestamp at);
/// The event's customer, who may have become known after the event, and may be deleted; null while unknown.
[[nodiscard]] const Customer* CustomerOf(const World& world, const UsageEvent& event);
[[nodiscard]] inline bool IsOf(const UsageEvent& event, const std::string& customer_id,
                               const std::optional<std::string>& external_id) {
  return event.customer_id.empty() ? external_id && event.external_customer_id == external_id
                                   : event.customer_id == customer_id;
}
/// Adds a system event. `customer_id` is empty for a checkout's. `at`: when it happened, if not now.
const UsageEvent& AddSystemEvent(World& world, const std::string& customer_id, std::string_view name, Json metadata,
                                 std::optional<Timestamp> at = {});
/// What people read in place of the event's name: that of a system event in words, such as `Order Paid`.
[[nodiscard]] std::string EventLabel(std::string_view name, bool system);
/// A time in the metadata of a system event: Python's isoformat, `2026-11-22T06:00:00+00:00`.
[[nodiscard]] std::string IsoFormat(Timestamp at);

/// `UserEvent`, or the member of `SystemEvent` that the name tells.
[[nodiscard]] Json RenderEvent(const World& world, const EventTree& tree, const UsageEvent& event);

[[nodiscard]] std::span<const Route> EventRoutes();

}  // namespace plinto::polar::emulator
