#include "server/auth/jwks.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "core/foundation/base64.h"

namespace plinto::polar::server {
namespace {

constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kMaxModulusBytes = 1'024;
constexpr std::size_t kMaxExponentBytes = 8;

struct Free {
  void operator()(BIGNUM* number) const { BN_free(number); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, Free>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free>;

Error NotKeys(std::string why) {
  return Error{.code = ErrorCode::kUpstreamAnswerInvalid,
               .message = "What PLINTO_JWKS_URL answers is not a set of keys: " + std::move(why) +
                          ". Check that the address is the one of Plinto's JWKS."};
}

std::string Bytes(const Json& key, std::string_view name) {
  const std::string* const text = FindString(key, name);
  return text == nullptr ? std::string() : DecodeBase64(*text).value_or("");
}

Number ToNumber(const std::string& bytes) {
  return Number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

EvpKey Build(const char* type, OSSL_PARAM_BLD* builder) {
  const std::unique_ptr<OSSL_PARAM, Free> parameters(OSSL_PARAM_BLD_to_param(builder));
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  const bool built = parameters != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                     EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
  ERR_clear_error();
  return EvpKey(built ? key : nullptr);
}

EvpKey RsaKey(const Json& json) {
  const std::string modulus = Bytes(json, "n");
  const std::string exponent = Bytes(json, "e");
  if (modulus.empty() || modulus.size() > kMaxModulusBytes) return nullptr;
  if (exponent.empty() || exponent.size() > kMaxExponentBytes) return nullptr;
  const Number n = ToNumber(modulus);
  const Number e = ToNumber(exponent);
  if (n == nullptr || e == nullptr || !BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_is_one(e.get())) return nullptr;
  const Builder builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return Build("RSA", builder.get());
}

EvpKey P256Key(const Json& json) {
  const std::string* const curve = FindString(json, "crv");
  const std::string x = Bytes(json, "x");
  const std::string y = Bytes(json, "y");
  if (curve == nullptr || *curve != "P-256") return nullptr;
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return nullptr;
  const std::string point = '\x04' + x + y;
  const Builder builder(OSSL_PARAM_BLD_new());
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return nullptr;
  }
  return Build("EC", builder.get());
}

std::optional<JwtKey> ReadKey(const Json& json) {
  const std::string* const type = FindString(json, "kty");
  const std::string* const use = FindString(json, "use");
  if (type == nullptr || (use != nullptr && *use != "sig")) return std::nullopt;
  const EvpKey key = *type == "RSA" ? RsaKey(json) : *type == "EC" ? P256Key(json) : nullptr;
  if (key == nullptr) return std::nullopt;
  std::optional<std::string> algorithm = AlgorithmOf(*key);
  const std::string* const named = FindString(json, "alg");
  if (!algorithm || (named != nullptr && *named != *algorithm)) return std::nullopt;
  const std::string* const kid = FindString(json, "kid");
  return JwtKey{
      .kid = kid == nullptr ? "" : *kid, .algorithm = *std::move(algorithm), .material = WritePublicPem(*key)};
}

}  // namespace

Result<std::vector<JwtKey>> ParseJwks(std::string_view document) {
  if (document.size() > kMaxJwksBytes) return NotKeys("it is larger than 256 KiB");
  const Result<Json> json = ParseJson(document, {.max_depth = 16, .max_members = 256});
  if (!json) return NotKeys("it is not JSON");
  const Json* const member = FindMember(*json, "keys");
  const auto* const list = member == nullptr ? nullptr : member->get_ptr<const Json::array_t*>();
  if (list == nullptr) return NotKeys("it has no list `keys`");
  std::vector<JwtKey> keys;
  for (const Json& entry : *list) {
    if (keys.size() >= kMaxJwksKeys) break;
    if (std::optional<JwtKey> key = ReadKey(entry); key && !key->material.empty()) keys.push_back(*std::move(key));
  }
  return keys;
}

}  // namespace plinto::polar::server
