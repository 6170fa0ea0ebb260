// A meter at Polar: which events are counted and how; and a customer's balance on it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/customer.h"

namespace plinto::polar {

enum class MeterFunction : std::uint8_t { kCount, kSum, kMax, kMin, kAvg, kUnique };
template <>
inline constexpr auto kEnumTexts<MeterFunction> = std::to_array<std::string_view>({"count", "sum", "max", "min", "avg",
                                                                                   "unique"});

/// A condition on events: a comparison of one property, or several conditions joined by `and` or `or`.
struct MeterFilter {
  std::optional<std::string> conjunction;
  std::optional<std::vector<MeterFilter>> clauses;
  std::optional<std::string> property;
  std::optional<std::string> comparison;
  std::optional<Json> value;
  Json extra;
};
template <>
inline constexpr auto kDescription<MeterFilter> =
    Describe(Output("Which events a meter counts: a comparison, or several joined by `and` or `or`."),
             Field("conjunction", &MeterFilter::conjunction, "`and` or `or`; absent in a comparison."),
             Field("clauses", &MeterFilter::clauses, "What is joined; absent in a comparison."),
             Field("property", &MeterFilter::property, "`name`, `metadata.route` ...; absent in a conjunction."),
             Field("operator", &MeterFilter::comparison, "`eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `like` or `not_like`."),
             Field("value", &MeterFilter::value, "Text, integer or boolean."));

struct MeterAggregation {
  std::optional<OpenEnum<MeterFunction>> func;
  std::optional<std::string> property;
  Json extra;
};
template <>
inline constexpr auto kDescription<MeterAggregation> =
    Describe(Field("func", &MeterAggregation::func, "What is done with the events that pass the filter."),
             Field("property", &MeterAggregation::property, "Of which metadata key; absent for `count`."));

struct Meter {
  std::string id;
  std::string name;
  std::optional<std::string> unit;
  std::optional<std::string> custom_label;
  std::optional<std::int64_t> custom_multiplier;
  MeterFilter filter;
  MeterAggregation aggregation;
  std::optional<std::string> organization_id;
  std::optional<Timestamp> archived_at;
  std::optional<Json> metadata;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Meter> = Describe(
    Output("Which events are counted, and how."), Field("id", &Meter::id, "Polar's id.", kUuid),
    Field("name", &Meter::name, "Shown on invoices."), Field("unit", &Meter::unit, "`scalar`, `token` or `custom`."),
    Field("custom_label", &Meter::custom_label, "The unit's name where it is `custom`."),
    Field("custom_multiplier", &Meter::custom_multiplier, "Units in one that is shown."),
    Field("filter", &Meter::filter, "Which events count."),
    Field("aggregation", &Meter::aggregation, "How they count."),
    Field("organization_id", &Meter::organization_id, "Polar's organization.", kUuid),
    Field("archived_at", &Meter::archived_at, "Set once archived."),
    Field("metadata", &Meter::metadata, "The merchant's own."),
    Field("created_at", &Meter::created_at, "When it was made."),
    Field("modified_at", &Meter::modified_at, "Null until it is changed."));

struct CustomerMeter {
  std::string id;
  std::string customer_id;
  std::string meter_id;
  Number consumed_units;
  std::int64_t credited_units = 0;
  Number balance;
  std::optional<Customer> customer;
  std::optional<Meter> meter;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<CustomerMeter> = Describe(
    Field("id", &CustomerMeter::id, "Polar's id.", kUuid),
    Field("customer_id", &CustomerMeter::customer_id, "Whose.", kUuid),
    Field("meter_id", &CustomerMeter::meter_id, "On which meter.", kUuid),
    Field("consumed_units", &CustomerMeter::consumed_units, "In this period."),
    Field("credited_units", &CustomerMeter::credited_units, "Given by benefits."),
    Field("balance", &CustomerMeter::balance, "Credited less consumed; below 0 is billed."),
    Field("customer", &CustomerMeter::customer, "The customer."), Field("meter", &CustomerMeter::meter, "The meter."),
    Field("created_at", &CustomerMeter::created_at, "When it was made."),
    Field("modified_at", &CustomerMeter::modified_at, "Null until it is changed."));

}  // namespace plinto::polar
