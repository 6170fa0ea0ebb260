// Polar's rate limits: 500 requests a minute in production, 100 in its sandbox, fewer for confirming checkouts.
//
// Off by default: a test may run a year in a second. The limiter counts by the emulated clock, per subject, in windows
// that begin with the first request, as the library that Polar uses does. A refusal is 429 with Retry-After and no
// body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/foundation/http.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

enum class RateLimit : std::uint8_t { kOff, kSandbox, kProduction };
/// `off`, `sandbox` or `production`; nothing for other words.
[[nodiscard]] std::optional<RateLimit> RateLimitFromText(std::string_view text);
[[nodiscard]] std::string_view ToText(RateLimit limit);

class RateLimiter {
 public:
  /// Counts a request of `subject` (an organization, a customer or nobody) on `path`; the refusal when it is too many.
  [[nodiscard]] std::optional<HttpResponse> Refuse(RateLimit limit, std::string_view subject, std::string_view path,
                                                   Timestamp now);

 private:
  struct Window {
    std::int64_t count = 0;
    Timestamp ends_at = {};
  };
  // The seconds to wait; 0 when the request is admitted.
  std::int64_t Count(const std::string& key, std::int64_t most, std::int64_t seconds, Timestamp now);

  std::unordered_map<std::string, Window> windows_;
  std::unordered_map<std::string, Timestamp> blocked_until_;
};

}  // namespace plinto::polar::emulator
