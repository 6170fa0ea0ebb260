// What a tenant may ask of Polar, counted: who comes first, how much one user gets, when nobody asks.
#include "server/service/upstream_budget.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

struct Counted {
  explicit Counted(std::int64_t per_minute) : budget(per_minute, log) {}

  CallTerms Terms(Priority priority, const std::string& user = "") const {
    return {now.PlusSeconds(9), priority, user};
  }
  /// One request that is answered at once. False when it may not be sent now.
  bool Send(Priority priority, const std::string& user = "") {
    Result<UpstreamBudget::Place> place = budget.Enter(Terms(priority, user));
    if (!place) return false;
    const Result<Timestamp> at = budget.Admit(*place, now);
    if (!at || now < *at) return false;
    budget.OnAnswer(*place, {.status = 200}, now);
    return true;
  }
  int SendAll(Priority priority, const std::string& user = "") {
    int sent = 0;
    while (Send(priority, user)) ++sent;
    return sent;
  }
  /// Why it is not sent.
  Error Refusal(Priority priority, const std::string& user = "") {
    Result<UpstreamBudget::Place> place = budget.Enter(Terms(priority, user));
    if (!place) return place.error();
    const Result<Timestamp> at = budget.Admit(*place, now);
    REQUIRE_FALSE(at.ok());
    return at.error();
  }
  void Fail(int times, TransportFault fault = TransportFault::kTimeout, std::int64_t timeout_ms = 9'000) {
    for (int i = 0; i < times; ++i) {
      Result<UpstreamBudget::Place> place = budget.Enter(Terms(Priority::kCheckout));
      REQUIRE(place.ok());
      REQUIRE(budget.Admit(*place, now).ok());
      budget.OnFault(*place, fault, timeout_ms, now);
    }
  }
  void Answer(HttpResponse answer) {
    Result<UpstreamBudget::Place> place = budget.Enter(Terms(Priority::kCheckout));
    REQUIRE(place.ok());
    REQUIRE(budget.Admit(*place, now).ok());
    budget.OnAnswer(*place, answer, now);
  }

  CollectedLog log;
  UpstreamBudget budget;
  Timestamp now = *ParseTimestamp("2026-11-22T06:00:00Z");
};

}  // namespace

TEST_CASE("in no minute more is sent than Polar allows, and in the long run four fifths of it") {
  Counted counted(500);
  std::vector<Timestamp> sent;
  for (int tenth = 0; tenth < 3'000; ++tenth) {
    while (counted.Send(Priority::kCheckout)) sent.push_back(counted.now);
    counted.now = counted.now.PlusMilliseconds(100);
  }

  std::size_t first = 0;
  std::size_t most = 0;
  for (std::size_t last = 0; last < sent.size(); ++last) {
    while (sent[first].PlusSeconds(60) <= sent[last]) ++first;
    most = std::max(most, last - first + 1);
  }
  CHECK(most <= 500);
  CHECK(most >= 490);
  CHECK(sent.size() >= 5 * 400);
}

TEST_CASE("what nobody waits for leaves a reserve to each higher priority, and starves nobody for good") {
  Counted counted(500);
  CHECK(counted.SendAll(Priority::kUsage) == 40);
  CHECK(counted.SendAll(Priority::kReconcile) == 15);
  CHECK(counted.SendAll(Priority::kRead) > 0);
  CHECK(counted.SendAll(Priority::kPortal) > 0);
  CHECK(counted.Send(Priority::kCheckout));

  counted.now = counted.now.PlusSeconds(60);
  CHECK(counted.Send(Priority::kUsage));
}

TEST_CASE("filling and verifying the mirror takes no more than a fifth in the long run") {
  Counted counted(500);
  int sent = 0;
  for (int second = 0; second < 600; ++second) {
    sent += counted.SendAll(Priority::kReconcile);
    counted.now = counted.now.PlusSeconds(1);
  }
  CHECK(sent >= 990);
  CHECK(sent <= 1'110);
}

TEST_CASE("one user gets at most a tenth of a minute's worth, is told when to come back, and others notice nothing") {
  Counted counted(500);
  int of_one = 0;
  for (int second = 0; second < 60; ++second) {
    of_one += counted.SendAll(Priority::kPortal, kAlice);
    CHECK(counted.Send(Priority::kCheckout, kBob + std::to_string(second)));
    counted.now = counted.now.PlusSeconds(1);
  }
  CHECK(of_one <= 50);
  counted.SendAll(Priority::kPortal, kAlice);
  const Error refusal = counted.Refusal(Priority::kCheckout, kAlice);
  CHECK(refusal.code == ErrorCode::kRateLimited);
  CHECK(refusal.retry_after_ms > 0);
  CHECK(refusal.retry_after_ms <= 60'000 / 25);
}

TEST_CASE("a small limit leaves something to everybody") {
  for (const std::int64_t limit : {1, 2, 5, 10, 60, 100}) {
    for (const Priority priority : kPriorities) {
      Counted counted(limit);
      INFO(limit);
      CHECK(counted.Send(priority, kAlice));
    }
  }
}

TEST_CASE("as many wait as there is room for, fewer of a lower priority and of one user; the rest is refused at once") {
  Counted counted(500);
  std::vector<UpstreamBudget::Place> places;
  const auto enter = [&](Priority priority, const std::string& user) {
    Result<UpstreamBudget::Place> place = counted.budget.Enter(counted.Terms(priority, user));
    if (place) places.push_back(*std::move(place));
    return place.ok();
  };
  int of_alice = 0;
  while (enter(Priority::kCheckout, kAlice)) ++of_alice;
  CHECK(of_alice == 16);
  CHECK(counted.Refusal(Priority::kCheckout, kAlice).code == ErrorCode::kRateLimited);
  while (enter(Priority::kUsage, "")) {
  }
  CHECK(places.size() == 32);
  while (enter(Priority::kCheckout, std::to_string(places.size()))) {
  }
  CHECK(places.size() == 64);
  const Error full = counted.Refusal(Priority::kCheckout, kBob);
  CHECK(full.code == ErrorCode::kUpstreamRateLimited);
  CHECK(full.retry_after_ms == 1'000);
  CHECK(counted.budget.waiting() == 64);

  places.clear();
  CHECK(counted.budget.waiting() == 0);
  CHECK(counted.Send(Priority::kUsage));
}

TEST_CASE("whoever goes without having asked gives back what they took") {
  Counted counted(100);
  counted.SendAll(Priority::kCheckout);
  const std::int64_t left = *counted.budget.TokensLeft(counted.now);
  counted.now = counted.now.PlusMilliseconds(1'000);
  for (int i = 0; i < 100; ++i) {
    Result<UpstreamBudget::Place> place = counted.budget.Enter(counted.Terms(Priority::kCheckout));
    REQUIRE(counted.budget.Admit(*place, counted.now).ok());  // a token that will be there shortly
  }
  CHECK(left == 0);
  CHECK(*counted.budget.TokensLeft(counted.now.PlusSeconds(1)) >= 1);
}

TEST_CASE("while Polar asks to be left alone nobody asks, for five minutes at most") {
  Counted counted(500);
  counted.Answer({.status = 429, .headers = {{"retry-after", "60"}}});

  for (int second = 0; second < 58; ++second) {
    CHECK_FALSE(counted.Send(Priority::kCheckout));
    CHECK_FALSE(counted.Send(Priority::kUsage));
    const Error refusal = counted.Refusal(Priority::kCheckout);
    CHECK(refusal.code == ErrorCode::kUpstreamRateLimited);
    CHECK(refusal.retry_after_ms == (60 - second) * 1'000);
    counted.now = counted.now.PlusSeconds(1);
  }
  counted.now = counted.now.PlusSeconds(2);
  CHECK(counted.Send(Priority::kCheckout));

  counted.Answer({.status = 503, .headers = {{"retry-after", "86400"}}});
  counted.now = counted.now.PlusSeconds(299);
  CHECK_FALSE(counted.Send(Priority::kCheckout));
  counted.now = counted.now.PlusSeconds(1);
  CHECK(counted.Send(Priority::kCheckout));
  CHECK(counted.log.began.empty());
}

TEST_CASE("after five failures in a row one asks at a time, less and less often, and success opens it to all") {
  Counted counted(500);
  counted.Fail(4);
  CHECK(counted.Send(Priority::kCheckout));
  counted.Fail(4);
  CHECK(counted.log.began.empty());
  counted.Fail(1);
  CHECK(counted.log.problems.contains(Problem::kPolarAway));

  for (const std::int64_t pause : {2, 4, 8, 16, 32, 60, 60}) {
    const Error refusal = counted.Refusal(Priority::kCheckout);
    CHECK(refusal.code == ErrorCode::kUpstreamFailed);
    CHECK(refusal.retry_after_ms == pause * 1'000);
    counted.now = counted.now.PlusSeconds(pause);
    Result<UpstreamBudget::Place> probe = counted.budget.Enter(counted.Terms(Priority::kPortal));
    REQUIRE(*counted.budget.Admit(*probe, counted.now) == counted.now);
    CHECK_FALSE(counted.Send(Priority::kCheckout));  // one is enough
    counted.budget.OnFault(*probe, TransportFault::kNetwork, 9'000, counted.now);
  }
  counted.now = counted.now.PlusSeconds(60);
  CHECK(counted.Send(Priority::kCheckout));
  CHECK(counted.Send(Priority::kCheckout));
  CHECK(counted.log.problems.empty());
  CHECK(counted.log.began.size() == 1);
  CHECK(counted.log.ended.size() == 1);
}

TEST_CASE("who tries whether Polar is back and goes without an answer leaves it to the next") {
  Counted counted(0);
  counted.Fail(5);
  counted.now = counted.now.PlusSeconds(2);
  {
    Result<UpstreamBudget::Place> probe = counted.budget.Enter(counted.Terms(Priority::kPortal));
    REQUIRE(counted.budget.Admit(*probe, counted.now).ok());
  }
  CHECK(counted.Send(Priority::kCheckout));
}

TEST_CASE("refusals, answers of 500 and who gave up early do not prove that Polar is away") {
  Counted counted(0);
  for (const int status : {400, 401, 403, 404, 409, 422, 429, 500}) {
    for (int i = 0; i < 10; ++i) {
      counted.Answer({.status = status});
      counted.now = counted.now.PlusSeconds(2);
    }
  }
  counted.Fail(10, TransportFault::kTimeout, 3'000);
  counted.Fail(10, TransportFault::kCanceled);
  CHECK_FALSE(counted.budget.is_open());
  for (int i = 0; i < 5; ++i) counted.Answer({.status = 502});
  CHECK(counted.budget.is_open());
}

TEST_CASE("a clock that was set back holds up nobody for longer") {
  Counted counted(500);
  counted.SendAll(Priority::kCheckout);
  counted.Answer({.status = 429, .headers = {{"retry-after", "60"}}});
  counted.now = counted.now.PlusSeconds(-86'400);
  CHECK_FALSE(counted.Send(Priority::kCheckout));  // there is no token yet
  counted.now = counted.now.PlusSeconds(1);
  CHECK(counted.Send(Priority::kCheckout));
}

TEST_CASE("without a limit there is no end to what is sent and to who waits") {
  Counted counted(0);
  std::vector<UpstreamBudget::Place> places;
  for (int i = 0; i < 5'000; ++i) {
    Result<UpstreamBudget::Place> place = counted.budget.Enter(counted.Terms(Priority::kUsage, kAlice));
    REQUIRE(place.ok());
    REQUIRE(*counted.budget.Admit(*place, counted.now) == counted.now);
    places.push_back(*std::move(place));
  }
  CHECK_FALSE(counted.budget.TokensLeft(counted.now).has_value());
}
