// How often somebody may ask: so many at once, and then at an even pace.
//
// One bucket per name, filled continuously. Memory is bounded: beyond the capacity, whoever asked longest ago is
// forgotten and starts afresh. Not thread-safe.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/foundation/timestamp.h"

namespace plinto::polar::server {

class RateLimiter {
 public:
  /// A minute's worth of requests may come at once. 0 a minute is no limit.
  explicit RateLimiter(std::int64_t per_minute, std::size_t capacity = 10'000)
      : RateLimiter(per_minute, per_minute, capacity) {}
  /// A second's worth may come at once.
  [[nodiscard]] static RateLimiter WithinASecond(std::int64_t per_minute) {
    return {per_minute, per_minute / 60, 10'000};
  }

  /// Takes one request of `who`. Returns nothing when they may ask now, else after how many milliseconds they may;
  /// nothing is taken then.
  [[nodiscard]] std::optional<std::int64_t> Take(const std::string& who, Timestamp now);
  /// Takes one request of `who` in any case. Returns after how many milliseconds it is its turn: 0 is now.
  [[nodiscard]] std::int64_t Reserve(const std::string& who, Timestamp now);
  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  struct Bucket {
    std::string who;
    double left = 0;
    Timestamp as_of;
  };

  RateLimiter(std::int64_t per_minute, std::int64_t at_once, std::size_t capacity)
      : per_minute_(per_minute), at_once_(at_once), capacity_(capacity) {}

  [[nodiscard]] double PerMs() const { return static_cast<double>(per_minute_) / 60'000; }
  /// The bucket of `who` as it is now.
  Bucket& Filled(const std::string& who, Timestamp now);
  /// How long it takes until a whole request is left in it.
  [[nodiscard]] std::int64_t WaitOf(const Bucket& bucket) const;

  std::int64_t per_minute_;
  std::int64_t at_once_;
  std::size_t capacity_;
  std::list<Bucket> by_use_;  ///< who asked last comes last
  std::unordered_map<std::string, std::list<Bucket>::iterator> index_;
};

}  // namespace plinto::polar::server
