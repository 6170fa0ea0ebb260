// All chance of a simulation, out of one seed: the same draws on every machine (SplitMix64).
#pragma once

#include <cstdint>

namespace plinto::polar::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(Mix(seed)) {}

  std::uint64_t Next() {
    state_ += kStep;
    return Mix(state_);
  }
  /// 0 to `end` - 1.
  std::int64_t Below(std::int64_t end) {
    return static_cast<std::int64_t>(Next() % static_cast<std::uint64_t>(end < 1 ? 1 : end));
  }
  /// Both ends are drawn too.
  std::int64_t Between(std::int64_t first, std::int64_t last) { return first + Below(last - first + 1); }
  /// Of a thousand.
  bool Chance(std::int64_t permille) { return Below(1'000) < permille; }
  /// Most often near `least`, now and then near `most`.
  std::int64_t Skewed(std::int64_t least, std::int64_t most) {
    const std::int64_t bound = Chance(100) ? most : least + (most - least) / 10;
    return Between(least, bound < least ? least : bound);
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15ULL;
  // Of seeds too: those that differ by one would draw the same, one draw later.
  static constexpr std::uint64_t Mix(std::uint64_t mixed) {
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31);
  }

  std::uint64_t state_;
};

}  // namespace plinto::polar::sim
