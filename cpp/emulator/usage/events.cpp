#include "emulator/usage/events.h"

#include "emulator/usage/event_tree.h"
#include "emulator/usage/meter_balance.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {

// Polar makes billing entries of new usage in runs that start every 15 minutes.
Timestamp NextQuarter(Timestamp at) {
  constexpr std::int64_t kQuarterSeconds = 15 * 60;
  return Timestamp::FromSeconds((at.Seconds() / kQuarterSeconds + 1) * kQuarterSeconds);
}

const Customer* CustomerOf(const World& world, const UsageEvent& event) {
  const Customer* customer = nullptr;
  if (!event.customer_id.empty()) {
    customer = world.customers.Find(event.customer_id);
  } else if (event.external_customer_id) {
    const auto known = world.customer_by_external_id.find(*event.external_customer_id);
    if (known != world.customer_by_external_id.end()) customer = world.customers.Find(known->second);
  }
  return customer == nullptr || customer->deleted_at ? nullptr : customer;
}

const UsageEvent& AddSystemEvent(World& world, const Customer& customer, std::string_view name, Json metadata) {
  NoteUsage(world, customer.id);
  return world.events.rows.emplace_back(UsageEvent{.id = world.random.Uuid(),
                                                   .timestamp = world.now,
                                                   .received_at = world.now,
                                                   .system = true,
                                                   .name = std::string(name),
                                                   .customer_id = customer.id,
                                                   .metadata = std::move(metadata)});
}

Json RenderEvent(const World& world, const EventTree& tree, const UsageEvent& event) {
  const Customer* customer = CustomerOf(world, event);
  const std::optional<std::string> external_id =
      event.external_customer_id || customer == nullptr ? event.external_customer_id : customer->external_id;
  const UsageEvent* parent = tree.ParentOf(event);
  std::string label = event.name;
  if (event.system) label = event.name == "meter.reset" ? "Meter Reset" : "Meter Credited";
  return Json::object({
      {"id", event.id},
      {"timestamp", ToJson(event.timestamp)},
      {"organization_id", world.organization.id},
      {"customer_id", customer == nullptr ? Json(nullptr) : Json(customer->id)},
      {"customer", customer == nullptr ? Json(nullptr) : RenderCustomer(world, *customer)},
      {"external_customer_id", OrNull(external_id)},
      {"member_id", OrNull(event.member_id)},
      {"external_member_id", OrNull(event.external_member_id)},
      {"child_count", tree.DescendantsOf(event)},
      {"parent_id", parent == nullptr ? Json(nullptr) : Json(parent->id)},
      {"label", label},
      {"name", event.name},
      {"source", SourceOf(event)},
      {"metadata", event.metadata},
  });
}

}  // namespace plinto::polar::emulator
