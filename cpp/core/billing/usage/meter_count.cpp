#include "core/billing/usage/meter_count.h"

#include <algorithm>
#include <array>

namespace plinto::polar {
namespace {

constexpr std::array<std::string_view, 8> kOperators = {"eq", "ne", "gt", "gte", "lt", "lte", "like", "not_like"};

std::string_view WithoutPrefix(std::string_view property) {
  constexpr std::string_view kPrefix = "metadata.";
  return property.starts_with(kPrefix) ? property.substr(kPrefix.size()) : property;
}

// The value at a path of names, `_llm.total_tokens`.
const Json* ValueAt(const Json& metadata, std::string_view path) {
  const Json* here = &metadata;
  while (!path.empty() && here != nullptr) {
    const std::string_view step = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), step.size() + 1));
    here = FindMember(*here, step);
  }
  return here;
}

double NumberOf(const Json& json) {
  if (const auto* number = json.get_ptr<const double*>()) return *number;
  return static_cast<double>(AsInteger(json).value_or(0));
}

std::string TextOf(const Json& json) {
  if (const auto* text = json.get_ptr<const std::string*>()) return *text;
  if (const auto* flag = json.get_ptr<const bool*>()) return *flag ? "t" : "f";
  return DumpJson(json);
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

bool CompareText(std::string_view op, std::string_view left, std::string_view right) {
  if (op == "like") return left.find(right) != std::string_view::npos;
  if (op == "not_like") return left.find(right) == std::string_view::npos;
  return Compare(op, left, right);
}

bool CompareValue(std::string_view op, const Json& own, const Json& wanted) {
  if (op == "like" || op == "not_like" || own.is_string()) return CompareText(op, TextOf(own), TextOf(wanted));
  const bool* flag = wanted.get_ptr<const bool*>();
  if (own.is_number() && !wanted.is_string()) {
    return Compare(op, NumberOf(own), flag != nullptr ? (*flag ? 1.0 : 0.0) : NumberOf(wanted));
  }
  return own.is_boolean() && flag != nullptr && Compare(op, *own.get_ptr<const bool*>(), *flag);
}

bool Matches(const MeterFilter& filter, const MeteredEvent& event) {
  if (filter.clauses) {
    const auto matches = [&](const MeterFilter& clause) { return Matches(clause, event); };
    if (filter.clauses->empty()) return true;
    return filter.conjunction == "or" ? std::any_of(filter.clauses->begin(), filter.clauses->end(), matches)
                                      : std::all_of(filter.clauses->begin(), filter.clauses->end(), matches);
  }
  if (!filter.property || !filter.comparison || !filter.value) return false;
  const std::string_view property = WithoutPrefix(*filter.property);
  if (property == "name") return CompareText(*filter.comparison, event.name, TextOf(*filter.value));
  if (property == "source") return CompareText(*filter.comparison, "user", TextOf(*filter.value));
  if (property == "timestamp") {
    // The database rounds to whole seconds.
    return CompareValue(*filter.comparison, Json(event.timestamp.PlusMilliseconds(500).Seconds()), *filter.value);
  }
  const Json* own = ValueAt(event.metadata, property);
  return own != nullptr && CompareValue(*filter.comparison, *own, *filter.value);
}

std::string WhyUnreadable(const MeterFilter& filter) {
  if (filter.clauses) {
    for (const MeterFilter& clause : *filter.clauses) {
      if (std::string why = WhyUnreadable(clause); !why.empty()) return why;
    }
    return {};
  }
  // A filter without any condition counts all.
  if (!filter.property && !filter.comparison) return {};
  const std::string op = filter.comparison.value_or("");
  if (std::find(kOperators.begin(), kOperators.end(), op) != kOperators.end()) return {};
  return "Its filter has an operator that is not known here: " + op + ".";
}

}  // namespace

std::string WhyUncountable(const Meter& meter) {
  const std::string func(meter.aggregation.func ? meter.aggregation.func->text() : "");
  if (func != "count" && func != "sum") return "It is no count and no sum: " + (func.empty() ? "unknown" : func) + ".";
  const std::string_view property = WithoutPrefix(meter.aggregation.property.value_or(""));
  if (func == "sum" && (property.empty() || property == "timestamp")) return "It does not sum what was recorded.";
  return WhyUnreadable(meter.filter);
}

std::optional<Decimal> CountOn(const Meter& meter, const MeteredEvent& event) {
  const bool has_filter = meter.filter.clauses || meter.filter.property;
  if (has_filter && !Matches(meter.filter, event)) return std::nullopt;
  if (meter.aggregation.func && meter.aggregation.func->text() == "count") return Decimal(1);
  const Json* value = ValueAt(event.metadata, WithoutPrefix(meter.aggregation.property.value_or("")));
  return value != nullptr && value->is_number() ? Decimal::FromJson(*value) : std::nullopt;
}

}  // namespace plinto::polar
