// Checks Plinto's access tokens with one key and the one algorithm that the key allows.
//
// Immutable, thread-safe. Where Plinto publishes its keys, see jwks_verifier.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/auth/jwt.h"
#include "server/auth/token.h"

namespace plinto::polar::server {

/// What tokens are checked against.
struct JwtConfig {
  std::string secret = {};                   ///< HS256; one of the two keys is set.
  std::string public_key = {};               ///< PEM of an RSA key (RS256, 2048 bits or more) or a P-256 key (ES256).
  std::vector<std::string> algorithms = {};  ///< Where given, the key's algorithm must be among them.
  std::string issuer = "https://plinto.dev";
  std::string audience = "plinto.dev";
};

/// The algorithm that a key pins: `HS256`, `RS256` or `ES256`.
/// Errors: CONFIGURATION_INVALID when there is no key, there are two, or the PEM cannot be used.
[[nodiscard]] Result<std::string> AlgorithmOfKey(const JwtConfig& config);

class JwtVerifier : public TokenVerifier {
 public:
  /// Errors: as AlgorithmOfKey, and CONFIGURATION_INVALID when `algorithms` does not have the key's.
  [[nodiscard]] static Result<std::unique_ptr<JwtVerifier>> Create(JwtConfig config);

  [[nodiscard]] Task<Result<AccessToken>> Verify(std::string authorization, Timestamp now) override;
  /// The same without a coroutine: a configured key is at hand.
  [[nodiscard]] Result<AccessToken> Check(std::string_view authorization, Timestamp now) const;

 private:
  JwtVerifier(JwtConfig config, std::string algorithm);

  JwtConfig config_;
  JwtKey key_;
};

}  // namespace plinto::polar::server
