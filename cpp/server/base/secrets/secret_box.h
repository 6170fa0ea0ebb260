// Secrets at rest: sealed by AES-256-GCM under the key of PLINTO_POLAR_KEY, with a fresh nonce each.
//
// Pure but for the operating system's randomness; thread-safe. The context, such as the tenant's id, is authenticated
// and not stored: what was sealed for one tenant does not open for another.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/result.h"

namespace plinto::polar::server {

class SecretBox {
 public:
  /// Takes 32 bytes in base64. Errors: CONFIGURATION_INVALID.
  [[nodiscard]] static Result<SecretBox> Create(std::string_view key_base64);

  /// Printable text that begins with `sealed:`. Throws std::runtime_error where OpenSSL has no randomness.
  [[nodiscard]] std::string Seal(std::string_view secret, std::string_view context) const;
  /// Errors: CONFIGURATION_INVALID when it was sealed with another key or for another context, or was changed.
  [[nodiscard]] Result<std::string> Open(std::string_view sealed, std::string_view context) const;

  [[nodiscard]] static bool IsSealed(std::string_view text);

 private:
  explicit SecretBox(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

}  // namespace plinto::polar::server
