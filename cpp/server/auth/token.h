// Plinto access tokens: who is calling. Real: auth/jwt_verifier.h.
#pragma once

#include <string>
#include <string_view>

#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"
#include "server/base/async/task.h"

namespace plinto::polar::server {

/// A verified access token.
struct AccessToken {
  std::string user_id;  ///< `sub`, a lower-case UUID
  std::string text;     ///< the token itself, to ask Plinto in the user's name; never logged
  Timestamp expires_at;
};

class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;
  /// Takes the value of the Authorization header (empty when absent).
  /// Errors: TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED; UPSTREAM_FAILED, UPSTREAM_TIMEOUT and UPSTREAM_ANSWER_INVALID
  /// where the key has to be fetched and never was.
  [[nodiscard]] virtual Task<Result<AccessToken>> Verify(std::string authorization, Timestamp now) = 0;
};

}  // namespace plinto::polar::server
