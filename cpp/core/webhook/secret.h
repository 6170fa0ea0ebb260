// The secrets that Polar signs webhooks with, and the two ways in which it derives a key from one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/result.h"

namespace plinto::polar {

/// How the HMAC key is made from the secret's text. Polar's servers use the first today; newer endpoints carry
/// `uses_standard_webhook_signature` and use the second. A verifier tries both, a signer is told which.
enum class KeyDerivation {
  kWholeText,  ///< The UTF-8 bytes of the whole text, `whsec_` included.
  kStandard,   ///< The bytes that base64 decodes from what follows `whsec_` (Standard Webhooks).
};

/// One endpoint's secret.
class WebhookSecret {
 public:
  /// Errors: CONFIGURATION_INVALID for an empty secret.
  [[nodiscard]] static Result<WebhookSecret> Parse(std::string_view text);

  /// The keys to try, first the whole text's, then Standard Webhooks' where the text decodes.
  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }
  /// Errors: CONFIGURATION_INVALID when the text has no such key.
  [[nodiscard]] Result<std::string> Key(KeyDerivation derivation) const;

 private:
  std::vector<std::string> keys_;
};

/// Several secrets separated by commas, as while rotating. Errors: CONFIGURATION_INVALID when there is none.
[[nodiscard]] Result<std::vector<WebhookSecret>> ParseWebhookSecrets(std::string_view comma_separated);

}  // namespace plinto::polar
