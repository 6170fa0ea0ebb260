// How often somebody may ask: a minute's worth of requests at once, and then at an even pace.
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
  /// 0 requests a minute is no limit.
  explicit RateLimiter(std::int64_t per_minute, std::size_t capacity = 10'000)
      : per_minute_(per_minute), capacity_(capacity) {}

  /// Takes one request of `who`. Returns nothing when they may ask now, else after how many milliseconds they may;
  /// nothing is taken then.
  [[nodiscard]] std::optional<std::int64_t> Take(const std::string& who, Timestamp now);
  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  struct Bucket {
    std::string who;
    double left = 0;
    Timestamp as_of;
  };

  std::int64_t per_minute_;
  std::size_t capacity_;
  std::list<Bucket> by_use_;  ///< who asked last comes last
  std::unordered_map<std::string, std::list<Bucket>::iterator> index_;
};

}  // namespace plinto::polar::server
