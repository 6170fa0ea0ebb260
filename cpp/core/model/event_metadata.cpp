#include "core/model/event_metadata.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "core/foundation/decimal.h"
#include "core/model/metadata.h"

namespace plinto::polar {
namespace {

// Polar keeps costs with 17 digits, 12 of them behind the point.
constexpr std::size_t kCostWholeDigits = 5;
constexpr std::size_t kCostPlaces = 12;

bool FitsCost(const Decimal& amount) {
  std::string_view text = amount.text();
  if (amount.IsNegative()) text.remove_prefix(1);
  const std::size_t whole = std::min(text.find('.'), text.size());
  const std::size_t places = whole == text.size() ? 0 : text.size() - whole - 1;
  return whole <= kCostWholeDigits && places <= kCostPlaces;
}

// Only what Polar reads: a misspelled name would be lost there without a word.
Status CheckNames(const Json& json, std::initializer_list<std::string_view> names) {
  const auto* object = json.get_ptr<const Json::object_t*>();
  if (object == nullptr) return ValidationError("", "Must be an object.");
  for (const auto& [key, value] : *object) {
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    return ValidationError(key, "Is not known to Polar here. Remove it or correct its spelling.");
  }
  return Done{};
}

Status CheckCost(const Json& cost) {
  if (Status names = CheckNames(cost, {"amount", "currency"}); !names) return names;
  const Json* amount = FindMember(cost, "amount");
  const auto cents = amount == nullptr ? std::nullopt : Decimal::FromJson(*amount);
  if (!cents || !FitsCost(*cents)) {
    return ValidationError(
        "amount", "Must be cents: a number, or its text, below 100000 with at most 12 digits after the point.");
  }
  const std::string* currency = FindString(cost, "currency");
  if (currency == nullptr || *currency != "usd") {
    return ValidationError("currency", "Must be usd, the only one that Polar takes for costs.");
  }
  return Done{};
}

Status CheckModelUse(const Json& use) {
  Status names = CheckNames(use, {"vendor", "model", "prompt", "response", "input_tokens", "cached_input_tokens",
                                  "output_tokens", "total_tokens"});
  if (!names) return names;
  for (const std::string_view name : {"vendor", "model"}) {
    if (FindString(use, name) == nullptr) return ValidationError(std::string(name), "Must be a string.");
  }
  for (const std::string_view name : {"prompt", "response"}) {
    const Json* text = FindMember(use, name);
    if (text != nullptr && !text->is_string() && !text->is_null()) {
      return ValidationError(std::string(name), "Must be a string, or be left out.");
    }
  }
  for (const std::string_view name : {"input_tokens", "output_tokens", "total_tokens"}) {
    if (!FindInteger(use, name)) return ValidationError(std::string(name), "Must be an integer.");
  }
  if (FindMember(use, "cached_input_tokens") != nullptr && !FindInteger(use, "cached_input_tokens")) {
    return ValidationError("cached_input_tokens", "Must be an integer, or be left out.");
  }
  return Done{};
}

Status CheckMember(const std::string& key, const Json& value) {
  if (!IsOfEventsAlone(key)) return CheckMetadataMember(key, value);
  Status status = key == "_cost" ? CheckCost(value) : CheckModelUse(value);
  if (!status) return WithFieldPrefix(std::move(status).error(), key);
  return status;
}

}  // namespace

Status CheckEventMetadata(const Json& metadata, std::string_view field) {
  const auto* object = metadata.get_ptr<const Json::object_t*>();
  if (object == nullptr) return ValidationError(std::string(field), "Must be an object.");
  for (const auto& [key, value] : *object) {
    if (Status status = CheckMember(key, value); !status) return WithFieldPrefix(std::move(status).error(), field);
  }
  return Done{};
}

}  // namespace plinto::polar
