// An endpoint that Polar delivers to, for diagnosis: is it enabled, does it get the events, how are they signed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"

namespace plinto::polar {

/// The secret is part of the answer: never log or show one.
struct WebhookEndpoint {
  std::string id;
  std::string url;
  std::optional<std::string> name;
  std::string format;
  std::string secret;
  std::vector<std::string> events;
  bool enabled = false;
  std::optional<std::string> api_version;
  std::optional<bool> uses_standard_webhook_signature;
  std::optional<std::string> organization_id;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<WebhookEndpoint> = Describe(
    Field("id", &WebhookEndpoint::id, "Polar's id.", kUuid), Field("url", &WebhookEndpoint::url, "Where it delivers."),
    Field("name", &WebhookEndpoint::name, "The merchant's name for it."),
    Field("format", &WebhookEndpoint::format, "`raw`; `discord` and `slack` are for people."),
    Field("secret", &WebhookEndpoint::secret, "Signs the deliveries."),
    Field("events", &WebhookEndpoint::events, "Which types it gets."),
    Field("enabled", &WebhookEndpoint::enabled, "False after ten failed events in a row."),
    Field("api_version", &WebhookEndpoint::api_version, "The shape of what is delivered."),
    Field("uses_standard_webhook_signature", &WebhookEndpoint::uses_standard_webhook_signature,
          "Which key signs: the decoded secret, or the bytes of its text."),
    Field("organization_id", &WebhookEndpoint::organization_id, "Polar's organization.", kUuid),
    Field("created_at", &WebhookEndpoint::created_at, "When it was made."),
    Field("modified_at", &WebhookEndpoint::modified_at, "Null until it is changed."));

}  // namespace plinto::polar
