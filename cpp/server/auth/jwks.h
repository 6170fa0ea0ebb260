// The document in which Plinto publishes the keys that it signs access tokens with (RFC 7517).
#pragma once

#include <string_view>
#include <vector>

#include "server/auth/jwt.h"

namespace plinto::polar::server {

inline constexpr std::size_t kMaxJwksBytes = 256 * 1024;
inline constexpr std::size_t kMaxJwksKeys = 64;

/// The keys that can check a token: RSA for RS256, P-256 for ES256. Others are left out: secrets (`oct`), encryption
/// keys, other algorithms and curves, keys too short, broken ones. None at all is an answer as well.
/// Errors: UPSTREAM_ANSWER_INVALID for what is not a JSON object with a list `keys`, or too large.
[[nodiscard]] Result<std::vector<JwtKey>> ParseJwks(std::string_view document);

}  // namespace plinto::polar::server
