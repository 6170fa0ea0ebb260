// The module for back ends (Node, edge runtimes): verify webhooks over the raw bytes, sign them for tests, say what
// they mean for access, and read entitlement tokens.
//
// Secrets and headers come as JSON text, bodies as bytes; an envelope goes out.
#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <string>

#include "core/gateway/backend_api.h"
#include "core/webhook/wasm_api.h"

namespace {

// One block copy; embind's own conversion to a string takes the bytes one by one.
std::string CopyBytes(const emscripten::val& bytes) {
  std::string copy(bytes["length"].as<std::size_t>(), '\0');
  auto* begin = reinterpret_cast<unsigned char*>(copy.data());
  emscripten::val(emscripten::typed_memory_view(copy.size(), begin)).call<void>("set", bytes);
  return copy;
}

std::string Verify(const std::string& secrets, const std::string& headers, emscripten::val body, double now_ms) {
  return plinto::polar::VerifyWebhookCall(secrets, headers, CopyBytes(body), static_cast<std::int64_t>(now_ms));
}

std::string Sign(const std::string& secret, const std::string& derivation, const std::string& id, double now_ms,
                 emscripten::val body) {
  return plinto::polar::SignWebhookCall(secret, derivation, id, static_cast<std::int64_t>(now_ms), CopyBytes(body));
}

std::string DecideAccess(emscripten::val body, int grace_days) {
  return plinto::polar::DecideAccessChangeCall(CopyBytes(body), grace_days);
}

std::string ReadHead(const std::string& token) { return plinto::polar::ReadTokenHeadCall(token); }

std::string ReadEntitlements(const std::string& token, const std::string& issuer, const std::string& audience,
                             double now_ms) {
  return plinto::polar::ReadEntitlementTokenCall(token, issuer, audience, static_cast<std::int64_t>(now_ms));
}

}  // namespace

EMSCRIPTEN_BINDINGS(plinto_polar_webhooks) {
  emscripten::function("verifyWebhook", &Verify);
  emscripten::function("signWebhook", &Sign);
  emscripten::function("decideAccessChange", &DecideAccess);
  emscripten::function("readTokenHead", &ReadHead);
  emscripten::function("readEntitlementToken", &ReadEntitlements);
}
