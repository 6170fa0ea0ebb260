// Ids, tokens and jitter from one seed, so that one seed gives one history.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace plinto::polar::emulator {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t Next();
  /// Uniform in [0, 1).
  [[nodiscard]] double Fraction();
  /// Another stream, that follows from this one's seed and a name.
  [[nodiscard]] Random Branch(std::string_view name) const;
  /// Makes the next Uuid() this one, for objects whose id the user has chosen.
  void Pin(std::string uuid) { pinned_ = std::move(uuid); }
  /// A version 4 UUID.
  [[nodiscard]] std::string Uuid();
  /// `count` characters of A-Z.
  [[nodiscard]] std::string Letters(std::size_t count);
  /// A token as Polar makes them: the prefix, 37 letters and digits, and the CRC-32 of those as 6 base62 digits.
  [[nodiscard]] std::string Token(std::string_view prefix);

 private:
  std::uint64_t state_;
  std::string pinned_;
};

}  // namespace plinto::polar::emulator
