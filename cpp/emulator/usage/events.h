// Usage events: ingested in batches, never changed, deduplicated by external id; and the events that Polar itself adds.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Customer;
class EventTree;

struct UsageEvent {
  std::string id = {};
  Timestamp timestamp = {};
  Timestamp received_at = {};  ///< What meters' windows go by.
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

/// The event's customer, who may have become known after it; null while nobody is.
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

}  // namespace plinto::polar::emulator
