#include "server/service/polar_call.h"

#include "server/service/polar_clock.h"
#include "server/service/refusal_line.h"

namespace plinto::polar::server {
namespace {

// That something is not there is an answer to a question.
bool IsRefusal(const HttpRequest& request, const HttpResponse& response) {
  return !response.Succeeded() && !(request.method == "GET" && response.status == 404);
}

}  // namespace

Task<CallOutcome> CallPolar(Host& host, HttpRequest request, bool idempotent, Timestamp deadline, Timestamp* as_of) {
  const Timestamp start = host.clock.Now();
  ExchangePolicy policy;
  policy.idempotent = idempotent;
  policy.deadline_ms = deadline.Milliseconds() - start.Milliseconds();
  policy.timeout_ms = policy.deadline_ms;
  policy.max_attempts = 3;
  ExchangeState state = StartExchange(std::move(request), policy, start);
  ExchangeAction action = NextAttempt(state, start);
  for (;;) {
    if (const auto* send = std::get_if<SendAction>(&action)) {
      const Timestamp sent_at = host.clock.Now();
      HttpOutcome outcome = co_await host.polar.Send(state.request, std::chrono::milliseconds(send->timeout_ms));
      const Timestamp now = host.clock.Now();
      const double random = host.random.Fraction();
      if (auto* response = std::get_if<HttpResponse>(&outcome)) {
        if (as_of != nullptr) *as_of = AskedAt(*response, sent_at, now);
        action = OnAnswer(state, std::move(*response), now, random);
      } else {
        action = OnFault(state, *std::get_if<TransportFault>(&outcome), now, random);
      }
    } else if (const auto* wait = std::get_if<WaitAction>(&action)) {
      co_await host.clock.SleepUntil(wait->until);
      action = NextAttempt(state, host.clock.Now());
    } else if (auto* answered = std::get_if<AnsweredAction>(&action)) {
      if (IsRefusal(state.request, answered->response)) {
        host.log.Warn(RefusalLine(state.request, answered->response));
      }
      co_return std::move(answered->response);
    } else {
      co_return std::get_if<FailedAction>(&action)->fault;
    }
  }
}

}  // namespace plinto::polar::server
