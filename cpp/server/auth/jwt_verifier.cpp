#include "server/auth/jwt_verifier.h"

#include <jwt.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/foundation/json.h"
#include "core/foundation/text.h"
#include "server/auth/claims.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kMaxTokenLength = 8 * 1024;
constexpr int kMinRsaBits = 2'048;

struct JwtDelete {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
struct TextDelete {
  void operator()(char* text) const { std::free(text); }
};
struct BioDelete {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct KeyDelete {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

Error BadKey(std::string message) {
  return Error{
      .code = ErrorCode::kConfigurationInvalid, .message = std::move(message), .field = "PLINTO_JWT_PUBLIC_KEY"};
}

Error Invalid(std::string why) {
  return Error{.code = ErrorCode::kTokenInvalid,
               .message = "The access token " + std::move(why) + ". Sign in again and send the new access token."};
}

Result<std::string> AlgorithmOfPem(const std::string& pem) {
  if (pem.find("PRIVATE KEY") != std::string::npos) {
    return BadKey(
        "PLINTO_JWT_PUBLIC_KEY holds a private key, which this server must not have. Give it the public key "
        "(openssl pkey -in key.pem -pubout).");
  }
  const std::unique_ptr<BIO, BioDelete> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::unique_ptr<EVP_PKEY, KeyDelete> key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (key == nullptr) {
    return BadKey(
        "PLINTO_JWT_PUBLIC_KEY is not a public key in PEM (-----BEGIN PUBLIC KEY-----). Copy it whole, with "
        "its line breaks, or name its file in PLINTO_JWT_PUBLIC_KEY_FILE.");
  }
  if (EVP_PKEY_base_id(key.get()) == EVP_PKEY_RSA) {
    if (EVP_PKEY_bits(key.get()) >= kMinRsaBits) return std::string("RS256");
    return BadKey(
        "PLINTO_JWT_PUBLIC_KEY is an RSA key of fewer than 2048 bits, which can be broken. Use a longer one.");
  }
  std::array<char, 64> group = {};
  std::size_t length = 0;
  const bool p256 = EVP_PKEY_base_id(key.get()) == EVP_PKEY_EC &&
                    EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), &length) == 1 &&
                    std::string_view(group.data()) == "prime256v1";
  if (p256) return std::string("ES256");
  return BadKey(
      "PLINTO_JWT_PUBLIC_KEY is neither an RSA key (RS256) nor an elliptic-curve key on P-256 (ES256). Use the "
      "key that Plinto signs with.");
}

/// Three base64url parts between dots: all that libjwt ever gets to decode.
bool LooksLikeJwt(std::string_view token) {
  const auto is_token_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return std::count(token.begin(), token.end(), '.') == 2 &&
         std::all_of(token.begin(), token.end(), is_token_character);
}

Result<std::string> BearerToken(std::string_view authorization) {
  const std::string_view value = TrimAscii(authorization);
  const std::size_t space = value.find(' ');
  if (value.empty()) {
    return Error{.code = ErrorCode::kTokenMissing,
                 .message = "There is no access token. Sign in and send the header `Authorization: Bearer <token>`."};
  }
  if (!EqualsIgnoringCase(value.substr(0, space), "Bearer") || space == std::string_view::npos) {
    return Error{
        .code = ErrorCode::kTokenInvalid,
        .message = "The Authorization header is not of the form `Bearer <token>`. Send Plinto's access token."};
  }
  const std::string_view token = TrimAscii(value.substr(space));
  if (token.size() > kMaxTokenLength) return Invalid("is longer than 8 KiB");
  if (!LooksLikeJwt(token)) return Invalid("is not a JWT");
  return std::string(token);
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
    : config_(std::move(config)), algorithm_(std::move(algorithm)) {}

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
  Result<std::string> token = BearerToken(authorization);
  if (!token) return std::move(token).error();

  const std::string& key = config_.secret.empty() ? config_.public_key : config_.secret;
  jwt_t* decoded = nullptr;
  const int failure = jwt_decode(&decoded, token->c_str(), reinterpret_cast<const unsigned char*>(key.data()),
                                 static_cast<int>(key.size()));
  const std::unique_ptr<jwt_t, JwtDelete> jwt(decoded);
  ERR_clear_error();
  if (failure != 0 || jwt == nullptr || jwt_get_alg(jwt.get()) != jwt_str_alg(algorithm_.c_str())) {
    return Invalid("has no valid " + algorithm_ + " signature by the key of this server");
  }
  const std::unique_ptr<char, TextDelete> text(jwt_get_grants_json(jwt.get(), nullptr));
  if (text == nullptr) return Invalid("has no claims");
  const Result<Json> claims = ParseJson(text.get());
  if (!claims) return Invalid("has claims that cannot be read");
  Result<AccessToken> checked = CheckClaims(*claims, config_.issuer, config_.audience, now);
  if (checked) checked->text = *std::move(token);
  return checked;
}

}  // namespace plinto::polar::server
