#include "emulator/usage/meter_filter.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>
#include <string>

#include "core/foundation/text.h"
#include "core/foundation/wide_decimal.h"
#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/usage/events.h"
#include "emulator/usage/meters.h"

namespace plinto::polar::emulator {
namespace {

constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxValueLength = 1'000;
constexpr std::array<std::string_view, 8> kOperators = {"eq", "ne", "gt", "gte", "lt", "lte", "like", "not_like"};

std::string WithoutPrefix(const std::string& property) {
  constexpr std::string_view kPrefix = "metadata.";
  return property.starts_with(kPrefix) ? property.substr(kPrefix.size()) : property;
}

Json Under(Json loc, Json step) {
  if (auto* list = loc.get_ptr<Json::array_t*>()) list->push_back(std::move(step));
  return loc;
}

// The value at a path of names, `_llm.total_tokens`; a name with a dot in it is out of reach.
const Json* PropertyOf(const UsageEvent& event, std::string_view property) {
  const Json* here = &event.metadata;
  while (!property.empty() && here != nullptr) {
    const std::string_view step = property.substr(0, property.find('.'));
    property.remove_prefix(std::min(property.size(), step.size() + 1));
    here = FindMember(*here, step);
  }
  return here;
}

std::string ValueText(const Json& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) return *text;
  if (const auto* flag = value.get_ptr<const bool*>()) return *flag ? "t" : "f";
  return DumpJson(value);
}

// As the database writes it: `1000.0` was sent with a fraction, and no number has an exponent.
std::string AttributeText(const Json& attribute) {
  if (const auto* text = attribute.get_ptr<const std::string*>()) return *text;
  std::string text = DumpJson(attribute);
  if (!attribute.is_number_float() || text.find('e') == std::string::npos) return text;
  const auto number = WideDecimal::Parse(text);
  constexpr int kDigitsWithoutExponent = 16;
  if (number) text = number->Text();
  const bool has_point = !number || number->FractionDigits() > 0 || number->WholeDigits() > kDigitsWithoutExponent;
  return has_point ? text : text + ".0";
}

template <class Value>
bool Compare(std::string_view op, const Value& left, const Value& right) {
  if (op == "eq") return left == right;
  if (op == "ne") return left != right;
  if (op == "gt") return left > right;
  if (op == "gte") return left >= right;
  if (op == "lt") return left < right;
  return op == "lte" && left <= right;
}

// `like` is "contains": `%` and `_` stand for themselves.
bool CompareText(std::string_view op, const std::string& left, const std::string& right) {
  if (op == "like") return left.find(right) != std::string::npos;
  if (op == "not_like") return left.find(right) == std::string::npos;
  return Compare(op, left, right);
}

double NumberOf(const Json& json) {
  if (const auto* number = json.get_ptr<const double*>()) return *number;
  return static_cast<double>(AsInteger(json).value_or(0));
}

bool MatchesClause(const Json& clause, const UsageEvent& event) {
  const std::string* property = FindString(clause, "property");
  const std::string* op = FindString(clause, "operator");
  const Json* value = FindMember(clause, "value");
  if (property == nullptr || op == nullptr || value == nullptr) return false;
  if (*property == "name" || *property == "source") {
    const std::string own = *property == "name" ? event.name : event.system ? "system" : "user";
    return value->is_string() && CompareText(*op, own, ValueText(*value));
  }
  const bool by_text = *op == "like" || *op == "not_like";
  if (*property == "timestamp") {
    const auto wanted = AsInteger(*value);
    // The database rounds to whole seconds.
    const std::int64_t seconds = event.timestamp.PlusMilliseconds(500).Seconds();
    if (!wanted || value->is_boolean()) return false;
    return by_text ? CompareText(*op, std::to_string(seconds), ValueText(*value)) : Compare(*op, seconds, *wanted);
  }
  const Json* attribute = PropertyOf(event, *property);
  if (attribute == nullptr) return false;
  if (by_text || attribute->is_string()) return CompareText(*op, AttributeText(*attribute), ValueText(*value));
  const bool* flag = value->get_ptr<const bool*>();
  if (attribute->is_number() && !value->is_string()) {
    return Compare(*op, NumberOf(*attribute), flag != nullptr ? (*flag ? 1.0 : 0.0) : NumberOf(*value));
  }
  if (attribute->is_boolean() && flag != nullptr) return Compare(*op, *attribute->get_ptr<const bool*>(), *flag);
  return false;
}

Json ReadFilter(const Json& json, const Json& loc, Issues& issues, int depth);

Json ReadClause(const Json& json, const Json& loc, Issues& issues, int depth) {
  if (FindMember(json, "clauses") != nullptr) return ReadFilter(json, loc, issues, depth + 1);
  BodyReader reader(json, loc, issues);
  reader.Require("property");
  const auto property = reader.Text("property");
  const auto op = RequireChoice(reader, issues, "operator", kOperators);
  if (!reader.Mentions("value")) reader.Require("value");
  const Json* found = FindMember(json, "value");
  Json value = found == nullptr ? Json("") : *found;
  const std::string* text = value.get_ptr<const std::string*>();
  const auto number = AsInteger(value);
  const bool fits = number && *number >= std::numeric_limits<std::int32_t>::min() &&
                    *number <= std::numeric_limits<std::int32_t>::max();
  if (text != nullptr && CountCodePoints(*text) > kMaxValueLength) {
    issues.Add("string_too_long", reader.LocOf("value"), "String should have at most 1000 characters", value,
               Json::object({{"max_length", kMaxValueLength}}));
  } else if (text == nullptr && !value.is_boolean() && !fits) {
    issues.AddType(ValueKind::kText, reader.LocOf("value"), value);
  }
  if (fits) value = *number;
  return Json::object(
      {{"property", WithoutPrefix(property.value_or(""))}, {"operator", op.value_or("")}, {"value", value}});
}

Json ReadFilter(const Json& json, const Json& loc, Issues& issues, int depth) {
  if (!json.is_object() || depth > kMaxDepth) {
    issues.AddType(ValueKind::kModel, loc, json);
    return nullptr;
  }
  BodyReader reader(json, loc, issues);
  const auto conjunction = RequireChoice(reader, issues, "conjunction", {"and", "or"});
  Json clauses = Json::array();
  const Json* member = reader.Require("clauses", ValueKind::kList) ? FindMember(json, "clauses") : nullptr;
  const auto* list = member == nullptr ? nullptr : member->get_ptr<const Json::array_t*>();
  if (member != nullptr && list == nullptr) {
    issues.AddType(ValueKind::kList, reader.LocOf("clauses"), *member);
  }
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    clauses.push_back(ReadClause((*list)[i], Under(reader.LocOf("clauses"), i), issues, depth));
  }
  return Json::object({{"conjunction", conjunction.value_or("and")}, {"clauses", std::move(clauses)}});
}

std::string FunctionOf(const Meter& meter) {
  const std::string* func = FindString(meter.aggregation, "func");
  return func == nullptr ? "count" : *func;
}

// 1 and 1.0 are one value.
std::string DistinctText(const Json& value) {
  const auto number = value.is_number() ? WideDecimal::Parse(DumpJson(value)) : std::nullopt;
  return number ? number->Text() : DumpJson(value);
}

std::string AggregatedProperty(const Meter& meter) {
  const std::string* property = FindString(meter.aggregation, "property");
  return property == nullptr ? "" : *property;
}

// Digits beyond the 30 on either side of the point, which no usage has, are left out: the number is as good as none, or
// as good as 10^29.
DecimalSum DecimalOf(const Json& number) {
  if (const auto decimal = Decimal::FromJson(number)) return DecimalSum(*decimal);
  const double value = NumberOf(number);
  const auto most = Decimal::Parse(value < 0 ? "-1e29" : "1e29");
  return most && (value > 1 || value < -1) ? DecimalSum(*most) : DecimalSum();
}

// Whether `sum`, `max`, `min` and `avg` find something in the event, and what.
const Json* AttributeIn(const UsageEvent& event, std::string_view property) {
  const Json* value = PropertyOf(event, property);
  return value != nullptr && value->is_number() ? value : nullptr;
}
bool HasNumber(const UsageEvent& event, std::string_view property) {
  if (property == "name" || property == "source") return false;
  return property == "timestamp" || AttributeIn(event, property) != nullptr;
}
std::optional<DecimalSum> NumberIn(const UsageEvent& event, std::string_view property) {
  if (!HasNumber(event, property)) return std::nullopt;
  // Polar's database rounds to whole seconds.
  if (property == "timestamp") return DecimalSum(event.timestamp.PlusMilliseconds(500).Seconds());
  return DecimalOf(*AttributeIn(event, property));
}

}  // namespace

Json ReadMeterFilter(const Json& json, const Json& loc, Issues& issues) { return ReadFilter(json, loc, issues, 0); }

Json ReadAggregation(const Json& json, const Json& loc, Issues& issues) {
  const std::string* func = FindString(json, "func");
  constexpr std::array<std::string_view, 6> kFunctions = {"count", "sum", "max", "min", "avg", "unique"};
  if (func == nullptr || std::find(kFunctions.begin(), kFunctions.end(), *func) == kFunctions.end()) {
    issues.Add(func == nullptr ? "union_tag_not_found" : "union_tag_invalid", loc,
               func == nullptr ? "Unable to extract tag using discriminator 'func'"
                               : "Input tag '" + *func +
                                     "' found using 'func' does not match any of the expected tags: 'count', 'sum', "
                                     "'max', 'min', 'avg', 'unique'",
               json, Json::object({{"discriminator", "'func'"}}));
    return nullptr;
  }
  if (*func == "count") return Json::object({{"func", "count"}});
  BodyReader reader(json, Under(loc, *func), issues);
  reader.Require("property");
  const auto property = reader.Text("property");
  return Json::object({{"func", *func}, {"property", WithoutPrefix(property.value_or(""))}});
}

bool IsSummable(const Meter& meter) {
  const std::string func = FunctionOf(meter);
  return func == "count" || func == "sum";
}

bool AggregatesNested(const Meter& meter) { return AggregatedProperty(meter).find('.') != std::string::npos; }

bool MatchesFilter(const Json& filter, const UsageEvent& event) {
  const Json* member = FindMember(filter, "clauses");
  const auto* clauses = member == nullptr ? nullptr : member->get_ptr<const Json::array_t*>();
  if (clauses == nullptr || clauses->empty()) return true;
  const std::string* conjunction = FindString(filter, "conjunction");
  const auto matches = [&](const Json& clause) {
    return FindMember(clause, "clauses") != nullptr ? MatchesFilter(clause, event) : MatchesClause(clause, event);
  };
  return conjunction != nullptr && *conjunction == "or" ? std::any_of(clauses->begin(), clauses->end(), matches)
                                                        : std::all_of(clauses->begin(), clauses->end(), matches);
}

bool Finds(const Meter& meter, const UsageEvent& event) {
  if (!MatchesFilter(meter.filter, event)) return false;
  const std::string func = FunctionOf(meter);
  return func == "count" || func == "unique" || HasNumber(event, AggregatedProperty(meter));
}

bool Counts(const Meter& meter, const UsageEvent& event) { return !event.system && Finds(meter, event); }

DecimalSum Aggregate(const Meter& meter, std::span<const UsageEvent* const> events) {
  const std::string func = FunctionOf(meter);
  if (func == "count") return static_cast<std::int64_t>(events.size());
  const std::string property = AggregatedProperty(meter);
  if (func == "unique") {
    std::set<std::string> values;
    for (const UsageEvent* event : events) {
      const Json* value = PropertyOf(*event, property);
      if (value != nullptr) values.insert(DistinctText(*value));
    }
    return static_cast<std::int64_t>(values.size());
  }
  DecimalSum sum;
  DecimalSum most;
  DecimalSum least;
  bool first = true;
  for (const UsageEvent* event : events) {
    const auto number = NumberIn(*event, property);
    if (!number) continue;
    sum += *number;
    most = first ? *number : std::max(most, *number);
    least = first ? *number : std::min(least, *number);
    first = false;
  }
  if (func == "max") return most;
  if (func == "min") return least;
  return func == "avg" ? AverageOf(sum, events.size()) : sum;
}

DecimalSum AverageOf(const DecimalSum& sum, std::size_t count) {
  if (count == 0) return {};
  const auto whole = WideDecimal::Parse(sum.Text());
  const Result<Json> average =
      ParseJson(whole ? whole->Over(WideDecimal(static_cast<std::int64_t>(count))).Text() : "0");
  return average ? DecimalOf(*average) : DecimalSum();
}

}  // namespace plinto::polar::emulator
