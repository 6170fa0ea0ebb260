// POST /v1/events/ingest and GET /v1/events/.
#include "emulator/events.h"

#include <array>
#include <vector>

#include "core/foundation/text.h"
#include "emulator/router.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kMaxName = 128;

Json ReadEventMetadata(BodyReader& reader, Issues& issues) {
  const Json* member = FindMember(reader.object(), "metadata");
  if (member == nullptr) return Json::object();
  const Json loc = reader.LocOf("metadata");
  const auto* object = member->get_ptr<const Json::object_t*>();
  if (object == nullptr) {
    issues.Add("dict_type", loc, "Input should be a valid dictionary", *member);
    return Json::object();
  }
  for (const auto& [key, value] : *object) {
    // `_cost` and `_llm` are objects of Polar's own.
    if ((key == "_cost" || key == "_llm") && value.is_object()) continue;
    Json value_loc = loc;
    value_loc.push_back(key);
    CheckMetadataValue(value, value_loc, issues);
  }
  return *member;
}

Timestamp ReadTimestamp(const World& world, BodyReader& reader, Issues& issues) {
  const auto text = reader.Text("timestamp");
  if (!text) return world.now;
  const auto at = ParseTimestamp(*text);
  if (!at) {
    const bool zone_is_missing = ParseTimestamp(*text + "Z").has_value();
    issues.Add(zone_is_missing ? "timezone_aware" : "datetime_from_date_parsing", reader.LocOf("timestamp"),
               zone_is_missing ? "Input should have timezone info" : "Input should be a valid datetime", *text);
    return world.now;
  }
  if (*at > world.now) {
    issues.Add("value_error", reader.LocOf("timestamp"), "Value error, Timestamp must be in the past.", *text);
  }
  return *at;
}

UsageEvent ReadEvent(World& world, const Json& json, std::size_t index, Issues& issues) {
  UsageEvent event;
  const Json loc = Json::array({"body", "events", index});
  if (!json.is_object()) {
    issues.Add("model_attributes_type", loc, "Input should be a valid dictionary or object to extract fields from",
               json);
    return event;
  }
  BodyReader reader(json, loc, issues);
  reader.Require("name");
  event.name = reader.Text("name", kMaxName).value_or("");
  event.timestamp = ReadTimestamp(world, reader, issues);
  event.external_id = reader.Text("external_id");
  event.parent_id = reader.Text("parent_id");
  event.member_id = reader.Uuid("member_id");
  event.external_member_id = reader.Text("external_member_id");
  event.external_customer_id = reader.Text("external_customer_id");
  event.customer_id = reader.Uuid("customer_id").value_or("");
  event.metadata = ReadEventMetadata(reader, issues);
  if (!reader.Has("customer_id") && !reader.Has("external_customer_id")) {
    issues.Add("missing", reader.LocOf("customer_id"), "Field required", json);
  }
  if (!event.customer_id.empty()) {
    event.external_customer_id = std::nullopt;
    if (FindCustomer(world, event.customer_id) == nullptr) {
      issues.Refuse(reader.LocOf("customer_id"), "Customer not found.", event.customer_id, "customer_id");
    }
  }
  return event;
}

// External customers are bound when they become known, which may be after the event.
const Customer* CustomerOf(World& world, const UsageEvent& event) {
  if (!event.customer_id.empty()) return world.customers.Find(event.customer_id);
  return event.external_customer_id ? FindCustomerByExternalId(world, *event.external_customer_id) : nullptr;
}

HttpResponse Ingest(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request);
  if (body.refusal) return *body.refusal;
  Issues issues;
  const Json* member = FindMember(body.object, "events");
  const auto* list = member == nullptr ? nullptr : member->get_ptr<const Json::array_t*>();
  if (list == nullptr) {
    issues.Add(member == nullptr ? "missing" : "list_type", Json::array({"body", "events"}),
               member == nullptr ? "Field required" : "Input should be a valid list", body.object);
    return issues.Answer();
  }
  std::vector<UsageEvent> events;
  for (std::size_t i = 0; i < list->size(); ++i) events.push_back(ReadEvent(world, (*list)[i], i, issues));
  if (!issues.empty()) return issues.Answer();
  std::size_t duplicates = 0;
  for (UsageEvent& event : events) {
    if (event.external_id && !world.events.external_ids.insert(*event.external_id).second) {
      ++duplicates;
      continue;
    }
    event.id = world.random.Uuid();
    if (const Customer* known = CustomerOf(world, event)) {
      Customer& customer = *world.customers.Find(known->id);
      if (!customer.first_user_event_at) customer.first_user_event_at = event.timestamp;
    }
    world.events.rows.push_back(std::move(event));
  }
  return JsonAnswer(200, Json::object({{"inserted", events.size() - duplicates}, {"duplicates", duplicates}}));
}

Json RenderEvent(World& world, const UsageEvent& event) {
  const Customer* customer = CustomerOf(world, event);
  const std::optional<std::string> external_id =
      event.external_customer_id || customer == nullptr ? event.external_customer_id : customer->external_id;
  // A parent is named by Polar's id or by its external id, and may arrive after its children.
  Json parent = nullptr;
  std::size_t children = 0;
  for (const UsageEvent& other : world.events.rows) {
    if (event.parent_id && (other.id == *event.parent_id || other.external_id == event.parent_id)) parent = other.id;
    if (other.parent_id && (*other.parent_id == event.id || other.parent_id == event.external_id)) ++children;
  }
  return Json::object({
      {"id", event.id},
      {"timestamp", ToJson(event.timestamp)},
      {"organization_id", world.organization.id},
      {"customer_id", customer == nullptr ? Json(nullptr) : Json(customer->id)},
      {"customer", customer == nullptr ? Json(nullptr) : RenderCustomer(world, *customer)},
      {"external_customer_id", OrNull(external_id)},
      {"member_id", OrNull(event.member_id)},
      {"external_member_id", OrNull(event.external_member_id)},
      {"child_count", children},
      {"parent_id", std::move(parent)},
      {"label", event.name},
      {"name", event.name},
      {"source", "user"},
      {"metadata", event.metadata},
  });
}

HttpResponse List(World& world, const Call& call) {
  return ListAnswer(
      call.query, {"customer_id", "external_customer_id", "name", "source"}, "timestamp", world.events.rows,
      [&](const UsageEvent& event) {
        const Customer* customer = CustomerOf(world, event);
        const std::string known_as = customer == nullptr ? "" : customer->external_id.value_or("");
        return call.query.Admits("name", event.name) && call.query.Admits("source", "user") &&
               call.query.Admits("customer_id", customer == nullptr ? "" : customer->id) &&
               call.query.Admits("external_customer_id", event.external_customer_id.value_or(known_as));
      },
      [](const UsageEvent& event) { return event.timestamp; },
      [&](const UsageEvent& event) { return RenderEvent(world, event); });
}

}  // namespace

std::span<const Route> EventRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/v1/events/ingest", Access::kOrganization, Ingest},
      Route{"GET", "/v1/events/", Access::kOrganization, List},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
