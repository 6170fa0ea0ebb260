#include "core/gateway/backend_api.h"

#include <algorithm>

#include "core/billing/access/access_change.h"
#include "core/billing/access/entitlement_token.h"
#include "core/gateway/wasm_envelope.h"

namespace plinto::polar {
namespace {

constexpr std::int64_t kMostGraceDays = 365;

// A host's clock may say anything.
Timestamp TimeOf(std::int64_t ms) {
  return Timestamp::FromMilliseconds(std::clamp<std::int64_t>(ms, 0, kLastTimestamp.Milliseconds()));
}

}  // namespace

std::string DecideAccessChangeCall(std::string_view body, std::int64_t grace_days) {
  const Result<WebhookEvent> event = ParseWebhookEvent(body);
  if (!event) return FailureEnvelope(event.error());
  const std::int64_t grace = std::clamp<std::int64_t>(grace_days, 0, kMostGraceDays);
  const auto change = DecideAccessChange(*event, grace);
  if (!change) return FailureEnvelope(change.error());
  return SuccessEnvelope(*change ? Encode(**change) : Json());
}

std::string ReadTokenHeadCall(std::string_view token) {
  Result<std::string> kid = ReadTokenHead(token);
  return kid ? SuccessEnvelope(Json(std::move(*kid))) : FailureEnvelope(kid.error());
}

std::string ReadEntitlementTokenCall(std::string_view token, std::string_view issuer, std::string_view audience,
                                     std::int64_t now_ms) {
  const auto claims = ReadEntitlementToken(token, issuer, audience, TimeOf(now_ms));
  return claims ? SuccessEnvelope(Encode(*claims)) : FailureEnvelope(claims.error());
}

}  // namespace plinto::polar
