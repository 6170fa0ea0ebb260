#include "emulator/usage/meter_quantities.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "core/foundation/text.h"
#include "emulator/api/body.h"
#include "emulator/api/lists.h"
#include "emulator/api/values.h"
#include "emulator/usage/meter_filter.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::array<std::string_view, 5> kIntervals = {"year", "month", "week", "day", "hour"};
constexpr std::array<std::string_view, 6> kFunctions = {"count", "sum", "max", "min", "avg", "unique"};
// Polar has no events from before.
constexpr std::int64_t kFirstSecond = 1'672'531'200;  // 2023-01-01

Timestamp Floor(Timestamp at, std::int64_t seconds, std::int64_t offset = 0) {
  const std::int64_t shifted = at.Seconds() - offset;
  const std::int64_t below = shifted - ((shifted % seconds) + seconds) % seconds;
  return Timestamp::FromSeconds(below + offset);
}

// The start of the interval that holds `at`, by the clock of a zone so far east of UTC.
Timestamp StartOf(Timestamp at, std::string_view interval, std::int64_t east) {
  const Timestamp local = at.PlusSeconds(east);
  const auto back = [&](Timestamp start) { return start.PlusSeconds(-east); };
  if (interval == "hour") return back(Floor(local, kHour));
  if (interval == "day") return back(Floor(local, kDay));
  constexpr std::int64_t kFirstMonday = 4 * kDay;  // 1970-01-05
  if (interval == "week") return back(Floor(local, 7 * kDay, kFirstMonday));
  const Timestamp day = Floor(local, kDay);
  const CivilDate date = ToCivilDate(day);
  const Timestamp month = day.PlusSeconds(-(date.day - 1) * kDay);
  return back(interval == "month" ? month : AddMonths(month, 1 - date.month, 1));
}

// `count` intervals after the first of the series, as Polar's database adds them: always from the first.
Timestamp Nth(Timestamp first, std::string_view interval, std::int64_t count, std::int64_t east) {
  if (interval == "hour") return first.PlusSeconds(count * kHour);
  if (interval == "day") return first.PlusSeconds(count * kDay);
  if (interval == "week") return first.PlusSeconds(7 * count * kDay);
  const Timestamp local = first.PlusSeconds(east);
  return AddMonths(local, (interval == "month" ? 1 : 12) * count, ToCivilDate(local).day).PlusSeconds(-east);
}

// The longest range that an interval may be asked for, in days.
std::int64_t MostDays(std::string_view interval) {
  if (interval == "hour") return 7;
  if (interval == "day") return 366;
  if (interval == "week") return 7 * 53;
  return interval == "month" ? 365 * 4 : 365 * 10;
}

// Seconds east of UTC of a zone whose offset never changes; nothing for others, since the emulator has no table of
// them.
std::optional<std::int64_t> FixedOffset(std::string_view zone) {
  for (const std::string_view utc :
       {"UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal", "GMT", "Etc/GMT",
        "Greenwich", "Etc/Greenwich", "GMT0", "GMT+0", "GMT-0", "Etc/GMT0"}) {
    if (zone == utc) return 0;
  }
  constexpr std::string_view kPrefix = "Etc/GMT";
  if (!zone.starts_with(kPrefix) || zone.size() < kPrefix.size() + 2) return std::nullopt;
  const char sign = zone[kPrefix.size()];
  const auto hours = ParseInteger(zone.substr(kPrefix.size() + 1));
  if ((sign != '+' && sign != '-') || !hours || *hours < 0 || *hours > 14) return std::nullopt;
  // POSIX counts westward: Etc/GMT+5 is five hours behind.
  return (sign == '+' ? -1 : 1) * *hours * kHour;
}

std::optional<Timestamp> RequiredTime(const ListQuery& query, std::string_view name, Issues& issues) {
  const std::string* text = query.Find(name);
  if (text == nullptr) {
    issues.Add("missing", Json::array({"query", name}), "Field required", nullptr);
    return std::nullopt;
  }
  const auto at = ParseTimestamp(*text);
  if (!at)
    issues.Add("datetime_from_date_parsing", Json::array({"query", name}), "Input should be a valid datetime", *text);
  return at;
}

DecimalSum Combine(std::string_view func, const std::vector<DecimalSum>& values) {
  if (values.empty()) return {};
  if (func == "count") return static_cast<std::int64_t>(values.size());
  if (func == "max") return *std::max_element(values.begin(), values.end());
  if (func == "min") return *std::min_element(values.begin(), values.end());
  if (func == "unique") return static_cast<std::int64_t>(std::set(values.begin(), values.end()).size());
  DecimalSum sum;
  for (const DecimalSum& value : values) sum += value;
  return func == "avg" ? AverageOf(sum, values.size()) : sum;
}

struct Request {
  Timestamp from = {};
  Timestamp until = {};
  std::string interval = {};
  std::int64_t east = 0;
  std::string by_customer = {};  ///< `customer_aggregation_function`; empty: none.
};

// Reads one word of a list, or notes what it should be.
std::string ReadWord(const ListQuery& query, std::string_view name, std::span<const std::string_view> words,
                     bool required, Issues& issues) {
  const std::string* text = query.Find(name);
  const Json loc = Json::array({"query", name});
  if (text == nullptr) {
    if (required) issues.Add("missing", loc, "Field required", nullptr);
    return {};
  }
  if (std::find(words.begin(), words.end(), *text) != words.end()) return *text;
  std::string expected;
  for (std::size_t i = 0; i < words.size(); ++i) {
    expected += (i == 0 ? "'" : i + 1 == words.size() ? " or '" : ", '") + std::string(words[i]) + "'";
  }
  issues.Add("enum", loc, "Input should be " + expected, *text, Json::object({{"expected", expected}}));
  return {};
}

void CheckRange(const Request& request, Issues& issues) {
  const std::int64_t days = Floor(request.until, kDay).Seconds() / kDay - Floor(request.from, kDay).Seconds() / kDay;
  if (days >= 0 && days <= MostDays(request.interval)) return;
  issues.Refuse(Json::array({"query"}),
                "The interval is too small for the given date range. Use a larger interval or reduce the date range.",
                Json::array({ToJson(request.from), ToJson(request.until), request.interval}));
}

using Events = std::vector<const UsageEvent*>;

// What the meter finds of the requested customers, at any time, system events too.
Events CountedEvents(const World& world, const Meter& meter, const ListQuery& query) {
  Events events;
  for (const UsageEvent& event : world.events.rows) {
    if (!Finds(meter, event)) continue;
    const Customer* customer = CustomerOf(world, event);
    const std::string known_as = customer == nullptr ? "" : customer->external_id.value_or("");
    if (query.Admits("customer_id", customer == nullptr ? "" : customer->id) &&
        query.Admits("external_customer_id", event.external_customer_id.value_or(known_as)) &&
        AdmitsMetadata(query, event.metadata)) {
      events.push_back(&event);
    }
  }
  return events;
}

DecimalSum QuantityOf(const World& world, const Meter& meter, const Events& events, std::string_view by_customer) {
  if (by_customer.empty()) return Aggregate(meter, events);
  std::map<std::string, Events> of_customer;
  for (const UsageEvent* event : events) {
    const Customer* customer = CustomerOf(world, *event);
    of_customer[customer == nullptr ? "" : customer->id].push_back(event);
  }
  std::vector<DecimalSum> values;
  for (const auto& [customer, theirs] : of_customer) values.push_back(Aggregate(meter, theirs));
  return Combine(by_customer, values);
}

}  // namespace

HttpResponse MeterQuantities(const World& world, const Meter* found, const ListQuery& query) {
  Issues issues;
  for (const auto& [name, value] : query.parameters()) {
    const Taken<std::string> id = name == "customer_id" ? TakeUuid(value) : Taken<std::string>{value};
    if (!id.value) issues.Add(id.type, Json::array({"query", name}), id.msg, value);
  }
  const auto from = RequiredTime(query, "start_timestamp", issues);
  const auto until = RequiredTime(query, "end_timestamp", issues);
  Request request = {.interval = ReadWord(query, "interval", kIntervals, true, issues)};
  request.by_customer = ReadWord(query, "customer_aggregation_function", kFunctions, false, issues);
  if (from && from->Seconds() < kFirstSecond) {
    issues.Add("greater_than_equal", Json::array({"query", "start_timestamp"}),
               "Input should be greater than or equal to 2023-01-01T00:00:00+00:00", ToJson(*from),
               Json::object({{"ge", "2023-01-01T00:00:00Z"}}));
  }
  if (auto refusal = issues.Refusal(found != nullptr)) return *std::move(refusal);
  const Meter& meter = *found;
  request.from = *from;
  request.until = *until;
  const std::string* zone = query.Find("timezone");
  const auto east = zone == nullptr ? std::optional<std::int64_t>(0) : FixedOffset(*zone);
  if (!east) return NotImplemented("the timezone `" + *zone + "` of quantities, whose clock changes,");
  request.east = *east;
  CheckRange(request, issues);
  if (!issues.empty()) return issues.Answer();

  const Events counted = CountedEvents(world, meter, query);
  std::map<Timestamp, Events> buckets;
  for (const UsageEvent* event : counted) {
    buckets[StartOf(event->timestamp, request.interval, request.east)].push_back(event);
  }
  Json quantities = Json::array();
  std::vector<DecimalSum> values;
  for (std::int64_t i = 0;; ++i) {
    const Timestamp at = Nth(request.from, request.interval, i, request.east);
    if (at > request.until) break;
    const auto bucket = buckets.find(StartOf(at, request.interval, request.east));
    DecimalSum value;
    if (bucket != buckets.end()) value = QuantityOf(world, meter, bucket->second, request.by_customer);
    if (bucket != buckets.end()) values.push_back(value);
    quantities.push_back(Json::object({{"timestamp", ToJson(at)}, {"quantity", value.ToJson()}}));
  }
  const std::string* func = FindString(meter.aggregation, "func");
  const std::string kind = func == nullptr ? "" : *func;
  // Averages and distinct values cannot be computed from those of intervals, so Polar takes all events.
  const DecimalSum total =
      kind == "avg" || kind == "unique" ? Aggregate(meter, counted) : Combine(kind == "count" ? "sum" : kind, values);
  return JsonAnswer(200, Json::object({{"quantities", std::move(quantities)}, {"total", total.ToJson()}}));
}

}  // namespace plinto::polar::emulator
