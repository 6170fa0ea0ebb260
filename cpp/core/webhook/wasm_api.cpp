#include "core/webhook/wasm_api.h"

#include <algorithm>

#include "core/foundation/json.h"
#include "core/gateway/wasm_envelope.h"
#include "core/webhook/signature.h"

namespace plinto::polar {
namespace {

Result<std::vector<WebhookSecret>> ReadSecrets(std::string_view text) {
  const Result<Json> json = ParseJson(text);
  std::string joined;
  if (json) {
    if (const auto* list = json->get_ptr<const Json::array_t*>()) {
      for (const Json& one : *list) {
        if (const auto* secret = one.get_ptr<const std::string*>()) joined += *secret + ",";
      }
    }
  }
  return ParseWebhookSecrets(joined);
}

HttpHeaders ReadHeaders(std::string_view text) {
  HttpHeaders headers;
  const Result<Json> json = ParseJson(text);
  if (!json) return headers;
  const auto* list = json->get_ptr<const Json::array_t*>();
  if (list == nullptr) return headers;
  for (const Json& pair : *list) {
    const auto* parts = pair.get_ptr<const Json::array_t*>();
    if (parts == nullptr || parts->size() != 2) continue;
    const auto* name = (*parts)[0].get_ptr<const std::string*>();
    const auto* value = (*parts)[1].get_ptr<const std::string*>();
    if (name != nullptr && value != nullptr) headers.Add(*name, *value);
  }
  return headers;
}

Result<KeyDerivation> ReadDerivation(std::string_view text) {
  if (text == "whole_text") return KeyDerivation::kWholeText;
  if (text == "standard") return KeyDerivation::kStandard;
  return ValidationError("key_derivation", "The key is derived as `whole_text` or as `standard`.");
}

// A host's clock may say anything.
Timestamp TimeOf(std::int64_t ms) {
  return Timestamp::FromMilliseconds(std::clamp<std::int64_t>(ms, 0, kLastTimestamp.Milliseconds()));
}

}  // namespace

std::string VerifyWebhookCall(std::string_view secrets_text, std::string_view headers, std::string_view body,
                              std::int64_t now_ms) {
  const auto secrets = ReadSecrets(secrets_text);
  if (!secrets) return FailureEnvelope(secrets.error());
  const auto verified = VerifyWebhook(*secrets, ReadHeaders(headers), body, TimeOf(now_ms));
  if (!verified) return FailureEnvelope(verified.error());
  Json value = EmptyObject();
  SetMember(value, "id", verified->id);
  SetMember(value, "timestamp_ms", verified->timestamp.Milliseconds());
  return SuccessEnvelope(std::move(value));
}

std::string SignWebhookCall(std::string_view secret_text, std::string_view derivation, std::string_view id,
                            std::int64_t now_ms, std::string_view body) {
  const auto secret = WebhookSecret::Parse(secret_text);
  if (!secret) return FailureEnvelope(secret.error());
  const auto key = ReadDerivation(derivation);
  if (!key) return FailureEnvelope(key.error());
  const auto headers = SignWebhook(*secret, *key, id, TimeOf(now_ms), body);
  if (!headers) return FailureEnvelope(headers.error());
  Json value = EmptyObject();
  for (const auto& [name, text] : *headers) SetMember(value, name, text);
  return SuccessEnvelope(std::move(value));
}

}  // namespace plinto::polar
