#include "emulator/api/rate_limit.h"

#include <algorithm>

namespace plinto::polar::emulator {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kProductionPerMinute = 500;
constexpr std::int64_t kSandboxPerMinute = 100;
constexpr std::int64_t kConfirmsPerMinute = 6;
constexpr std::int64_t kConfirmsPerHour = 20;
constexpr std::int64_t kConfirmBlockSeconds = 30 * kMinute;

HttpResponse TooMany(std::int64_t seconds) { return {429, {{"retry-after", std::to_string(seconds)}}, {}}; }

std::int64_t SecondsUntil(Timestamp now, Timestamp then) {
  return std::max<std::int64_t>(1, (then.microseconds - now.microseconds + 999'999) / 1'000'000);
}

bool IsConfirm(std::string_view path) {
  return path.starts_with("/v1/checkouts/client/") && path.ends_with("/confirm");
}

}  // namespace

std::optional<RateLimit> RateLimitFromText(std::string_view text) {
  for (const RateLimit limit : {RateLimit::kOff, RateLimit::kSandbox, RateLimit::kProduction}) {
    if (ToText(limit) == text) return limit;
  }
  return std::nullopt;
}

std::string_view ToText(RateLimit limit) {
  switch (limit) {
    case RateLimit::kOff:
      return "off";
    case RateLimit::kSandbox:
      return "sandbox";
    case RateLimit::kProduction:
      return "production";
  }
  return "off";
}

std::int64_t RateLimiter::Count(const std::string& key, std::int64_t most, std::int64_t seconds, Timestamp now) {
  Window& window = windows_[key];
  if (window.ends_at <= now) window = {0, now.PlusSeconds(seconds)};
  if (window.count >= most) return SecondsUntil(now, window.ends_at);
  ++window.count;
  return 0;
}

std::optional<HttpResponse> RateLimiter::Refuse(RateLimit limit, std::string_view subject, std::string_view path,
                                                Timestamp now) {
  if (limit == RateLimit::kOff) return std::nullopt;
  const std::string who(subject);
  if (!IsConfirm(path)) {
    const std::int64_t most = limit == RateLimit::kProduction ? kProductionPerMinute : kSandboxPerMinute;
    const std::int64_t wait = Count("api:" + who, most, kMinute, now);
    return wait == 0 ? std::nullopt : std::optional(TooMany(wait));
  }
  // Confirming has its own limits; once they are exceeded it is blocked for half an hour.
  Timestamp& until = blocked_until_[who];
  if (until > now) return TooMany(SecondsUntil(now, until));
  if (Count("confirm-minute:" + who, kConfirmsPerMinute, kMinute, now) == 0 &&
      Count("confirm-hour:" + who, kConfirmsPerHour, kHour, now) == 0) {
    return std::nullopt;
  }
  until = now.PlusSeconds(kConfirmBlockSeconds);
  return TooMany(kConfirmBlockSeconds);
}

}  // namespace plinto::polar::emulator
