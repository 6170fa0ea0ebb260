#include "server/base/system_random.h"

#include <openssl/rand.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

template <std::size_t kSize>
std::array<char, kSize> RandomBytes() {
  std::array<char, kSize> bytes;
  // OpenSSL's generator asks the operating system now and then; each id would otherwise cost a system call.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the operating system gives no random bytes");
  }
  return bytes;
}

}  // namespace

std::string SystemRandom::Entropy() {
  const auto bytes = RandomBytes<16>();
  return ToHex(std::string_view(bytes.data(), bytes.size()));
}

double SystemRandom::Fraction() {
  const auto bytes = RandomBytes<8>();
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes.data(), bytes.size());
  return std::ldexp(static_cast<double>(bits >> 11), -53);
}

}  // namespace plinto::polar::server
