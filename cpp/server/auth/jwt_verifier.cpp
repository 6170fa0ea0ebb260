#include "server/auth/jwt_verifier.h"

#include <openssl/evp.h>

#include <algorithm>

#include "server/auth/claims.h"

namespace plinto::polar::server {
namespace {

Error BadKey(std::string message) {
  return Error{
      .code = ErrorCode::kConfigurationInvalid, .message = std::move(message), .field = "PLINTO_JWT_PUBLIC_KEY"};
}

Result<std::string> AlgorithmOfPem(const std::string& pem) {
  if (pem.find("PRIVATE KEY") != std::string::npos) {
    return BadKey(
        "PLINTO_JWT_PUBLIC_KEY holds a private key, which this server must not have. Give it the public key "
        "(openssl pkey -in key.pem -pubout).");
  }
  const EvpKey key = ReadPublicPem(pem);
  if (key == nullptr) {
    return BadKey(
        "PLINTO_JWT_PUBLIC_KEY is not a public key in PEM (-----BEGIN PUBLIC KEY-----). Copy it whole, with "
        "its line breaks, or name its file in PLINTO_JWT_PUBLIC_KEY_FILE.");
  }
  if (std::optional<std::string> algorithm = AlgorithmOf(*key)) return *std::move(algorithm);
  if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA) {
    return BadKey(
        "PLINTO_JWT_PUBLIC_KEY is an RSA key of fewer than 2048 bits, which can be broken, or of more than 8192, "
        "which takes too long to check. Use another.");
  }
  return BadKey(
      "PLINTO_JWT_PUBLIC_KEY is neither an RSA key (RS256) nor an elliptic-curve key on P-256 (ES256). Use the "
      "key that Plinto signs with.");
}

}  // namespace

Result<std::string> AlgorithmOfKey(const JwtConfig& config) {
  if (config.secret.empty() == config.public_key.empty()) {
    return Error{.code = ErrorCode::kConfigurationInvalid,
                 .message =
                     "Exactly one of PLINTO_JWT_SECRET (HS256) and PLINTO_JWT_PUBLIC_KEY (RS256, ES256) is needed "
                     "to check access tokens. Set the one that Plinto signs with.",
                 .field = "PLINTO_JWT_SECRET"};
  }
  if (!config.secret.empty()) return std::string("HS256");
  return AlgorithmOfPem(config.public_key);
}

JwtVerifier::JwtVerifier(JwtConfig config, std::string algorithm)
    : config_(std::move(config)),
      key_{.kid = {},
           .algorithm = std::move(algorithm),
           .material = config_.secret.empty() ? config_.public_key : config_.secret} {}

Result<std::unique_ptr<JwtVerifier>> JwtVerifier::Create(JwtConfig config) {
  Result<std::string> algorithm = AlgorithmOfKey(config);
  if (!algorithm) return std::move(algorithm).error();
  const auto& allowed = config.algorithms;
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), *algorithm) == allowed.end()) {
    return Error{.code = ErrorCode::kConfigurationInvalid,
                 .message = "PLINTO_JWT_ALGORITHMS does not name " + *algorithm +
                            ", the algorithm of the configured key. Leave it out, or give the key that belongs to it.",
                 .field = "PLINTO_JWT_ALGORITHMS"};
  }
  return std::unique_ptr<JwtVerifier>(new JwtVerifier(std::move(config), *std::move(algorithm)));
}

Task<Result<AccessToken>> JwtVerifier::Verify(std::string authorization, Timestamp now) {
  co_return Check(authorization, now);
}

Result<AccessToken> JwtVerifier::Check(std::string_view authorization, Timestamp now) const {
  Result<std::string> token = ReadBearer(authorization);
  if (!token) return std::move(token).error();
  const Result<JwtHeader> header = ReadJwtHeader(*token);
  if (!header) return header.error();
  const Result<Json> claims = ReadSignedClaims(*token, key_);
  if (!claims) return claims.error();
  Result<AccessToken> checked = CheckClaims(*claims, config_.issuer, config_.audience, now);
  if (checked) checked->text = *std::move(token);
  return checked;
}

}  // namespace plinto::polar::server
