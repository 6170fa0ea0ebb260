// Signs entitlement tokens (ES256) and publishes the keys that check them.
//
// The key of each period of 30 days is derived from one secret (HMAC-SHA256), so that servers that share the secret
// share the keys, a restart changes nothing, and rotation happens by itself. Three keys are published:
// that of the period that runs, of the one before (tokens of its last day are still in use) and of the next (so that
// readers have it in time). Another secret makes all keys anew. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/foundation/timestamp.h"
#include "server/auth/jwt.h"

namespace plinto::polar::server {

class EntitlementSigner {
 public:
  /// Keys of different labels (tenants) have nothing in common. The secret holds 32 random bytes or more.
  EntitlementSigner(std::string secret, std::string label) : secret_(std::move(secret)), label_(std::move(label)) {}

  /// The token. Errors: INTERNAL when OpenSSL refuses.
  [[nodiscard]] Result<std::string> Sign(const Json& claims, Timestamp now);
  /// The JWKS as JSON text. Errors: as Sign().
  [[nodiscard]] Result<std::string> PublishedKeys(Timestamp now);

 private:
  struct Key {
    EvpKey pair;
    std::string kid;  ///< the key's thumbprint (RFC 7638)
    std::string x;    ///< base64url
    std::string y;
  };
  /// Null when OpenSSL refuses.
  [[nodiscard]] const Key* KeyOf(std::int64_t period);
  [[nodiscard]] Key Derive(std::int64_t period) const;

  std::string secret_;
  std::string label_;
  std::map<std::int64_t, Key> keys_;  ///< by period; the last few
};

}  // namespace plinto::polar::server
