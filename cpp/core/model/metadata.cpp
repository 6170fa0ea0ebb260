#include "core/model/metadata.h"

#include "core/foundation/text.h"

namespace plinto::polar {
namespace {

Status CheckValue(const Json& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) {
    const std::size_t length = CountCodePoints(*text);
    if (length == 0) return ValidationError("", "Must not be an empty string; leave the key out instead.");
    if (length > kMaxMetadataValueLength) return ValidationError("", "Must have at most 500 characters.");
    return Done{};
  }
  if (value.is_number() || value.is_boolean()) return Done{};
  return ValidationError("", value.is_null() ? "Must not be null; leave the key out instead."
                                             : "Must be a string, a number or a boolean.");
}

}  // namespace

Status CheckMetadataMember(const std::string& key, const Json& value) {
  const std::size_t length = CountCodePoints(key);
  if (length == 0 || length > kMaxMetadataKeyLength) return ValidationError(key, "Keys must have 1 to 40 characters.");
  Status status = CheckValue(value);
  if (!status) return WithFieldPrefix(std::move(status).error(), key);
  return status;
}

Status CheckMetadata(const Json& metadata, std::string_view field) {
  const auto* object = metadata.get_ptr<const Json::object_t*>();
  if (object == nullptr) return ValidationError(std::string(field), "Must be an object.");
  if (object->size() > kMaxMetadataKeys) return ValidationError(std::string(field), "Must have at most 50 keys.");
  for (const auto& [key, value] : *object) {
    if (Status status = CheckMetadataMember(key, value); !status) {
      return WithFieldPrefix(std::move(status).error(), field);
    }
  }
  return Done{};
}

}  // namespace plinto::polar
