// The module for hosts that receive webhooks (Node, edge runtimes): verify over the raw bytes, sign for tests.
//
// Secrets and headers come as JSON text, the body as bytes (a Uint8Array or a string); an envelope goes out. See
// core/webhook/call.h for the contract, webhooks.js for the names in JavaScript.
#include "core/webhook/call.h"

#include <cstdint>

#include "text_call.h"

using plinto::polar::Answer;

PLINTO_POLAR_EXPORT std::size_t plinto_verify_webhook(const char* secrets, std::size_t secrets_size,
                                                      const char* headers, std::size_t headers_size, const char* body,
                                                      std::size_t body_size, double now_ms) {
  return Answer(plinto::polar::VerifyWebhookCall({secrets, secrets_size}, {headers, headers_size}, {body, body_size},
                                                 static_cast<std::int64_t>(now_ms)));
}

PLINTO_POLAR_EXPORT std::size_t plinto_sign_webhook(const char* secret, std::size_t secret_size, const char* id,
                                                    std::size_t id_size, double now_ms, const char* body,
                                                    std::size_t body_size) {
  return Answer(plinto::polar::SignWebhookCall({secret, secret_size}, {id, id_size}, static_cast<std::int64_t>(now_ms),
                                               {body, body_size}));
}
