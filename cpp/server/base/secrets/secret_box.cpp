#include "server/base/secrets/secret_box.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>

#include "core/foundation/base64.h"

namespace plinto::polar::server {
namespace {

constexpr std::string_view kPrefix = "sealed:";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* Bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* Bytes(std::string& text, std::size_t at) { return reinterpret_cast<unsigned char*>(text.data()) + at; }
int Size(std::string_view text) { return static_cast<int>(text.size()); }

void Require(bool holds) {
  if (!holds) throw std::runtime_error("OpenSSL could not seal a secret");
}

Error DoesNotOpen() {
  return {.code = ErrorCode::kConfigurationInvalid,
          .message =
              "A stored secret does not open: it was sealed with another PLINTO_POLAR_KEY, or was changed. Set "
              "the key that it was sealed with."};
}

}  // namespace

Result<SecretBox> SecretBox::Create(std::string_view key_base64) {
  auto key = DecodeBase64(key_base64);
  if (key && key->size() == kKeyBytes) return SecretBox(std::string(*key));
  return Error{.code = ErrorCode::kConfigurationInvalid,
               .message = "PLINTO_POLAR_KEY is not 32 bytes in base64. Make one: openssl rand -base64 32"};
}

std::string SecretBox::Seal(std::string_view secret, std::string_view context) const {
  std::string box(kNonceBytes + secret.size() + kTagBytes, '\0');
  Require(RAND_bytes(Bytes(box, 0), static_cast<int>(kNonceBytes)) == 1);
  const Context cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int written = 0;
  Require(cipher != nullptr &&
          EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key_), Bytes(box, 0)) == 1);
  Require(EVP_EncryptUpdate(cipher.get(), nullptr, &written, Bytes(context), Size(context)) == 1);
  Require(EVP_EncryptUpdate(cipher.get(), Bytes(box, kNonceBytes), &written, Bytes(secret), Size(secret)) == 1);
  Require(EVP_EncryptFinal_ex(cipher.get(), Bytes(box, kNonceBytes + secret.size()), &written) == 1);
  Require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                              Bytes(box, kNonceBytes + secret.size())) == 1);
  return std::string(kPrefix) + EncodeBase64(box);
}

Result<std::string> SecretBox::Open(std::string_view sealed, std::string_view context) const {
  auto box = IsSealed(sealed) ? DecodeBase64(sealed.substr(kPrefix.size())) : std::nullopt;
  if (!box || box->size() < kNonceBytes + kTagBytes) return DoesNotOpen();
  const std::string_view text = std::string_view(*box).substr(kNonceBytes, box->size() - kNonceBytes - kTagBytes);
  std::string tag = box->substr(box->size() - kTagBytes);
  std::string secret(text.size(), '\0');
  const Context cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int written = 0;
  const bool opens =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key_), Bytes(*box)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &written, Bytes(context), Size(context)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), Bytes(secret, 0), &written, Bytes(text), Size(text)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes), Bytes(tag, 0)) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), Bytes(secret, secret.size()), &written) == 1;
  if (!opens) return DoesNotOpen();
  return secret;
}

bool SecretBox::IsSealed(std::string_view text) { return text.starts_with(kPrefix); }

}  // namespace plinto::polar::server
