#include "core/webhook/event.h"

namespace plinto::polar {

Result<WebhookEvent> ParseWebhookEvent(std::string_view body) {
  Result<Json> json = ParseJson(body);
  if (!json) return std::move(json).error();
  const std::string* type = FindString(*json, "type");
  if (type == nullptr || type->empty()) return ValidationError("type", "A webhook's body must have a type.");
  const std::string* time = FindString(*json, "timestamp");
  const auto timestamp = time == nullptr ? std::nullopt : ParseTimestamp(*time);
  if (!timestamp) return ValidationError("timestamp", "A webhook's body must have a timestamp with a time zone.");
  Json* data = FindMember(*json, "data");
  if (data == nullptr || !data->is_object()) return ValidationError("data", "A webhook's body must have data.");
  return WebhookEvent{*type, *timestamp, std::move(*data)};
}

}  // namespace plinto::polar
