// GET /v1/events/, .../names and .../{id}: what has been ingested, filtered as meters filter.
#include <array>
#include <deque>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/router.h"
#include "emulator/api/values.h"
#include "emulator/usage/event_tree.h"
#include "emulator/usage/ingest.h"
#include "emulator/usage/meter_filter.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Whose event it is, as lists filter: known customers by either name.
bool AdmitsCustomer(const World& world, const ListQuery& query, const UsageEvent& event) {
  if (query.Find("customer_id") == nullptr && query.Find("external_customer_id") == nullptr) return true;
  const Customer* customer = CustomerOf(world, event);
  // The external id of a deleted customer is free for another.
  const bool known = customer != nullptr && !customer->deleted_at;
  const std::string known_as = known ? customer->external_id.value_or("") : "";
  return query.Admits("customer_id", customer == nullptr ? "" : customer->id) &&
         query.Admits("external_customer_id", event.external_customer_id.value_or(known_as));
}

bool Contains(std::string_view text, std::string_view part) {
  return ToLowerAscii(text).find(ToLowerAscii(part)) != std::string::npos;
}

// As Polar searches: name, source, metadata, and who the customer is.
bool Mentions(const World& world, const UsageEvent& event, const std::string& wanted) {
  if (Contains(event.name, wanted) || Contains(SourceOf(event), wanted) || Contains(DumpJson(event.metadata), wanted)) {
    return true;
  }
  const Customer* customer = CustomerOf(world, event);
  if (customer == nullptr) return Contains(event.external_customer_id.value_or(""), wanted);
  return Contains(customer->email.value_or(""), wanted) || Contains(customer->name.value_or(""), wanted) ||
         Contains(customer->external_id.value_or(""), wanted);
}

constexpr std::int64_t kMaxDepth = 5;
constexpr std::size_t kMinSearch = 3;

// What the list of events asks for beside its filters.
struct EventQuery {
  const std::string* search = nullptr;
  const std::string* parent_id = nullptr;
  std::optional<std::int64_t> depth = {};
};

EventQuery ReadEventQuery(const ListQuery& query, Issues& issues) {
  EventQuery read = {.search = query.Find("query"), .parent_id = query.Find("parent_id")};
  if (const std::string* depth = query.Find("depth")) {
    const Json loc = Json::array({"query", "depth"});
    const Taken<std::int64_t> number = TakeInteger(*depth);
    read.depth = number.value;
    if (!read.depth) {
      issues.Add(number.type, loc, number.msg, *depth);
    } else if (*read.depth < 0) {
      issues.Add("greater_than_equal", loc, "Input should be greater than or equal to 0", *depth,
                 Json::object({{"ge", 0}}));
    } else if (*read.depth > kMaxDepth) {
      issues.Add("less_than_equal", loc, "Input should be less than or equal to 5", *depth,
                 Json::object({{"le", kMaxDepth}}));
    }
  }
  return read;
}

void CheckSearch(const ListQuery& query, const EventQuery& read, Issues& issues) {
  if (read.search == nullptr) return;
  const Json loc = Json::array({"query", "query"});
  if (query.Find("organization_id") == nullptr) {
    issues.Add("value_error", loc, "Query is only supported when organization_id is provided.", *read.search);
  } else if (CountCodePoints(*read.search) < kMinSearch) {
    issues.Add("query", loc, "Query must be at least 3 characters.", *read.search);
  }
}

// With a parent: its descendants down to that depth. Without: the roots and their descendants down to that depth.
bool AdmitsDepth(const EventTree& tree, const EventQuery& query, const UsageEvent& event) {
  if (!query.depth) return true;
  const auto depth = static_cast<std::size_t>(*query.depth);
  if (query.parent_id == nullptr) return tree.DepthOf(event) <= depth;
  const auto below = tree.DepthBelow(event, ToUuid(*query.parent_id).value_or(""));
  return below && *below <= depth;
}

struct NamedEvents {
  std::string name;
  std::string source;
  std::int64_t occurrences = 0;
  Timestamp first_seen = {};
  Timestamp last_seen = {};
};

// Status 0 means: go on. The query comes first, then the filter's JSON, the search, and the meter that is named.
struct EventFilters {
  HttpResponse refusal = {};
  Json filter = nullptr;
  EventQuery query = {};
  const Meter* meter = nullptr;
};
EventFilters ReadEventFilters(const World& world, const ListQuery& query, const ListFilters& filters) {
  EventFilters read;
  Issues issues;
  read.query = ReadEventQuery(query, issues);
  read.refusal = CheckListQuery(query, filters, {"timestamp"}, true, true);
  if (read.refusal.status != 0) return read;
  if (const std::string* text = query.Find("filter"); text != nullptr && issues.empty()) {
    const Result<Json> parsed = ParseJson(*text);
    if (parsed) {
      read.filter = ReadMeterFilter(*parsed, Json::array({"query", "filter"}), issues);
    } else {
      issues.Add("json_invalid", Json::array({"query", "filter"}), "Invalid JSON", *text);
    }
  }
  if (issues.empty()) CheckSearch(query, read.query, issues);
  if (const std::string* id = query.Find("meter_id")) {
    read.meter = world.meters.Find(ToUuid(*id).value_or(""));
    if (read.meter == nullptr) {
      issues.Refuse(Json::array({"query", "meter_id"}), "Meter not found.", *id, "meter_id");
    }
  }
  if (!issues.empty()) read.refusal = issues.Answer();
  return read;
}

HttpResponse ListEvents(World& world, const Call& call) {
  const ListOf<UsageEvent> list = {
      .filters = {.texts = {"external_customer_id", "name", "query", "filter", "depth"},
                  .words = {{"source", {"system", "user"}}},
                  .uuids = {"customer_id", "meter_id", "parent_id"},
                  .flags = {"cursor_pagination"},
                  .times = {"start_timestamp", "end_timestamp"}},
      .sorts = {{"timestamp", [](const UsageEvent& event) { return SortValueOf(event.timestamp); }}},
      .order = "-timestamp",
      .cursor = call.query.Flag("cursor_pagination").value_or(false),
  };
  const EventFilters asked = ReadEventFilters(world, call.query, list.filters);
  if (asked.refusal.status != 0) return asked.refusal;
  const EventQuery& query = asked.query;
  const Meter* meter = asked.meter;
  const Json& filter = asked.filter;
  const std::string* from = call.query.Find("start_timestamp");
  const std::string* until = call.query.Find("end_timestamp");
  const EventTree tree(world.events);
  return ListAnswer(
      call.query, list, world.events.rows,
      [&](const UsageEvent& event) {
        if (!call.query.Admits("name", event.name) || !call.query.Admits("source", SourceOf(event))) return false;
        if (from != nullptr && event.timestamp < ParseTimestamp(*from).value_or(Timestamp{})) return false;
        if (until != nullptr && event.timestamp > ParseTimestamp(*until).value_or(event.timestamp)) return false;
        if (query.search != nullptr && !Mentions(world, event, *query.search)) return false;
        if (!AdmitsDepth(tree, query, event)) return false;
        if (meter != nullptr && !Finds(*meter, event)) return false;
        if (!filter.is_null() && !MatchesFilter(filter, event)) return false;
        return AdmitsCustomer(world, call.query, event);
      },
      [&](const UsageEvent& event) { return RenderEvent(world, tree, event); });
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
      .filters = {.texts = {"external_customer_id", "query"},
                  .words = {{"source", {"system", "user"}}},
                  .uuids = {"customer_id"}},
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
                             {"label", EventLabel(row.name, row.source == "system")},
                             {"source", row.source},
                             {"occurrences", row.occurrences},
                             {"first_seen", ToJson(row.first_seen)},
                             {"last_seen", ToJson(row.last_seen)}});
      });
}

HttpResponse ReadEventById(World& world, const Call& call) {
  const std::string& id = call.path[0];
  for (const UsageEvent& event : world.events.rows) {
    if (event.id != id) continue;
    Json json = RenderEvent(world, EventTree(world.events), event);
    // Polar counts descendants in lists only.
    SetMember(json, "child_count", 0);
    return JsonAnswer(200, json);
  }
  return ResourceNotFound();
}

}  // namespace

std::span<const Route> EventRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/v1/events/ingest", Access::kOrganization, IngestEvents},
      Route{"GET", "/v1/events/", Access::kOrganization, ListEvents},
      Route{"GET", "/v1/events/names", Access::kOrganization, ListEventNames},
      Route{"GET", "/v1/events/{id}", Access::kOrganization, ReadEventById},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
