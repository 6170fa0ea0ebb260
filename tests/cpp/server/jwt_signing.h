// Signs tokens for tests: the three algorithms that the verifier takes, and the tricks that it must refuse.
#pragma once

#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/base64.h"
#include "core/foundation/sha256.h"

namespace plinto::polar::server::testing {

inline std::string Base64Url(std::string_view bytes) {
  std::string text = EncodeBase64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

inline std::string UnsignedToken(std::string_view header, std::string_view claims) {
  return Base64Url(header) + "." + Base64Url(claims);
}

inline std::string SignHs256(std::string_view claims, std::string_view secret,
                             std::string_view header = R"({"alg":"HS256","typ":"JWT"})") {
  const std::string text = UnsignedToken(header, claims);
  const std::array<std::string_view, 1> parts = {text};
  return text + "." + Base64Url(SignHmacSha256(secret, parts));
}

/// A key pair, made anew.
class SigningKey {
 public:
  static SigningKey Rsa(unsigned bits = 2'048) { return SigningKey(EVP_RSA_gen(bits), "RS256"); }
  static SigningKey P256() { return SigningKey(EVP_EC_gen("P-256"), "ES256"); }
  static SigningKey P384() { return SigningKey(EVP_EC_gen("P-384"), "ES384"); }

  [[nodiscard]] std::string PublicPem() const { return Pem(&PEM_write_bio_PUBKEY); }
  [[nodiscard]] std::string PrivatePem() const {
    return Pem([](BIO* bio, const EVP_PKEY* key) {
      return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  /// The public key as a member of a JWKS: `more` is written before its end, such as `,"kid":"a"`.
  [[nodiscard]] std::string PublicJwk(const std::string& more = "") const {
    if (algorithm_ == "RS256") {
      return R"({"kty":"RSA","n":")" + Number("n") + R"(","e":")" + Number("e") + "\"" + more + "}";
    }
    const std::string curve = algorithm_ == "ES256" ? "P-256" : "P-384";
    return R"({"kty":"EC","crv":")" + curve + R"(","x":")" + Number("qx") + R"(","y":")" + Number("qy") + "\"" + more +
           "}";
  }

  /// `header` in place of the usual one, to lie about the key or the algorithm.
  [[nodiscard]] std::string Sign(std::string_view claims, std::string header = "") const {
    if (header.empty()) header = R"({"alg":")" + algorithm_ + R"("})";
    const std::string text = UnsignedToken(header, claims);
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::vector<unsigned char> signature(1'024);
    std::size_t length = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &length, reinterpret_cast<const unsigned char*>(text.data()),
                       text.size()) != 1) {
      throw std::runtime_error("cannot sign");
    }
    std::string bytes(reinterpret_cast<const char*>(signature.data()), length);
    return text + "." + Base64Url(algorithm_ == "ES256" ? RawEcdsa(bytes) : bytes);
  }

 private:
  [[nodiscard]] std::string Number(const char* name) const {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &number);
    const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> owned(number, BN_free);
    const int width = algorithm_ == "RS256" ? BN_num_bytes(number) : algorithm_ == "ES256" ? 32 : 48;
    std::string bytes(static_cast<std::size_t>(width), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), width);
    return Base64Url(bytes);
  }

  SigningKey(EVP_PKEY* key, std::string algorithm) : key_(key, EVP_PKEY_free), algorithm_(std::move(algorithm)) {}

  template <class Write>
  std::string Pem(Write write) const {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
    write(bio.get(), key_.get());
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &text);
    return std::string(text, static_cast<std::size_t>(length));
  }

  /// JWTs carry r and s side by side, OpenSSL gives them in DER.
  static std::string RawEcdsa(const std::string& der) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> signature(
        d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())), ECDSA_SIG_free);
    std::string raw(64, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + 32, 32);
    return raw;
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::string algorithm_;
};

}  // namespace plinto::polar::server::testing
