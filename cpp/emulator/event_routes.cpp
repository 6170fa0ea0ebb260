// GET /v1/events/, .../names and .../{id}: what has been ingested, filtered as meters filter.
#include "emulator/event_routes.h"

#include <deque>

#include "core/foundation/text.h"
#include "emulator/meter_filter.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

std::string_view SourceOf(const UsageEvent& event) { return event.system ? "system" : "user"; }

// Whose event it is, as lists filter: known customers by either name.
bool AdmitsCustomer(const World& world, const ListQuery& query, const UsageEvent& event) {
  if (query.Find("customer_id") == nullptr && query.Find("external_customer_id") == nullptr) return true;
  const Customer* customer = CustomerOf(world, event);
  const std::string known_as = customer == nullptr ? "" : customer->external_id.value_or("");
  return query.Admits("customer_id", customer == nullptr ? "" : customer->id) &&
         query.Admits("external_customer_id", event.external_customer_id.value_or(known_as));
}

bool Contains(std::string_view text, std::string_view part) {
  return ToLowerAscii(text).find(ToLowerAscii(part)) != std::string::npos;
}

struct NamedEvents {
  std::string name;
  std::string source;
  std::int64_t occurrences = 0;
  Timestamp first_seen = {};
  Timestamp last_seen = {};
};

}  // namespace

Json RenderEvent(const World& world, const UsageEvent& event) {
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
      {"child_count", children},
      {"parent_id", std::move(parent)},
      {"label", label},
      {"name", event.name},
      {"source", SourceOf(event)},
      {"metadata", event.metadata},
  });
}

HttpResponse ListEvents(World& world, const Call& call) {
  const Meter* meter = nullptr;
  if (const std::string* id = call.query.Find("meter_id"); id != nullptr && IsUuid(*id)) {
    meter = world.meters.Find(ToLowerAscii(*id));
    if (meter == nullptr) return ResourceNotFound();
  }
  Json filter = nullptr;
  if (const std::string* text = call.query.Find("filter")) {
    Issues issues;
    const Result<Json> parsed = ParseJson(*text);
    if (!parsed) {
      issues.Add("json_invalid", Json::array({"query", "filter"}), "Invalid JSON", *text);
      return issues.Answer();
    }
    filter = ReadMeterFilter(*parsed, Json::array({"query", "filter"}), issues);
    if (!issues.empty()) return issues.Answer();
  }
  const std::string* from = call.query.Find("start_timestamp");
  const std::string* until = call.query.Find("end_timestamp");
  const std::string* wanted = call.query.Find("query");
  const ListOf<UsageEvent> list = {
      .filters = {.texts = {"external_customer_id", "name", "source", "query", "filter"},
                  .uuids = {"customer_id", "meter_id"},
                  .times = {"start_timestamp", "end_timestamp"}},
      .sorts = {{"timestamp", [](const UsageEvent& event) { return SortValueOf(event.timestamp); }}},
      .order = "-timestamp",
  };
  return ListAnswer(
      call.query, list, world.events.rows,
      [&](const UsageEvent& event) {
        if (!call.query.Admits("name", event.name) || !call.query.Admits("source", SourceOf(event))) return false;
        if (from != nullptr && event.timestamp < ParseTimestamp(*from).value_or(Timestamp{})) return false;
        if (until != nullptr && event.timestamp > ParseTimestamp(*until).value_or(event.timestamp)) return false;
        if (wanted != nullptr && !Contains(event.name, *wanted)) return false;
        if (meter != nullptr && !Counts(*meter, event)) return false;
        if (!filter.is_null() && !MatchesFilter(filter, event)) return false;
        return AdmitsCustomer(world, call.query, event);
      },
      [&](const UsageEvent& event) { return RenderEvent(world, event); });
}

HttpResponse ListEventNames(World& world, const Call& call) {
  std::deque<NamedEvents> names;
  for (const UsageEvent& event : world.events.rows) {
    if (!AdmitsCustomer(world, call.query, event)) continue;
    const auto same = [&](const NamedEvents& row) { return row.name == event.name && row.source == SourceOf(event); };
    auto row = std::find_if(names.begin(), names.end(), same);
    if (row == names.end()) {
      row = names.insert(names.end(), {event.name, std::string(SourceOf(event)), 0, event.timestamp, event.timestamp});
    }
    ++row->occurrences;
    row->first_seen = std::min(row->first_seen, event.timestamp);
    row->last_seen = std::max(row->last_seen, event.timestamp);
  }
  const std::string* wanted = call.query.Find("query");
  const ListOf<NamedEvents> list = {
      .filters = {.texts = {"external_customer_id", "source", "query"}, .uuids = {"customer_id"}},
      .sorts = {{"name", [](const NamedEvents& row) { return SortValue(row.name); }},
                {"occurrences", [](const NamedEvents& row) { return SortValue(row.occurrences); }},
                {"first_seen", [](const NamedEvents& row) { return SortValueOf(row.first_seen); }},
                {"last_seen", [](const NamedEvents& row) { return SortValueOf(row.last_seen); }}},
      .order = "-last_seen",
  };
  return ListAnswer(
      call.query, list, names,
      [&](const NamedEvents& row) {
        return call.query.Admits("source", row.source) && (wanted == nullptr || Contains(row.name, *wanted));
      },
      [](const NamedEvents& row) {
        return Json::object({{"name", row.name},
                             {"label", row.name},
                             {"source", row.source},
                             {"occurrences", row.occurrences},
                             {"first_seen", ToJson(row.first_seen)},
                             {"last_seen", ToJson(row.last_seen)}});
      });
}

HttpResponse ReadEventById(World& world, const Call& call) {
  if (auto refusal = CheckPathUuid("id", call.path[0])) return *refusal;
  const std::string id = ToLowerAscii(call.path[0]);
  for (const UsageEvent& event : world.events.rows) {
    if (event.id == id) return JsonAnswer(200, RenderEvent(world, event));
  }
  return ResourceNotFound();
}

}  // namespace plinto::polar::emulator
