// Randomness, handed to whoever needs it. Real: base/system_random.h (the operating system's). Seeded: tests.
#pragma once

#include <string>

namespace plinto::polar::server {

class Random {
 public:
  virtual ~Random() = default;
  /// 128 random bits as 32 hexadecimal digits, for ids.
  [[nodiscard]] virtual std::string Entropy() = 0;
  /// Uniform in [0, 1), for jitter.
  [[nodiscard]] virtual double Fraction() = 0;
};

}  // namespace plinto::polar::server
