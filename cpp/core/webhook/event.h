// What a webhook of Polar says: its envelope. The data stays JSON; the models read what they need from it.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar {

/// `{"type","timestamp","data"}`. There is no id in it: the delivery's `webhook-id` header is the event's id.
struct WebhookEvent {
  std::string type;     ///< such as `subscription.updated`; types that this version does not know are kept as they are
  Timestamp timestamp;  ///< when it was emitted, the same over all retries: what facts are ordered by
  Json data;            ///< a full snapshot of its object
};

/// Errors: INVALID_JSON, VALIDATION_FAILED.
[[nodiscard]] Result<WebhookEvent> ParseWebhookEvent(std::string_view body);

}  // namespace plinto::polar
