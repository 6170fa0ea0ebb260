#include "server/base/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace plinto::polar::server {

std::optional<std::int64_t> RateLimiter::Take(const std::string& who, Timestamp now) {
  if (per_minute_ == 0) return std::nullopt;
  Bucket& bucket = Filled(who, now);
  if (bucket.left < 1) return WaitOf(bucket);
  bucket.left -= 1;
  return std::nullopt;
}

std::int64_t RateLimiter::Reserve(const std::string& who, Timestamp now) {
  if (per_minute_ == 0) return 0;
  Bucket& bucket = Filled(who, now);
  const std::int64_t wait = bucket.left < 1 ? WaitOf(bucket) : 0;
  bucket.left -= 1;
  return wait;
}

RateLimiter::Bucket& RateLimiter::Filled(const std::string& who, Timestamp now) {
  const auto full = static_cast<double>(at_once_);
  const auto found = index_.find(who);
  if (found == index_.end()) {
    if (index_.size() >= capacity_) {
      index_.erase(by_use_.front().who);
      by_use_.pop_front();
    }
    by_use_.push_back({who, full, now});
    index_.emplace(who, std::prev(by_use_.end()));
    return by_use_.back();
  }
  Bucket& bucket = *found->second;
  by_use_.splice(by_use_.end(), by_use_, found->second);
  // A clock that was set back fills nothing.
  const std::int64_t passed = std::max<std::int64_t>(0, now.Milliseconds() - bucket.as_of.Milliseconds());
  bucket.left = std::min(full, bucket.left + static_cast<double>(passed) * PerMs());
  bucket.as_of = now;
  return bucket;
}

std::int64_t RateLimiter::WaitOf(const Bucket& bucket) const {
  return static_cast<std::int64_t>(std::ceil((1 - bucket.left) / PerMs()));
}

}  // namespace plinto::polar::server
