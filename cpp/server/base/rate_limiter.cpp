#include "server/base/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace plinto::polar::server {

std::optional<std::int64_t> RateLimiter::Take(const std::string& who, Timestamp now) {
  if (per_minute_ == 0) return std::nullopt;
  const auto full = static_cast<double>(per_minute_);
  const double per_ms = full / 60'000;
  const auto found = index_.find(who);
  if (found == index_.end()) {
    if (index_.size() >= capacity_) {
      index_.erase(by_use_.front().who);
      by_use_.pop_front();
    }
    by_use_.push_back({who, full - 1, now});
    index_.emplace(who, std::prev(by_use_.end()));
    return std::nullopt;
  }
  Bucket& bucket = *found->second;
  by_use_.splice(by_use_.end(), by_use_, found->second);
  // A clock that was set back fills nothing.
  const std::int64_t passed = std::max<std::int64_t>(0, now.Milliseconds() - bucket.as_of.Milliseconds());
  bucket.left = std::min(full, bucket.left + static_cast<double>(passed) * per_ms);
  bucket.as_of = now;
  if (bucket.left < 1) return static_cast<std::int64_t>(std::ceil((1 - bucket.left) / per_ms));
  bucket.left -= 1;
  return std::nullopt;
}

}  // namespace plinto::polar::server
