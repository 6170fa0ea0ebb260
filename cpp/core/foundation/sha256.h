// SHA-256 (FIPS 180-4) and HMAC-SHA256 (RFC 2104), for webhook signatures in a core that may not depend on OpenSSL.
//
// Pure and thread-safe. Checked against the NIST vectors in tests/cpp/core/foundation_test.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace plinto::polar {

/// Hashes a message that arrives in parts.
class Sha256 {
 public:
  void Update(std::string_view bytes);
  /// The 32 bytes of the digest. The object may not be used afterwards.
  [[nodiscard]] std::string Finish();

 private:
  void Compress(const unsigned char* block);

  std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> buffer_ = {};
  std::uint64_t length_ = 0;
};

[[nodiscard]] std::string DigestSha256(std::string_view bytes);  ///< 32 bytes, not hexadecimal

/// The 32 bytes of HMAC-SHA256 over the parts put together; parts spare the caller a copy of a large body.
[[nodiscard]] std::string SignHmacSha256(std::string_view key, std::span<const std::string_view> parts);

}  // namespace plinto::polar
