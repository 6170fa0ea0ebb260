// Verifying and signing as JSON texts, for the Wasm module that hosts of webhooks load.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plinto::polar {

/// `secrets`: a list of texts, or of one text with commas. `headers`: a list of [name, value]. `body`: the raw bytes.
/// Returns {"ok":true,"value":{"id","timestamp_ms"}} or {"ok":false,"error":{...}} with VerifyWebhook's errors.
[[nodiscard]] std::string VerifyWebhookCall(std::string_view secrets, std::string_view headers, std::string_view body,
                                            std::int64_t now_ms);

/// Signs a body, for tests of an application's endpoint. `derivation`: `whole_text`, the key of Polar's servers today,
/// or `standard`, that of Standard Webhooks; see KeyDerivation. The value holds the three headers. Errors:
/// VALIDATION_FAILED for another derivation, SignWebhook's.
[[nodiscard]] std::string SignWebhookCall(std::string_view secret, std::string_view derivation, std::string_view id,
                                          std::int64_t now_ms, std::string_view body);

}  // namespace plinto::polar
