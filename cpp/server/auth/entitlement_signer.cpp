#include "server/auth/entitlement_signer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <array>
#include <span>

#include "core/foundation/base64.h"
#include "core/foundation/sha256.h"

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kPeriodSeconds = 30 * 86'400;
constexpr std::size_t kKeptKeys = 4;
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kDerivedBytes = 48;  // 128 bits more than the order, so that the remainder is not biased

struct Free {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const { EC_POINT_free(point); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string Base64Url(std::string_view bytes) {
  std::string text = EncodeBase64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string Expand(std::string_view secret, std::string_view info) {
  std::string bytes;
  for (const std::string_view block : {"1", "2"}) {
    const std::array<std::string_view, 2> parts = {info, block};
    bytes += SignHmacSha256(secret, parts);
  }
  bytes.resize(kDerivedBytes);
  return bytes;
}

/// A private key between 1 and the order less 1 (FIPS 186-5, A.2.1).
Owned<BIGNUM> PrivateNumber(const EC_GROUP& group, const std::string& bytes, BN_CTX* context) {
  Owned<BIGNUM> number(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
  const Owned<BIGNUM> order_less_one(BN_dup(EC_GROUP_get0_order(&group)));
  const bool reduced = number != nullptr && order_less_one != nullptr && BN_sub_word(order_less_one.get(), 1) == 1 &&
                       BN_mod(number.get(), number.get(), order_less_one.get(), context) == 1 &&
                       BN_add_word(number.get(), 1) == 1;
  return reduced ? std::move(number) : nullptr;
}

/// 0x04, x, y; empty when OpenSSL refuses.
std::string PublicPoint(const EC_GROUP& group, const BIGNUM& number, BN_CTX* context) {
  const Owned<EC_POINT> point(EC_POINT_new(&group));
  std::string bytes(1 + 2 * kCoordinateBytes, '\0');
  const bool computed =
      point != nullptr && EC_POINT_mul(&group, point.get(), &number, nullptr, nullptr, context) == 1 &&
      EC_POINT_point2oct(&group, point.get(), POINT_CONVERSION_UNCOMPRESSED,
                         reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), context) == bytes.size();
  return computed ? bytes : std::string();
}

EvpKey BuildPair(const BIGNUM& number, const std::string& point) {
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  const bool pushed =
      builder != nullptr &&
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
  if (!pushed) return nullptr;
  const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  const bool built = parameters != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                     EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) == 1;
  return EvpKey(built ? key : nullptr);
}

/// r and s side by side, as JWTs want them; OpenSSL gives DER. Empty when it refuses.
std::string SignRaw(EVP_PKEY* key, const std::string& text) {
  std::array<unsigned char, 128> der;
  std::size_t length = der.size();
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  if (context == nullptr || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), der.data(), &length, Bytes(text), text.size()) != 1) {
    return {};
  }
  const unsigned char* at = der.data();
  const Owned<ECDSA_SIG> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length)));
  if (signature == nullptr) return {};
  std::string raw(2 * kCoordinateBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  const int width = static_cast<int>(kCoordinateBytes);
  const bool written = BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, width) == width &&
                       BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kCoordinateBytes, width) == width;
  return written ? raw : std::string();
}

Error Refused() {
  ERR_clear_error();
  return Error{.code = ErrorCode::kInternal,
               .message = "The server could not sign: its cryptographic library refused. Look at its installation."};
}

}  // namespace

Result<std::string> EntitlementSigner::Sign(const Json& claims, Timestamp now) {
  const Key* const key = KeyOf(now.Seconds() / kPeriodSeconds);
  if (key == nullptr) return Refused();
  const std::string header = R"({"alg":"ES256","typ":"JWT","kid":")" + key->kid + R"("})";
  std::string token = Base64Url(header) + "." + Base64Url(DumpJson(claims));
  const std::string signature = SignRaw(key->pair.get(), token);
  if (signature.empty()) return Refused();
  return token + "." + Base64Url(signature);
}

Result<std::string> EntitlementSigner::PublishedKeys(Timestamp now) {
  const std::int64_t period = now.Seconds() / kPeriodSeconds;
  std::string text;
  for (const std::int64_t one : {period, period - 1, period + 1}) {
    const Key* const key = KeyOf(one);
    if (key == nullptr) return Refused();
    text += (text.empty() ? R"({"keys":[)" : ",") + (R"({"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":")" +
                                                     key->kid + R"(","x":")" + key->x + R"(","y":")" + key->y + "\"}");
  }
  return text + "]}";
}

const EntitlementSigner::Key* EntitlementSigner::KeyOf(std::int64_t period) {
  const auto found = keys_.find(period);
  if (found != keys_.end()) return &found->second;
  Key key = Derive(period);
  if (key.pair == nullptr) return nullptr;
  while (keys_.size() >= kKeptKeys) keys_.erase(keys_.begin()->first < period ? keys_.begin() : std::prev(keys_.end()));
  return &keys_.emplace(period, std::move(key)).first->second;
}

EntitlementSigner::Key EntitlementSigner::Derive(std::int64_t period) const {
  Key key;
  const std::string info = "plinto-polar entitlements|" + label_ + "|" + std::to_string(period) + "|";
  const Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const Owned<BN_CTX> context(BN_CTX_new());
  if (group == nullptr || context == nullptr) return key;
  const Owned<BIGNUM> number = PrivateNumber(*group, Expand(secret_, info), context.get());
  if (number == nullptr) return key;
  const std::string point = PublicPoint(*group, *number, context.get());
  if (point.empty()) return key;
  key.x = Base64Url(std::string_view(point).substr(1, kCoordinateBytes));
  key.y = Base64Url(std::string_view(point).substr(1 + kCoordinateBytes));
  key.kid = Base64Url(DigestSha256(R"({"crv":"P-256","kty":"EC","x":")" + key.x + R"(","y":")" + key.y + "\"}"));
  key.pair = BuildPair(*number, point);
  return key;
}

}  // namespace plinto::polar::server
