#include "server/service/polar_call.h"

#include <algorithm>
#include <optional>

#include "server/service/polar_clock.h"
#include "server/service/refusal_line.h"
#include "server/service/upstream_budget.h"

namespace plinto::polar::server {
namespace {

// What nobody waits for has a deadline that is far; an attempt of it has not.
constexpr std::int64_t kLongestAttemptMs = 30'000;

// That something is not there is an answer to a question.
bool IsRefusal(const HttpRequest& request, const HttpResponse& response) {
  return !response.Succeeded() && !(request.method == "GET" && response.status == 404);
}

/// Waits for the turn of the next attempt; nothing once it may be made. A stop of the process ends it early.
Task<std::optional<CallOutcome>> AwaitTurn(Host& host, UpstreamBudget& budget, UpstreamBudget::Place& place) {
  for (;;) {
    const Timestamp now = host.clock.Now();
    const Result<Timestamp> at = budget.Admit(place, now);
    if (!at) co_return at.error();
    if (*at <= now) co_return std::nullopt;
    co_await host.clock.SleepUntil(*at);
    if (host.clock.Now() < *at) co_return TransportFault::kCanceled;
  }
}

ExchangeState Start(HttpRequest request, bool idempotent, Timestamp deadline, Timestamp now) {
  ExchangePolicy policy;
  policy.idempotent = idempotent;
  policy.deadline_ms = deadline.Milliseconds() - now.Milliseconds();
  policy.timeout_ms = std::min(policy.deadline_ms, kLongestAttemptMs);
  policy.max_attempts = 3;
  return StartExchange(std::move(request), policy, now);
}

}  // namespace

Task<CallOutcome> CallPolar(Host& host, HttpRequest request, bool idempotent, CallTerms terms, Timestamp* as_of) {
  return CallUpstream(host, {host.budget, "Polar", ErrorFromPolar}, std::move(request), idempotent, std::move(terms),
                      as_of);
}

Task<CallOutcome> CallUpstream(Host& host, CallTarget target, HttpRequest request, bool idempotent, CallTerms terms,
                               Timestamp* as_of) {
  UpstreamBudget* const budget = target.budget;
  std::optional<UpstreamBudget::Place> place;
  if (budget != nullptr) {
    Result<UpstreamBudget::Place> entered = budget->Enter(terms);
    if (!entered) co_return std::move(entered).error();
    place.emplace(*std::move(entered));
  }
  ExchangeState state = Start(std::move(request), idempotent, terms.deadline, host.clock.Now());
  ExchangeAction action = NextAttempt(state, host.clock.Now());
  for (;;) {
    if (const auto* send = std::get_if<SendAction>(&action)) {
      if (place) {
        std::optional<CallOutcome> refused = co_await AwaitTurn(host, *budget, *place);
        if (refused) co_return *std::move(refused);
      }
      const Timestamp sent_at = host.clock.Now();
      // It may have waited for its turn.
      const std::int64_t left = std::max<std::int64_t>(1, state.deadline.Milliseconds() - sent_at.Milliseconds());
      const std::int64_t timeout_ms = std::min(send->timeout_ms, left);
      HttpOutcome outcome = co_await host.polar.Send(state.request, std::chrono::milliseconds(timeout_ms));
      const Timestamp now = host.clock.Now();
      // A clock that was set back meanwhile makes nobody wait longer.
      if (now < sent_at)
        state.deadline = Timestamp{state.deadline.microseconds + now.microseconds - sent_at.microseconds};
      const double random = host.random.Fraction();
      if (auto* response = std::get_if<HttpResponse>(&outcome)) {
        const Timestamp asked_at = AskedAt(*response, sent_at, now);
        if (as_of != nullptr) *as_of = asked_at;
        if (place) budget->clock_watch().Compare(asked_at, sent_at);
        if (place) budget->OnAnswer(*place, *response, now);
        const bool is_last = !response->Succeeded() && place && budget->IsHeldTooLong(*place, now);
        action = is_last ? AnsweredAction{std::move(*response)} : OnAnswer(state, std::move(*response), now, random);
      } else {
        const TransportFault fault = *std::get_if<TransportFault>(&outcome);
        if (place) budget->OnFault(*place, fault, timeout_ms, now);
        const bool is_last = place && budget->IsHeldTooLong(*place, now);
        action = is_last ? FailedAction{fault} : OnFault(state, fault, now, random);
      }
    } else if (const auto* wait = std::get_if<WaitAction>(&action)) {
      co_await host.clock.SleepUntil(wait->until);
      action = NextAttempt(state, host.clock.Now());
    } else if (auto* answered = std::get_if<AnsweredAction>(&action)) {
      if (IsRefusal(state.request, answered->response)) {
        host.log.Warn(
            RefusalLine(target.name, target.read_refusal(answered->response), state.request, answered->response));
      }
      co_return std::move(answered->response);
    } else {
      co_return std::get_if<FailedAction>(&action)->fault;
    }
  }
}

}  // namespace plinto::polar::server
