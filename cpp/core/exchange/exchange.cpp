#include "core/exchange/exchange.h"

#include <algorithm>
#include <optional>

namespace plinto::polar {
namespace {

// When to try again, or nothing when the attempts or the time are used up.
std::optional<Timestamp> NextTry(const ExchangeState& state, std::int64_t at_least_ms, Timestamp now, double random) {
  if (state.attempts >= state.policy.max_attempts) return std::nullopt;
  const int doublings = std::clamp(state.attempts - 1, 0, 20);
  const std::int64_t bound = std::min(state.policy.max_delay_ms, state.policy.base_delay_ms << doublings);
  // A host's random number may be anything, and what lies outside [0, 1) may not fit into an integer.
  const double fraction = random >= 0 && random < 1 ? random : 0;
  const auto jitter = static_cast<std::int64_t>(static_cast<double>(bound) * fraction);
  const Timestamp until = now.PlusMilliseconds(std::max(jitter, at_least_ms));
  if (until >= state.deadline) return std::nullopt;
  return until;
}

bool MayRepeatAfter(const HttpResponse& response, bool idempotent) {
  const bool says_when = response.headers.Find("retry-after") != nullptr;
  const bool nothing_happened = response.status == 429 || (response.status == 503 && says_when);
  const bool passing = response.status == 408 || response.status == 500 || response.status == 502 ||
                       response.status == 503 || response.status == 504;
  // Our server's answer to a repetition that overtakes the first request: its outcome can be asked for shortly.
  const bool under_way = response.status == 409 && says_when;
  return nothing_happened || (idempotent && (passing || under_way));
}

}  // namespace

ExchangeState StartExchange(HttpRequest request, const ExchangePolicy& policy, Timestamp now) {
  return {std::move(request), policy, now.PlusMilliseconds(policy.deadline_ms), 0};
}

ExchangeAction NextAttempt(ExchangeState& state, Timestamp now) {
  const std::int64_t left = state.deadline.Milliseconds() - now.Milliseconds();
  if (left <= 0) return FailedAction{TransportFault::kTimeout};
  ++state.attempts;
  return SendAction{std::min(state.policy.timeout_ms, left)};
}

ExchangeAction OnAnswer(const ExchangeState& state, HttpResponse response, Timestamp now, double random) {
  if (!response.Succeeded() && MayRepeatAfter(response, state.policy.idempotent)) {
    const std::int64_t at_least = ParseRetryAfterMs(response.headers).value_or(0);
    if (const auto until = NextTry(state, at_least, now, random)) return WaitAction{*until};
  }
  return AnsweredAction{std::move(response)};
}

ExchangeAction OnFault(const ExchangeState& state, TransportFault fault, Timestamp now, double random) {
  const bool may_repeat =
      fault == TransportFault::kConnectionRefused || (fault != TransportFault::kCanceled && state.policy.idempotent);
  if (may_repeat) {
    if (const auto until = NextTry(state, 0, now, random)) return WaitAction{*until};
  }
  return FailedAction{fault};
}

}  // namespace plinto::polar
