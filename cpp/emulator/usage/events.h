// Usage events: ingested in batches, never changed, deduplicated by external id; and the events that Polar itself adds.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Customer;
struct Route;
class EventTree;

struct UsageEvent {
  std::string id = {};
  Timestamp timestamp = {};
  Timestamp received_at = {};  ///< Decides the meter's window.
  bool system = false;         ///< Polar's own: `meter.credited` and `meter.reset`.
  std::string name = {};
  std::string customer_id = {};                          ///< Empty when the sender named an external customer.
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
};

/// Polar's word for who sent it.
[[nodiscard]] inline std::string_view SourceOf(const UsageEvent& event) { return event.system ? "system" : "user"; }
/// The first full quarter of an hour after `at`: when Polar makes billing entries of the usage that came until then.
[[nodiscard]] Timestamp NextQuarter(Timestamp at);
/// The event's customer, who may have become known after the event; null while unknown.
[[nodiscard]] const Customer* CustomerOf(const World& world, const UsageEvent& event);
[[nodiscard]] inline bool IsOf(const UsageEvent& event, const std::string& customer_id,
                               const std::optional<std::string>& external_id) {
  return event.customer_id.empty() ? external_id && event.external_customer_id == external_id
                                   : event.customer_id == customer_id;
}
/// Adds an event of Polar's own.
const UsageEvent& AddSystemEvent(World& world, const Customer& customer, std::string_view name, Json metadata);

/// `UserEvent`, `MeterCreditEvent` or `MeterResetEvent`.
[[nodiscard]] Json RenderEvent(const World& world, const EventTree& tree, const UsageEvent& event);

[[nodiscard]] std::span<const Route> EventRoutes();

}  // namespace plinto::polar::emulator
