#include "emulator/meter_quantities.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/foundation/text.h"
#include "emulator/lists.h"
#include "emulator/meter_filter.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::size_t kMostIntervals = 1'000;
constexpr std::array<std::string_view, 5> kIntervals = {"year", "month", "week", "day", "hour"};

Timestamp Floor(Timestamp at, std::int64_t seconds, std::int64_t offset = 0) {
  const std::int64_t shifted = at.Seconds() - offset;
  const std::int64_t below = shifted - ((shifted % seconds) + seconds) % seconds;
  return Timestamp::FromSeconds(below + offset);
}

// The start of the interval that holds `at`.
Timestamp StartOf(Timestamp at, std::string_view interval) {
  if (interval == "hour") return Floor(at, kHour);
  if (interval == "day") return Floor(at, kDay);
  constexpr std::int64_t kFirstMonday = 4 * kDay;  // 1970-01-05
  if (interval == "week") return Floor(at, 7 * kDay, kFirstMonday);
  const Timestamp day = Floor(at, kDay);
  const CivilDate date = ToCivilDate(day);
  const Timestamp month = day.PlusSeconds(-(date.day - 1) * kDay);
  return interval == "month" ? month : AddMonths(month, 1 - date.month, 1);
}

Timestamp Next(Timestamp start, std::string_view interval) {
  if (interval == "hour") return start.PlusSeconds(kHour);
  if (interval == "day") return start.PlusSeconds(kDay);
  if (interval == "week") return start.PlusSeconds(7 * kDay);
  return AddMonths(start, interval == "month" ? 1 : 12, 1);
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

double TotalOf(const Meter& meter, const std::vector<double>& values) {
  const std::string* func = FindString(meter.aggregation, "func");
  if (values.empty()) return 0;
  if (func != nullptr && *func == "max") return *std::max_element(values.begin(), values.end());
  if (func != nullptr && *func == "min") return *std::min_element(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += value;
  return func != nullptr && *func == "avg" ? sum / static_cast<double>(values.size()) : sum;
}

}  // namespace

HttpResponse MeterQuantities(const World& world, const Meter& meter, const ListQuery& query) {
  Issues issues;
  const auto from = RequiredTime(query, "start_timestamp", issues);
  const auto until = RequiredTime(query, "end_timestamp", issues);
  const std::string* interval = query.Find("interval");
  if (interval == nullptr) {
    issues.Add("missing", Json::array({"query", "interval"}), "Field required", nullptr);
  } else if (std::find(kIntervals.begin(), kIntervals.end(), *interval) == kIntervals.end()) {
    constexpr std::string_view kExpected = "'year', 'month', 'week', 'day' or 'hour'";
    issues.Add("enum", Json::array({"query", "interval"}), "Input should be " + std::string(kExpected), *interval,
               Json::object({{"expected", kExpected}}));
  }
  if (!issues.empty()) return issues.Answer();
  const std::string* zone = query.Find("timezone");
  if (zone != nullptr && *zone != "UTC") return NotImplemented("the timezone `" + *zone + "` of quantities");
  if (query.Find("customer_aggregation_function") != nullptr) {
    return NotImplemented("`customer_aggregation_function` of quantities");
  }
  Json quantities = Json::array();
  std::vector<double> values;
  std::size_t count = 0;
  for (Timestamp start = StartOf(*from, *interval); start <= *until; start = Next(start, *interval)) {
    if (++count > kMostIntervals) {
      issues.Refuse(Json::array({"query", "end_timestamp"}), "The interval is too short for this range of time.",
                    FormatTimestamp(*until));
      return issues.Answer();
    }
    const Timestamp end = Next(start, *interval);
    std::vector<const UsageEvent*> events;
    for (const UsageEvent& event : world.events.rows) {
      if (event.timestamp < start || event.timestamp >= end || !Counts(meter, event)) continue;
      const Customer* customer = CustomerOf(world, event);
      const std::string known_as = customer == nullptr ? "" : customer->external_id.value_or("");
      if (query.Admits("customer_id", customer == nullptr ? "" : customer->id) &&
          query.Admits("external_customer_id", event.external_customer_id.value_or(known_as)) &&
          AdmitsMetadata(query, event.metadata)) {
        events.push_back(&event);
      }
    }
    const double value = Aggregate(meter, events);
    if (!events.empty()) values.push_back(value);
    quantities.push_back(Json::object({{"timestamp", ToJson(start)}, {"quantity", NumberJson(value)}}));
  }
  return JsonAnswer(
      200, Json::object({{"quantities", std::move(quantities)}, {"total", NumberJson(TotalOf(meter, values))}}));
}

}  // namespace plinto::polar::emulator
