// One remote request and its retries, as a state machine: what to send, when to send it again, when to give up.
//
// Pure: it is told the time and a random number, and never waits or sends itself. The driving loop: at a
// SendAction send and report the answer or the fault, at a WaitAction wait and report the timer, else stop.
// Only what is safe is repeated: idempotent requests, and requests whose answer proves that nothing happened (429, 503
// with Retry-After, connection refused). An idempotent request that is still under way elsewhere (409 with Retry-After)
// is asked for again. Delays are full jitter, at least Retry-After, within a total deadline.
#pragma once

#include <variant>

#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar {

struct ExchangePolicy {
  bool idempotent = false;  ///< Repeating it does no harm even if the first one arrived.
  int max_attempts = 4;
  std::int64_t timeout_ms = 10'000;   ///< of one attempt
  std::int64_t deadline_ms = 30'000;  ///< of all attempts and delays together
  std::int64_t base_delay_ms = 250;   ///< upper bound of the first delay; it doubles with each attempt
  std::int64_t max_delay_ms = 8'000;
};

/// The whole state, a plain value: it can be stored, printed and handed over a boundary.
struct ExchangeState {
  HttpRequest request;
  ExchangePolicy policy;
  Timestamp deadline;
  int attempts = 0;
};

struct SendAction {
  std::int64_t timeout_ms = 0;  ///< `state.request` is to be sent
};
struct WaitAction {
  Timestamp until;
};
struct AnsweredAction {
  HttpResponse response;  ///< a success, or a refusal that is not to be repeated
};
struct FailedAction {
  TransportFault fault;  ///< there never was an answer
};
using ExchangeAction = std::variant<SendAction, WaitAction, AnsweredAction, FailedAction>;

[[nodiscard]] ExchangeState StartExchange(HttpRequest request, const ExchangePolicy& policy, Timestamp now);
/// The next attempt: at the start, and when the time of a WaitAction has come.
[[nodiscard]] ExchangeAction NextAttempt(ExchangeState& state, Timestamp now);
/// `random` is uniform in [0, 1).
[[nodiscard]] ExchangeAction OnAnswer(const ExchangeState& state, HttpResponse response, Timestamp now, double random);
[[nodiscard]] ExchangeAction OnFault(const ExchangeState& state, TransportFault fault, Timestamp now, double random);

}  // namespace plinto::polar
