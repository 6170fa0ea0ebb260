// Retries: what is repeated, when, and when it ends.
#include "catch.h"

#include "core/exchange/exchange.h"

using namespace plinto::polar;

namespace {

const Timestamp kStart = Timestamp::FromSeconds(1'750'000'000);

ExchangeState Started(bool idempotent) {
  ExchangePolicy policy{.idempotent = idempotent};
  ExchangeState state = StartExchange({.method = "POST", .url = "https://example.com"}, policy, kStart);
  const ExchangeAction first = NextAttempt(state, kStart);
  REQUIRE(std::holds_alternative<SendAction>(first));
  return state;
}

HttpResponse Answer(int status, HttpHeaders headers = {}) { return {.status = status, .headers = std::move(headers)}; }

bool Waits(const ExchangeAction& action) { return std::holds_alternative<WaitAction>(action); }

}  // namespace

TEST_CASE("a request that may have been carried out is repeated only if it is idempotent") {
  for (const int status : {500, 502, 503, 504, 408}) {
    CHECK(Waits(OnAnswer(Started(true), Answer(status), kStart, 0.5)));
    CHECK_FALSE(Waits(OnAnswer(Started(false), Answer(status), kStart, 0.5)));
  }
  for (const auto fault : {TransportFault::kNetwork, TransportFault::kTimeout}) {
    CHECK(Waits(OnFault(Started(true), fault, kStart, 0.5)));
    CHECK_FALSE(Waits(OnFault(Started(false), fault, kStart, 0.5)));
  }
}

TEST_CASE("what proves that nothing happened is repeated in any case") {
  CHECK(Waits(OnAnswer(Started(false), Answer(429), kStart, 0.5)));
  CHECK(Waits(OnAnswer(Started(false), Answer(503, {{"Retry-After", "1"}}), kStart, 0.5)));
  CHECK(Waits(OnFault(Started(false), TransportFault::kConnectionRefused, kStart, 0.5)));
}

TEST_CASE("a request that is still under way is asked for again, if that is safe") {
  CHECK(Waits(OnAnswer(Started(true), Answer(409, {{"Retry-After", "1"}}), kStart, 0.5)));
  CHECK_FALSE(Waits(OnAnswer(Started(false), Answer(409, {{"Retry-After", "1"}}), kStart, 0.5)));
}

TEST_CASE("a refusal is never repeated, nor what the caller canceled") {
  for (const int status : {400, 401, 403, 404, 409, 413, 422, 501}) {
    CHECK(std::holds_alternative<AnsweredAction>(OnAnswer(Started(true), Answer(status), kStart, 0.5)));
  }
  CHECK_FALSE(Waits(OnFault(Started(true), TransportFault::kCanceled, kStart, 0.5)));
}

TEST_CASE("delays are full jitter that doubles, at least Retry-After") {
  ExchangeState state = Started(true);
  CHECK(std::get<WaitAction>(OnAnswer(state, Answer(500), kStart, 0.5)).until == kStart.PlusMilliseconds(125));
  CHECK(std::get<WaitAction>(OnAnswer(state, Answer(500), kStart, 0.0)).until == kStart);
  CHECK(std::get<WaitAction>(OnAnswer(state, Answer(429, {{"retry-after", "2"}}), kStart, 0.9)).until ==
        kStart.PlusSeconds(2));

  static_cast<void>(NextAttempt(state, kStart));
  CHECK(std::get<WaitAction>(OnAnswer(state, Answer(500), kStart, 0.5)).until == kStart.PlusMilliseconds(250));
}

TEST_CASE("attempts and time are bounded") {
  ExchangeState state = Started(true);
  static_cast<void>(NextAttempt(state, kStart));
  static_cast<void>(NextAttempt(state, kStart));
  CHECK(Waits(OnAnswer(state, Answer(500), kStart, 0.5)));
  static_cast<void>(NextAttempt(state, kStart));
  CHECK_FALSE(Waits(OnAnswer(state, Answer(500), kStart, 0.5)));

  CHECK_FALSE(Waits(OnAnswer(Started(true), Answer(429, {{"retry-after", "31"}}), kStart, 0.5)));
  CHECK_FALSE(Waits(OnAnswer(Started(true), Answer(500), kStart.PlusSeconds(30), 0.5)));
  ExchangeState late = Started(true);
  CHECK(std::holds_alternative<FailedAction>(NextAttempt(late, kStart.PlusSeconds(30))));
}

TEST_CASE("an attempt never outlasts the deadline") {
  ExchangeState state = Started(true);
  const ExchangeAction last = NextAttempt(state, kStart.PlusSeconds(27));

  REQUIRE(std::holds_alternative<SendAction>(last));
  CHECK(std::get<SendAction>(last).timeout_ms == 3'000);
}
