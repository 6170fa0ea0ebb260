// Signs and verifies deliveries by the Standard Webhooks scheme, as Polar sends them.
//
// Pure: the caller passes the raw bytes, the headers and the time. Thread-safe. Nothing is parsed before a signature
// holds, except to diagnose one that does not. Source: standardwebhooks.com, and Polar's two key derivations
// (docs/decisions/core/webhook-keys.md).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"
#include "core/webhook/secret.h"

namespace plinto::polar {

/// Deliveries older or newer than this are refused, so that a captured one cannot be replayed later.
inline constexpr std::int64_t kWebhookToleranceSeconds = 300;

struct VerifiedDelivery {
  std::string id;       ///< `webhook-id`: the same over all retries and redeliveries; what duplicates are told by.
  Timestamp timestamp;  ///< `webhook-timestamp`: of this attempt, not of the event.
};

/// Returns the delivery's id and time if one signature matches one key of one secret.
/// Errors: WEBHOOK_SIGNATURE_MISMATCH (`details` holds a diagnosis), WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE,
/// WEBHOOK_HEADER_MISSING, VALIDATION_FAILED (a header that stands twice or cannot be read).
[[nodiscard]] Result<VerifiedDelivery> VerifyWebhook(std::span<const WebhookSecret> secrets, const HttpHeaders& headers,
                                                     std::string_view body, Timestamp now);

/// The three headers of a delivery. Errors: CONFIGURATION_INVALID when the secret has no key of that derivation.
[[nodiscard]] Result<HttpHeaders> SignWebhook(const WebhookSecret& secret, KeyDerivation derivation,
                                              std::string_view id, Timestamp now, std::string_view body);

}  // namespace plinto::polar
