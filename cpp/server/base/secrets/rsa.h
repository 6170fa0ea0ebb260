// RSA keys and signatures, by OpenSSL: what verifies Conekta's webhooks, and what their emulator leaves to its caller.
//
// Thread-safe. Keys are PEM: PKCS #8 of the private one, SPKI of the public one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plinto::polar::server {

struct RsaPair {
  std::string private_pem;
  std::string public_pem;
};

/// A new pair of 2048 bits. Throws std::runtime_error where OpenSSL makes none.
[[nodiscard]] RsaPair MakeRsaPair();
/// The signature in base64: RSASSA-PKCS1-v1_5 with SHA-256. Nothing when the text is no private key.
[[nodiscard]] std::optional<std::string> SignRsaSha256(std::string_view private_pem, std::string_view text);
/// Is the text an RSA public key of 2048 bits or more, in PEM?
[[nodiscard]] bool IsRsaPublicKey(std::string_view public_pem);
/// Is `signature`, in base64, one of these bytes by the pair of this public key? RSASSA-PKCS1-v1_5 with SHA-256.
[[nodiscard]] bool VerifyRsaSha256(std::string_view public_pem, std::string_view text, std::string_view signature);

}  // namespace plinto::polar::server
