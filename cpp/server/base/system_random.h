// The operating system's randomness, fetched 256 bytes at a time: a system call for each id would cost more than the
// id.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>

#include "server/base/random.h"

namespace plinto::polar::server {

/// Thread-safe. Throws std::system_error where the kernel gives no randomness: nothing may go on without it.
class SystemRandom : public Random {
 public:
  [[nodiscard]] std::string Entropy() override;
  [[nodiscard]] double Fraction() override;

 private:
  void Take(char* bytes, std::size_t count);

  std::mutex mutex_;
  std::array<char, 256> pool_ = {};
  std::size_t left_ = 0;
};

}  // namespace plinto::polar::server
