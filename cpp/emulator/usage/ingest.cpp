#include "emulator/usage/ingest.h"

#include <map>
#include <set>
#include <vector>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/catalog/price_reading.h"
#include "emulator/usage/meter_balance.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::size_t kMaxName = 128;

// `CostMetadata`: what the event has cost, in cents, with at most 17 digits, 12 of them after the point.
void CheckCost(const Json& cost, const Json& loc, Issues& issues) {
  if (!cost.is_object()) return issues.AddType(ValueKind::kDictionary, loc, cost);
  BodyReader reader(cost, loc, issues);
  if (reader.Require("amount", ValueKind::kDecimal)) (void)ReadDecimal(reader, "amount");
  reader.Require("currency");
  const auto currency = reader.Text("currency");
  if (currency && currency->find("usd") == std::string::npos) {
    issues.Add("string_pattern_mismatch", reader.LocOf("currency"), "String should match pattern 'usd'", *currency,
               Json::object({{"pattern", "usd"}}));
  }
}

// `LLMMetadata`: which model was asked, and how many tokens went in and out.
void CheckModelUse(const Json& use, const Json& loc, Issues& issues) {
  if (!use.is_object()) return issues.AddType(ValueKind::kDictionary, loc, use);
  BodyReader reader(use, loc, issues);
  for (const std::string_view name : {"vendor", "model"}) reader.Require(name);
  for (const std::string_view name : {"vendor", "model", "prompt", "response"}) (void)reader.Text(name);
  for (const std::string_view name : {"input_tokens", "output_tokens", "total_tokens"}) {
    reader.Require(name, ValueKind::kInteger);
  }
  reader.RefuseNull("cached_input_tokens", ValueKind::kInteger);
  for (const std::string_view name : {"input_tokens", "cached_input_tokens", "output_tokens", "total_tokens"}) {
    (void)reader.Integer(name, INT64_MIN, INT64_MAX);
  }
}

Json ReadEventMetadata(BodyReader& reader, Issues& issues) {
  const Json* member = FindMember(reader.object(), "metadata");
  if (member == nullptr) return Json::object();
  const Json loc = reader.LocOf("metadata");
  const auto* object = member->get_ptr<const Json::object_t*>();
  if (object == nullptr) {
    issues.AddType(ValueKind::kDictionary, loc, *member);
    return Json::object();
  }
  for (const auto& [key, value] : *object) {
    Json value_loc = loc;
    value_loc.push_back(key);
    if (key == "_cost") {
      CheckCost(value, value_loc, issues);
    } else if (key == "_llm") {
      CheckModelUse(value, value_loc, issues);
    } else {
      CheckMetadataValue(value, value_loc, issues);
    }
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
  event.received_at = world.now;
  const Json loc = Json::array({"body", "events", index});
  if (!json.is_object()) {
    issues.AddType(ValueKind::kModel, loc, json);
    return event;
  }
  BodyReader reader(json, loc, issues);
  reader.Require("name");
  event.name = reader.Text("name", kMaxName).value_or("");
  reader.RefuseNull("timestamp", ValueKind::kTime);
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

// Whether the parents of this batch go round in a circle. Each event has one parent, so that whoever is reached twice
// on one way up lies on one.
bool HasCircle(const std::vector<UsageEvent>& events) {
  std::map<std::string_view, std::size_t> named;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].external_id) named[*events[i].external_id] = i;
  }
  std::vector<std::size_t> way_of(events.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (std::size_t at = i; way_of[at] == events.size();) {
      way_of[at] = i;
      const auto parent = events[at].parent_id ? named.find(*events[at].parent_id) : named.end();
      if (parent == named.end()) break;
      at = parent->second;
      if (way_of[at] == i) return true;
    }
  }
  return false;
}

}  // namespace

HttpResponse IngestEvents(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  if (!reader.Require("events", ValueKind::kList)) return issues.Answer();
  const Json& member = *FindMember(body.object, "events");
  const auto* list = member.get_ptr<const Json::array_t*>();
  if (list == nullptr) {
    issues.AddType(ValueKind::kList, reader.LocOf("events"), member);
    return issues.Answer();
  }
  std::vector<UsageEvent> events;
  for (std::size_t i = 0; i < list->size(); ++i) events.push_back(ReadEvent(world, (*list)[i], i, issues));
  if (!issues.empty()) return issues.Answer();
  if (HasCircle(events)) {
    return ErrorAnswer(500, "EventError", "Circular dependency detected in event parent relationships");
  }
  std::size_t duplicates = 0;
  std::set<std::string> touched;
  for (UsageEvent& event : events) {
    if (event.external_id && !world.events.external_ids.insert(*event.external_id).second) {
      ++duplicates;
      continue;
    }
    event.id = world.random.Uuid();
    const Customer* known = CustomerOf(world, event);
    if (known != nullptr) {
      Customer& customer = *world.customers.Find(known->id);
      if (!customer.first_user_event_at) customer.first_user_event_at = event.timestamp;
      touched.insert(known->id);
    }
    world.events.rows.push_back(std::move(event));
  }
  for (const std::string& id : touched) {
    TouchMeters(world, *world.customers.Find(id));
    NoteUsage(world, id);
  }
  return JsonAnswer(200, Json::object({{"inserted", events.size() - duplicates}, {"duplicates", duplicates}}));
}

}  // namespace plinto::polar::emulator
