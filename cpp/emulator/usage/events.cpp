#include "emulator/usage/events.h"

#include <algorithm>

#include "core/foundation/wide_decimal.h"
#include "emulator/usage/event_tree.h"
#include "emulator/usage/meter_balance.h"
#include "emulator/usage/meter_filter.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// A meter with a wide filter finds a system event too. It is no usage, but the balance is looked at, and told.
bool IsFound(const World& world, const UsageEvent& event) {
  return std::any_of(world.meters.begin(), world.meters.end(),
                     [&](const Meter& meter) { return !meter.archived_at && Finds(meter, event); });
}

// A cost was sent as a number or as text; it is told as text.
Json RenderMetadata(const UsageEvent& event) {
  Json metadata = event.metadata;
  const Json* cost = FindMember(metadata, "_cost");
  const Json* amount = cost == nullptr ? nullptr : FindMember(*cost, "amount");
  if (amount == nullptr) return metadata;
  const auto* text = amount->get_ptr<const std::string*>();
  const auto decimal = WideDecimal::Parse(text != nullptr ? *text : DumpJson(*amount));
  Json told = *cost;
  if (decimal) SetMember(told, "amount", decimal->Text());
  SetMember(metadata, "_cost", std::move(told));
  return metadata;
}

}  // namespace

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
  return customer;
}

const UsageEvent& AddSystemEvent(World& world, const std::string& customer_id, std::string_view name, Json metadata,
                                 std::optional<Timestamp> at) {
  // Data files of before the other events were kept replay with the same ids.
  const bool meters = name.starts_with("meter.");
  const UsageEvent& event =
      world.events.rows.emplace_back(UsageEvent{.id = meters ? world.random.Uuid() : world.events.ids.Uuid(),
                                                .timestamp = at.value_or(world.now),
                                                .received_at = world.now,
                                                .system = true,
                                                .name = std::string(name),
                                                .customer_id = customer_id,
                                                .metadata = std::move(metadata)});
  Customer* customer = world.customers.Find(customer_id);
  if (meters) NoteUsage(world, customer_id);
  if (customer != nullptr && !customer->deleted_at && IsFound(world, event)) TouchMeters(world, *customer);
  return event;
}

std::string EventLabel(std::string_view name, bool system) {
  std::string label(name);
  if (!system) return label;
  bool first = true;
  for (char& letter : label) {
    if (letter == '.' || letter == '_') {
      letter = ' ';
    } else if (first && letter >= 'a' && letter <= 'z') {
      letter = static_cast<char>(letter - 'a' + 'A');
    }
    first = letter == ' ';
  }
  return label;
}

std::string IsoFormat(Timestamp at) {
  std::string text = FormatTimestamp(at);
  text.pop_back();
  return text + "+00:00";
}

Json RenderEvent(const World& world, const EventTree& tree, const UsageEvent& event) {
  const Customer* customer = CustomerOf(world, event);
  const UsageEvent* parent = tree.ParentOf(event);
  return Json::object({
      {"id", event.id},
      {"timestamp", ToJson(event.timestamp)},
      {"organization_id", world.organization.id},
      {"customer_id", IdOrNull(event.customer_id)},
      {"customer", customer == nullptr ? Json(nullptr) : RenderCustomer(world, *customer)},
      {"external_customer_id", OrNull(event.external_customer_id)},
      {"member_id", OrNull(event.member_id)},
      {"external_member_id", OrNull(event.external_member_id)},
      {"child_count", tree.DescendantsOf(event)},
      {"parent_id", parent == nullptr ? Json(nullptr) : Json(parent->id)},
      {"label", EventLabel(event.name, event.system)},
      {"name", event.name},
      {"source", SourceOf(event)},
      {"metadata", RenderMetadata(event)},
  });
}

}  // namespace plinto::polar::emulator
