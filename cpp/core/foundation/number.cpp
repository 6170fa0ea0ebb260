#include "core/foundation/number.h"

namespace plinto::polar {

std::optional<Number> Number::FromJson(const Json& json) {
  if (!json.is_number()) return std::nullopt;
  Number number;
  number.json_ = json;
  return number;
}

double Number::ToDouble() const {
  if (const auto* value = json_.get_ptr<const Json::number_float_t*>()) return *value;
  if (const auto* value = json_.get_ptr<const Json::number_unsigned_t*>()) return static_cast<double>(*value);
  const auto* value = json_.get_ptr<const Json::number_integer_t*>();
  return value == nullptr ? 0 : static_cast<double>(*value);
}

}  // namespace plinto::polar
