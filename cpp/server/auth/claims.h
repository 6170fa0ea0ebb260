// What an access token must claim, once its signature holds.
#pragma once

#include <string>

#include "core/foundation/json.h"
#include "server/auth/token.h"

namespace plinto::polar::server {

/// Clocks differ: a token may come from this far in the future, and live this long beyond its end.
inline constexpr std::int64_t kFutureLeewaySeconds = 60;
inline constexpr std::int64_t kExpiryLeewaySeconds = 30;

/// Reads the user and the end of validity; `text` of the result is left empty.
/// Errors: TOKEN_INVALID for any claim that is missing or wrong, TOKEN_EXPIRED when only the time is over.
[[nodiscard]] Result<AccessToken> CheckClaims(const Json& claims, std::string_view issuer, std::string_view audience,
                                              Timestamp now);

}  // namespace plinto::polar::server
