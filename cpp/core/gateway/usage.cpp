#include "core/gateway/usage.h"

#include "core/model/metadata.h"

namespace plinto::polar {

Status CheckUsageOptions(const PolarUsageOptions& request) {
  if (!request.properties) return Done{};
  if (Status status = CheckMetadata(*request.properties, "properties"); !status) return status;
  if (FindMember(*request.properties, "quantity") != nullptr) {
    return ValidationError("properties.quantity", "Give the quantity as the field `quantity`, not as a property.");
  }
  if (request.properties->size() == kMaxMetadataKeys) {
    return ValidationError("properties", "Must have at most 49 keys: the quantity travels as the fiftieth.");
  }
  return Done{};
}

}  // namespace plinto::polar
