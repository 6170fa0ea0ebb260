#include "server/config/usage_events.h"

#include "core/foundation/decimal_sum.h"
#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "core/gateway/usage.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kName = "USAGE_EVENTS";
constexpr std::size_t kMaxNameLength = 128;

bool IsJson(std::string_view text) { return text.starts_with('{') || text.starts_with('['); }

void CheckName(ConfigReader& reader, const std::string& name) {
  if (!name.empty() && CountCodePoints(name) <= kMaxNameLength) return;
  reader.Problem(kName, "has a name that does not have 1 to 128 characters, which no event can have.");
}

std::optional<Decimal> ReadBound(const Json& value) {
  const auto bound = Decimal::FromJson(value);
  if (!bound || !bound->IsHeldByDouble()) return std::nullopt;
  const DecimalSum sum(*bound);
  const bool fits = sum >= DecimalSum(kUsageQuantity.minimum) && sum <= DecimalSum(kUsageQuantity.maximum);
  return fits ? bound : std::nullopt;
}

UsageRange ReadRange(ConfigReader& reader, const std::string& name, const Json& json) {
  UsageRange range;
  const auto problem = [&](std::string_view what) {
    reader.Problem(kName, "says of " + name.substr(0, 40) + ' ' + std::string(what));
  };
  const auto* object = json.get_ptr<const Json::object_t*>();
  if (object == nullptr) {
    problem("what is no object. Write {\"minimum\": 0, \"maximum\": 1000}, or {} for any quantity from 0 up.");
    return range;
  }
  for (const auto& [key, value] : *object) {
    if (key != "minimum" && key != "maximum") {
      problem("`" + key.substr(0, 40) + "`, which is unknown. Known are minimum and maximum.");
      continue;
    }
    auto& bound = key == "minimum" ? range.minimum : range.maximum;
    bound = ReadBound(value);
    if (!bound)
      problem("a " + key + " that no quantity can be: give a number from -9007199254740991 to 9007199254740991.");
  }
  if (range.minimum && range.maximum && DecimalSum(*range.minimum) > DecimalSum(*range.maximum)) {
    problem("a minimum above the maximum.");
  }
  if (!range.minimum && range.maximum && range.maximum->IsNegative()) {
    problem("a maximum below 0 and no minimum, so that end users could record nothing. Give the minimum, too.");
  }
  return range;
}

}  // namespace

std::string UsageEventsText(ConfigReader& reader) {
  std::string text = reader.Text(kName);
  if (IsJson(text) || !text.ends_with(".json")) return text;
  const std::optional<std::string> content = reader.File(text);
  if (!content) reader.Problem(kName, "ends in .json, but is not the path of a file that can be read.");
  return std::string(TrimAscii(content.value_or("")));
}

UsageRanges ReadUsageEvents(ConfigReader& reader) {
  UsageRanges ranges;
  if (const std::string text = reader.Text(kName); !IsJson(text) && !text.ends_with(".json")) {
    for (const std::string& name : reader.List(kName)) {
      CheckName(reader, name);
      ranges.emplace(name, UsageRange{});
    }
    return ranges;
  }
  const std::string text = UsageEventsText(reader);
  if (!reader.problems().empty() && text.empty()) return ranges;
  const Result<Json> json = ParseJson(text);
  const auto* object = json ? json->get_ptr<const Json::object_t*>() : nullptr;
  if (object == nullptr) {
    reader.Problem(kName,
                   "is not a JSON object. Write names by comma, or {\"tokens\": {\"minimum\": 0, \"maximum\": 1000}}.");
    return ranges;
  }
  for (const auto& [name, range] : *object) {
    CheckName(reader, name);
    ranges.emplace(name, ReadRange(reader, name, range));
  }
  return ranges;
}

}  // namespace plinto::polar::server
