#include "server/base/system_random.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "core/foundation/text.h"

namespace plinto::polar::server {

void SystemRandom::Take(char* bytes, std::size_t count) {
  const std::lock_guard lock(mutex_);
  if (left_ < count) {
    if (getentropy(pool_.data(), pool_.size()) != 0) {
      throw std::system_error(errno, std::generic_category(), "the operating system gives no random bytes");
    }
    left_ = pool_.size();
  }
  left_ -= count;
  std::memcpy(bytes, pool_.data() + left_, count);
  // Nobody can read here again what was given out.
  std::fill_n(pool_.begin() + static_cast<std::ptrdiff_t>(left_), count, '\0');
}

std::string SystemRandom::Entropy() {
  std::array<char, 16> bytes;
  Take(bytes.data(), bytes.size());
  return ToHex(std::string_view(bytes.data(), bytes.size()));
}

double SystemRandom::Fraction() {
  std::uint64_t bits = 0;
  std::array<char, sizeof(bits)> bytes;
  Take(bytes.data(), bytes.size());
  std::memcpy(&bits, bytes.data(), bytes.size());
  return std::ldexp(static_cast<double>(bits >> 11), -53);
}

}  // namespace plinto::polar::server
