// The operating system's randomness.
#pragma once

#include "server/base/random.h"

namespace plinto::polar::server {

/// Thread-safe. Throws std::runtime_error where the system gives no randomness: nothing may go on without it.
class SystemRandom : public Random {
 public:
  [[nodiscard]] std::string Entropy() override;
  [[nodiscard]] double Fraction() override;
};

}  // namespace plinto::polar::server
