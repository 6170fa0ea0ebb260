// One attempt of Polar's to deliver an event to an endpoint, and the event with the bytes that were sent.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

/// An event as Polar keeps it for one endpoint. Its id is the `webhook-id` of every attempt (Polar's webhook/tasks.py).
struct WebhookEventRecord {
  std::string id;
  std::string type;
  std::optional<std::string> payload;
  std::optional<bool> succeeded;
  bool skipped = false;
  bool is_archived = false;
  std::optional<std::int64_t> last_http_code;
  std::optional<std::string> api_version;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<WebhookEventRecord> =
    Describe(Field("id", &WebhookEventRecord::id, "Polar's id, and the deliveries' `webhook-id`.", kUuid),
             Field("type", &WebhookEventRecord::type, "Such as `subscription.updated`."),
             Field("payload", &WebhookEventRecord::payload, "The body that is sent, byte by byte; null after 90 days."),
             Field("succeeded", &WebhookEventRecord::succeeded, "Null while it is tried."),
             Field("skipped", &WebhookEventRecord::skipped, "The endpoint was disabled before its turn."),
             Field("is_archived", &WebhookEventRecord::is_archived, "The payload is gone."),
             Field("last_http_code", &WebhookEventRecord::last_http_code, "Null where there was no answer."),
             Field("api_version", &WebhookEventRecord::api_version, "The shape of the payload."),
             Field("created_at", &WebhookEventRecord::created_at, "When it was emitted."),
             Field("modified_at", &WebhookEventRecord::modified_at, "Null until it is changed."));

struct WebhookDelivery {
  std::string id;
  bool succeeded = false;
  std::optional<std::int64_t> http_code;
  std::optional<std::string> response;
  WebhookEventRecord webhook_event;
  Timestamp created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<WebhookDelivery> = Describe(
    Field("id", &WebhookDelivery::id, "Of the attempt.", kUuid),
    Field("succeeded", &WebhookDelivery::succeeded, "It was answered 2xx."),
    Field("http_code", &WebhookDelivery::http_code, "Null where there was no answer."),
    Field("response", &WebhookDelivery::response, "The answer's first 2,048 characters, or why there is none."),
    Field("webhook_event", &WebhookDelivery::webhook_event, "What was sent."),
    Field("created_at", &WebhookDelivery::created_at, "When it was tried."),
    Field("modified_at", &WebhookDelivery::modified_at, "Null until it is changed."));

}  // namespace plinto::polar
