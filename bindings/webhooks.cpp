// The module for hosts that receive webhooks (Node, edge runtimes): verify over the raw bytes, sign for tests.
//
// Secrets and headers come as JSON text, the body as bytes (a Uint8Array or a string); an envelope goes out.
#include <emscripten/bind.h>

#include <string>

#include "core/webhook/call.h"

namespace {

std::string Verify(const std::string& secrets, const std::string& headers, const std::string& body, double now_ms) {
  return plinto::polar::VerifyWebhookCall(secrets, headers, body, static_cast<std::int64_t>(now_ms));
}

std::string Sign(const std::string& secret, const std::string& derivation, const std::string& id, double now_ms,
                 const std::string& body) {
  return plinto::polar::SignWebhookCall(secret, derivation, id, static_cast<std::int64_t>(now_ms), body);
}

}  // namespace

EMSCRIPTEN_BINDINGS(plinto_polar_webhooks) {
  emscripten::function("verifyWebhook", &Verify);
  emscripten::function("signWebhook", &Sign);
}
