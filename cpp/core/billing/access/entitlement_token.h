// An entitlement token as text: the JWT around the claims (entitlement_claims.h), read without a library for JWTs.
//
// Pure. Whoever checks the signature stands between the two: ReadTokenHead() says which key it takes, the caller checks
// the signature over the text before the last dot, and only then ReadEntitlementToken() looks at the claims. The
// algorithm is ES256, whatever a token says of itself; `jku`, `jwk`, `x5u` and the like are never looked at.
#pragma once

#include "core/billing/access/entitlement_claims.h"

namespace plinto::polar {

inline constexpr std::size_t kMaxEntitlementTokenBytes = 65'536;

/// The name of the key that a token says it was signed with. Errors: TOKEN_INVALID for what is not three parts of
/// canonical base64url, is larger than the limit, is not signed by ES256, names no key, or has a header that is not one
/// JSON object without repetitions, or wants extensions (`crit`).
[[nodiscard]] Result<std::string> ReadTokenHead(std::string_view token);

/// The claims of a token whose signature held. Errors: TOKEN_INVALID naming the claim, as ReadEntitlementClaims;
/// TOKEN_EXPIRED.
[[nodiscard]] Result<EntitlementClaims> ReadEntitlementToken(std::string_view token, std::string_view issuer,
                                                             std::string_view audience, Timestamp now);

}  // namespace plinto::polar
