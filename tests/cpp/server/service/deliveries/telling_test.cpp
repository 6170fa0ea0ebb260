// How the application is told: signed by each secret, side by side, by one server at a time, again when it is asked to.
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>

#include "core/webhook/signature.h"
#include "server/service/deliveries/notifications.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const std::string kOldSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string kNewSecret = "whsec_8AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Lets everything else that can go on do so.
Task<void> LetOthers() {
  const auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, boost::asio::use_awaitable);
}

Task<bool> Stopped(Notifications& server) {
  co_await server.Stop();
  co_return true;
}

/// Keeps what it is told; answers 200 unless it is told otherwise.
class Listening final : public HttpClient {
 public:
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds) override {
    const Json body = *ParseJson(request.body);
    const std::string type = *FindString(body, "type");
    begun.push_back(type);
    most_at_once = std::max(most_at_once, ++at_once);
    if (meanwhile) co_await meanwhile(type);
    --at_once;
    HttpOutcome outcome = HttpResponse{.status = 200};
    if (!outcomes.empty()) {
      outcome = outcomes.front();
      outcomes.pop_front();
    }
    const auto* answer = std::get_if<HttpResponse>(&outcome);
    if (answer != nullptr && answer->Succeeded()) {
      told.push_back(type);
      requests.push_back(std::move(request));
    }
    co_return outcome;
  }
  std::int64_t SequenceOf(std::size_t index) const {
    return *FindInteger(*FindMember(*ParseJson(requests.at(index).body), "data"), "sequence");
  }

  std::function<Task<void>(std::string)> meanwhile;
  std::deque<HttpOutcome> outcomes;
  std::vector<std::string> begun;
  std::vector<std::string> told;
  std::vector<HttpRequest> requests;
  int at_once = 0;
  int most_at_once = 0;
};

/// The clock of a machine, or of a process on it that may be stopped: right after it has claimed something.
class StoppableClock final : public Clock {
 public:
  explicit StoppableClock(SimulatedClock& clock) : clock_(clock) {}
  Timestamp Now() const override {
    if (is_claiming && stopped) std::exchange(stopped, nullptr)();
    return clock_.Now();
  }
  Task<void> SleepUntil(Timestamp at) override { co_await clock_.SleepUntil(at); }
  mutable std::function<void()> stopped;
  bool is_claiming = false;

 private:
  SimulatedClock& clock_;
};

/// Asked for the id of each claim.
class ClaimingRandom final : public Random {
 public:
  explicit ClaimingRandom(StoppableClock& clock) : clock_(clock) {}
  std::string Entropy() override {
    clock_.is_claiming = true;
    const std::string count = std::to_string(++count_);
    return std::string(32 - count.size(), 'b') + count;
  }
  double Fraction() override { return 0.5; }

 private:
  StoppableClock& clock_;
  int count_ = 0;
};

struct Telling {
  /// A change of a customer; its type names it.
  void Change(const std::string& customer, const std::string& type) {
    const Timestamp now = simulation.clock.Now();
    Facts facts;
    facts.customers.push_back({customer, "", "", false, now});
    REQUIRE(simulation.Await(simulation.store->ApplyFacts(std::move(facts), now)).ok());
    AccessCheck check = simulation.Await(store->DueChecks(now, 1))->front();
    Notification one;
    one.id = "id of " + type;
    one.polar_customer_id = customer;
    one.type = type;
    one.data = "{}";
    REQUIRE(simulation.Await(store->FinishCheck(std::move(check), "told of " + type, one, std::nullopt, now)).ok());
  }
  Host HostWith(Clock& clock, Random& random) {
    return {clock, random, *simulation.store, application, simulation.plinto, simulation.tokens, simulation.log};
  }
  std::unique_ptr<Notifications> NewServer() { return NewServer(HostWith(simulation.clock, simulation.random)); }
  std::unique_ptr<Notifications> NewServer(const Host& host) {
    std::vector<WebhookSecret> secrets = *ParseWebhookSecrets(kNewSecret + "," + kOldSecret);
    return std::make_unique<Notifications>(host, Settings{}, *store,
                                           NotificationSettings{"https://app.example", std::move(secrets)});
  }
  std::vector<LoggedAttempt> Log() { return *simulation.Await(store->ListAttempts(std::nullopt, 100, 0)); }
  void Work(Notifications& one) { static_cast<void>(simulation.Await(one.Work())); }

  Simulation simulation;
  Listening application;
  std::unique_ptr<NotificationStore> store = simulation.database->NotificationsOf(kDefaultTenant);
  std::unique_ptr<Notifications> server = NewServer();
};

}  // namespace

TEST_CASE("while the secret is rotated each of the two signs, and either verifies") {
  Telling telling;
  telling.Change("a", "t");
  telling.Work(*telling.server);

  REQUIRE(telling.application.requests.size() == 1);
  const HttpRequest& request = telling.application.requests.front();
  const std::string signatures = *request.headers.Find("webhook-signature");
  CHECK(std::count(signatures.begin(), signatures.end(), ' ') == 1);
  for (const std::string& secret : {kNewSecret, kOldSecret}) {
    const std::vector<WebhookSecret> secrets = *ParseWebhookSecrets(secret);
    const auto verified = VerifyWebhook(secrets, request.headers, request.body, telling.simulation.clock.Now());
    REQUIRE(verified.ok());
    CHECK(verified->id == "id of t");
  }
}

TEST_CASE("what is told again has the same id and sequence, and a later change a higher one") {
  Telling telling;
  telling.Change("a", "first");
  telling.Change("a", "second");
  telling.Work(*telling.server);
  REQUIRE(telling.application.told == std::vector<std::string>{"first", "second"});
  CHECK(telling.application.SequenceOf(0) < telling.application.SequenceOf(1));

  const Timestamp now = telling.simulation.clock.Now();
  REQUIRE(*telling.simulation.Await(telling.store->Replay(std::nullopt, now, now)) == 2);
  telling.Work(*telling.server);

  REQUIRE(telling.application.told == std::vector<std::string>{"first", "second", "first", "second"});
  for (const std::size_t i : {0, 1}) {
    CHECK(telling.application.SequenceOf(i) == telling.application.SequenceOf(i + 2));
    CHECK(*telling.application.requests[i].headers.Find("webhook-id") ==
          *telling.application.requests[i + 2].headers.Find("webhook-id"));
  }
}

TEST_CASE("one slow answer holds up nobody else, also who comes later; eight are told at the same time") {
  Telling telling;
  telling.Change("slow", "slow");
  for (int i = 0; i < 20; ++i) telling.Change("c" + std::to_string(i), "t" + std::to_string(i));
  bool is_late_there = false;
  telling.application.meanwhile = [&](std::string type) -> Task<void> {
    // Until all others are told, if ever.
    for (int i = 0; type == "slow" && i < 10'000 && telling.application.told.size() < 21; ++i) {
      if (telling.application.told.size() == 20 && !std::exchange(is_late_there, true)) {
        telling.Change("late", "late");
        static_cast<void>(co_await telling.server->Work());
      }
      co_await LetOthers();
    }
    for (int i = 0; i < 20; ++i) co_await LetOthers();
  };

  telling.Work(*telling.server);

  REQUIRE(telling.application.told.size() == 22);
  CHECK(telling.application.begun.front() == "slow");
  CHECK(telling.application.told.back() == "slow");
  CHECK(telling.application.most_at_once == 8);
}

TEST_CASE("a stop gives back what is in hand: it counts as no try, and the next server sends it at once") {
  Telling telling;
  telling.Change("a", "t");
  telling.application.outcomes = {TransportFault::kCanceled};
  telling.Work(*telling.server);
  CHECK(telling.simulation.Await(Stopped(*telling.server)));
  telling.Work(*telling.server);
  CHECK(telling.application.begun.size() == 1);
  CHECK(telling.Log().empty());

  telling.Work(*telling.NewServer());
  CHECK(telling.application.told == std::vector<std::string>{"t"});
}

TEST_CASE("a server that is stopped between its claim and its request sends nothing that another has sent") {
  Telling telling;
  StoppableClock clock(telling.simulation.clock);
  ClaimingRandom random(clock);
  const auto stopped = telling.NewServer(telling.HostWith(clock, random));
  telling.Change("a", "granted");
  telling.Change("a", "revoked");
  clock.stopped = [&] {
    telling.simulation.clock.Advance(kClaimSeconds + 1);
    telling.Work(*telling.server);
    REQUIRE(telling.application.told == std::vector<std::string>{"granted", "revoked"});
  };

  telling.Work(*stopped);

  CHECK(telling.application.begun == std::vector<std::string>{"granted", "revoked"});
}

TEST_CASE("a server that is stopped within its request marks nothing when it comes back") {
  Telling telling;
  const auto other = telling.NewServer();
  telling.Change("a", "granted");
  telling.Change("a", "revoked");
  bool was_stopped = false;
  telling.application.meanwhile = [&](std::string) -> Task<void> {
    if (std::exchange(was_stopped, true)) co_return;
    telling.simulation.clock.Advance(kClaimSeconds + 1);
    telling.Work(*other);
  };

  telling.Work(*telling.server);
  telling.Work(*telling.server);

  CHECK(telling.application.begun == std::vector<std::string>{"granted", "granted", "revoked"});
  const std::vector<LoggedAttempt> log = telling.Log();
  REQUIRE(log.size() == 3);
  CHECK(log[0].outcome == "overtaken");
  CHECK(log[1].outcome == "delivered");
  CHECK(log[2].outcome == "delivered");
}

TEST_CASE("the log of tries has the status or the fault in words, and how long it took") {
  Telling telling;
  telling.Change("a", "t");
  telling.application.outcomes = {TransportFault::kTimeout, TransportFault::kConnectionRefused,
                                  HttpResponse{.status = 404}, HttpResponse{.status = 204}};
  telling.application.meanwhile = [&](std::string) -> Task<void> {
    telling.simulation.clock.Advance(3);
    co_return;
  };
  for (int i = 0; i < 4; ++i) {
    telling.Work(*telling.server);
    telling.simulation.clock.Advance(60);
  }

  const std::vector<LoggedAttempt> log = telling.Log();
  REQUIRE(log.size() == 4);
  CHECK(log[3].attempt.fault == "The application did not answer within 10 seconds.");
  CHECK_FALSE(log[3].attempt.status.has_value());
  CHECK(log[3].attempt.took_ms == 3'000);
  CHECK(log[2].attempt.fault == "The application could not be reached.");
  CHECK(log[1].attempt.fault == "The application answered 404.");
  CHECK(log[1].attempt.status == 404);
  CHECK(log[1].outcome == "failed");
  CHECK(log[0].outcome == "delivered");
  CHECK(log[0].attempt.status == 204);
  CHECK(log[0].attempt.fault.empty());
  CHECK(log[0].type == "t");
}
