#include "server/base/system_random.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

template <std::size_t kSize>
std::array<char, kSize> RandomBytes() {
  std::array<char, kSize> bytes;
  if (getentropy(bytes.data(), bytes.size()) != 0) {
    throw std::system_error(errno, std::generic_category(), "the operating system gives no random bytes");
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
