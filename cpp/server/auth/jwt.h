// JWTs as they come in: taken out of the header, read, and checked with one key and the one algorithm that it allows.
//
// The only door to libjwt. The algorithm belongs to the key, so a token cannot choose it: libjwt by itself would accept
// an HS256 token keyed with the text of a public key. Claims are the caller's to check. Pure and thread-safe; nothing
// of a token appears in a message, and `jku`, `jwk`, `x5u` and the like in a token's header are never looked at.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/result.h"

namespace plinto::polar::server {

struct EvpKeyDelete {
  void operator()(EVP_PKEY* key) const;
};
using EvpKey = std::unique_ptr<EVP_PKEY, EvpKeyDelete>;

/// A key that tokens are checked with.
struct JwtKey {
  std::string kid;        ///< empty where it has none
  std::string algorithm;  ///< `HS256`, `RS256` or `ES256`: pinned by the kind of key
  std::string material;   ///< the secret, or the public key in PEM
};

struct JwtHeader {
  std::string algorithm;
  std::optional<std::string> kid;
};

/// The token of `Bearer <token>`, 8 KiB at most, whatever it is. Errors: TOKEN_MISSING, TOKEN_INVALID.
[[nodiscard]] Result<std::string> ReadBearer(std::string_view authorization);

/// The algorithm and the key that a token claims: three base64url parts. Errors: TOKEN_INVALID for what is no JWT, has
/// no `alg`, a `kid` that is not 1 to 256 visible ASCII characters, or `crit`, whose extensions this server does not
/// know.
[[nodiscard]] Result<JwtHeader> ReadJwtHeader(std::string_view token);

/// The claims of a token that this key signed. Errors: TOKEN_INVALID.
[[nodiscard]] Result<Json> ReadSignedClaims(const std::string& token, const JwtKey& key);

/// RS256 for RSA keys of 2,048 to 8,192 bits, ES256 for P-256; nothing for any other key.
[[nodiscard]] std::optional<std::string> AlgorithmOf(const EVP_PKEY& key);
[[nodiscard]] EvpKey ReadPublicPem(const std::string& pem);  ///< null when it is none
[[nodiscard]] std::string WritePublicPem(const EVP_PKEY& key);

/// TOKEN_INVALID: `The access token ` + why.
[[nodiscard]] Error InvalidToken(std::string why);

}  // namespace plinto::polar::server
