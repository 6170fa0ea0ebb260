// What back ends ask of the billing rules, as JSON texts, for the Wasm module that they load.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plinto::polar {

/// `body`: of a webhook that was verified. The value is the AccessChange, or null where the event says nothing of
/// access. Errors: INVALID_JSON, VALIDATION_FAILED, as ParseWebhookEvent and DecideAccessChange.
[[nodiscard]] std::string DecideAccessChangeCall(std::string_view body, std::int64_t grace_days);

/// The value is the name of the key that the token takes. Errors: ReadTokenHead's.
[[nodiscard]] std::string ReadTokenHeadCall(std::string_view token);

/// The value holds the claims. To be asked once the signature holds. Errors: ReadEntitlementToken's.
[[nodiscard]] std::string ReadEntitlementTokenCall(std::string_view token, std::string_view issuer,
                                                   std::string_view audience, std::int64_t now_ms);

}  // namespace plinto::polar
