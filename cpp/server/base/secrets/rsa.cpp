#include "server/base/secrets/rsa.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <stdexcept>

#include "core/foundation/base64.h"

namespace plinto::polar::server {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::string TextOf(BIO* memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  return size <= 0 ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

constexpr int kFewestBits = 2'048;

// Null where the text is no RSA key in PEM.
Key ReadPublicKey(std::string_view pem) {
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  Key key(memory == nullptr ? nullptr : PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (key != nullptr && EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
  // What was tried leaves a note in OpenSSL's queue, which others would read.
  ERR_clear_error();
  return key;
}

}  // namespace

RsaPair MakeRsaPair() {
  const Key key(EVP_RSA_gen(kFewestBits), EVP_PKEY_free);
  const Memory private_part(BIO_new(BIO_s_mem()), BIO_free);
  const Memory public_part(BIO_new(BIO_s_mem()), BIO_free);
  const bool made =
      key != nullptr && private_part != nullptr && public_part != nullptr &&
      PEM_write_bio_PKCS8PrivateKey(private_part.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
      PEM_write_bio_PUBKEY(public_part.get(), key.get()) == 1;
  if (!made) throw std::runtime_error("OpenSSL could not make an RSA key");
  return {TextOf(private_part.get()), TextOf(public_part.get())};
}

std::optional<std::string> SignRsaSha256(std::string_view private_pem, std::string_view text) {
  const Memory memory(BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size())), BIO_free);
  const Key key(memory == nullptr ? nullptr : PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr),
                EVP_PKEY_free);
  if (key == nullptr || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) return std::nullopt;
  const Digest digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (digest == nullptr || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, bytes, text.size()) != 1) {
    return std::nullopt;
  }
  std::string signature(size, '\0');
  auto* target = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(digest.get(), target, &size, bytes, text.size()) != 1) return std::nullopt;
  signature.resize(size);
  return EncodeBase64(signature);
}

bool IsRsaPublicKey(std::string_view public_pem) {
  const Key key = ReadPublicKey(public_pem);
  return key != nullptr && EVP_PKEY_bits(key.get()) >= kFewestBits;
}

bool VerifyRsaSha256(std::string_view public_pem, std::string_view text, std::string_view signature) {
  const std::optional<std::string> bytes = DecodeBase64(signature);
  const Key key = ReadPublicKey(public_pem);
  const Digest digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!bytes || key == nullptr || digest == nullptr) return false;
  const auto* of_signature = reinterpret_cast<const unsigned char*>(bytes->data());
  const auto* of_text = reinterpret_cast<const unsigned char*>(text.data());
  const bool is_signed = EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                         EVP_DigestVerify(digest.get(), of_signature, bytes->size(), of_text, text.size()) == 1;
  ERR_clear_error();
  return is_signed;
}

}  // namespace plinto::polar::server
