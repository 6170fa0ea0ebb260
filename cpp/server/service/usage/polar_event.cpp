#include "server/service/usage/polar_event.h"

namespace plinto::polar::server {

Json MetadataOf(const UsageRow& usage) {
  Json metadata = EmptyObject();
  SetMember(metadata, "quantity", usage.quantity.ToJson());
  if (Result<Json> properties = ParseJson(usage.properties)) {
    if (const auto* object = properties->get_ptr<const Json::object_t*>()) {
      for (const auto& [key, value] : *object) SetMember(metadata, key, value);
    }
  }
  return metadata;
}

Timestamp UsedAt(const UsageRow& usage) { return usage.used_at.value_or(usage.created_at); }

}  // namespace plinto::polar::server
