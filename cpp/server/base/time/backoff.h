// How long to wait before the next try of what has failed: the same rule for every queue of the server.
#pragma once

#include <algorithm>
#include <cstdint>

namespace plinto::polar::server {

/// `first` after the first failure, doubled by each one that came before, at most `most`; in whatever unit both are.
[[nodiscard]] constexpr std::int64_t Backoff(std::int64_t first, int earlier_failures, std::int64_t most) {
  return std::min(first << std::clamp(earlier_failures, 0, 30), most);
}
static_assert(Backoff(1, 0, 300) == 1 && Backoff(1, 3, 300) == 8 && Backoff(1, 40, 300) == 300);

}  // namespace plinto::polar::server
