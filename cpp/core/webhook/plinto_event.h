// Plinto's own webhooks: verify and read.
//
// Pure and thread-safe. `X-Webhook-Signature` is the hexadecimal HMAC-SHA256 of the body.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar {

struct PlintoEvent {
  std::string id;                       ///< what duplicates are told by: the timestamp is not covered by the signature
  std::string type;                     ///< such as `user.created`
  std::optional<Timestamp> created_at;  ///< as the event says; covered by the signature
  Json data;
};

/// Plinto signs one JSON form and may send another, so the raw bytes are tried first, then, of bodies up to 16 KiB, the
/// four forms of the same document that Python's json.dumps has: compact or with `", "` and `": "`, in UTF-8 or with
/// escapes of four hexadecimal digits. Errors: WEBHOOK_HEADER_MISSING, WEBHOOK_SIGNATURE_MISMATCH, INVALID_JSON,
/// VALIDATION_FAILED.
[[nodiscard]] Result<PlintoEvent> ReadPlintoEvent(std::string_view secret, std::string_view signature_header,
                                                  std::string_view body);

}  // namespace plinto::polar
