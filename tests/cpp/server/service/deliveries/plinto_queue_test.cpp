// What waits for Polar holds up nothing that does not: Plinto's events have a queue of their own, and are marked one by
// one. A stop ends each queue after what it has in hand, and gives back the rest.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "breakable_database.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

namespace asio = boost::asio;

/// A Polar that is silent to some, until they are let go.
struct Silence {
  /// Requests with this in them wait.
  void Begin(Simulation& simulation, std::string part) {
    simulation.polar.meanwhile = [this, part = std::move(part)](std::string request) -> Task<void> {
      if (!is_on || request.find(part) == std::string::npos) co_return;
      ++waiting;
      most = std::max(most, waiting);
      boost::system::error_code ignored;
      co_await over.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      --waiting;
    };
  }
  void End() {
    is_on = false;
    over.cancel();
    Settle();
  }
  /// Starts it; it goes on beside all else.
  template <class T>
  void Start(Task<T> task) {
    asio::co_spawn(loop, std::move(task), asio::detached);
    Settle();
  }
  /// Lets everybody go on who does not wait.
  void Settle() {
    loop.restart();
    while (loop.poll() > 0) loop.restart();
  }

  asio::io_context loop;
  asio::steady_timer over{loop, asio::steady_timer::time_point::max()};
  bool is_on = true;
  int waiting = 0;
  int most = 0;
};

std::string UserId(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

int SignUp(Simulation& simulation, int number) {
  const std::string data = R"({"id":")" + UserId(number) + R"(","email":"u)" + std::to_string(number) +
                           R"(@x.test","email_verified":true,"display_name":"U"})";
  return simulation.TellOfPlinto("signup-" + std::to_string(number), "user.created", data, "2026-11-22T06:00:00Z")
      .status;
}

bool IsCustomer(Simulation& simulation, int number) {
  return simulation.Await(simulation.store->FindCustomer({Subject::Kind::kUser, UserId(number)}))->has_value();
}

bool IsAllowed(Simulation& simulation) {
  return FindBool(simulation.BodyOf(simulation.Request("GET", "/access", kAlice)), "allowed").value_or(false);
}

constexpr const char* kCreate = "POST /v1/customers/";

}  // namespace

TEST_CASE("a paid plan behind five sign-ups opens access at once while Polar is silent to them") {
  Simulation simulation;
  Silence silence;
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
  std::vector<HttpRequest> paid = simulation.Collect();
  for (int i = 0; i < 5; ++i) REQUIRE(SignUp(simulation, i) == 202);
  silence.Begin(simulation, kCreate);
  silence.Start(simulation.service->ProcessPlintoEvents());
  REQUIRE(silence.waiting == 5);
  const Timestamp paid_at = simulation.clock.Now();
  for (HttpRequest& delivery : paid) REQUIRE(simulation.Deliver(std::move(delivery)).status == 202);

  const auto next = simulation.Await(simulation.service->ProcessInbox());

  CHECK_FALSE(next.has_value());
  CHECK(IsAllowed(simulation));
  CHECK(silence.waiting == 5);
  CHECK(simulation.clock.Now() == paid_at);
  silence.End();
  for (int i = 0; i < 5; ++i) CHECK(IsCustomer(simulation, i));
}

TEST_CASE("one slow sign-up holds back no other, each is marked as soon as it is done, and eight are in hand at most") {
  Simulation simulation;
  Silence silence;
  for (int i = 0; i < 20; ++i) REQUIRE(SignUp(simulation, i) == 202);
  bool is_first = true;
  silence.Begin(simulation, kCreate);
  const auto waits = simulation.polar.meanwhile;
  simulation.polar.meanwhile = [&](std::string request) -> Task<void> {
    if (std::exchange(is_first, false)) co_await waits(std::move(request));
  };

  silence.Start(simulation.service->ProcessPlintoEvents());

  CHECK(silence.waiting == 1);
  CHECK_FALSE(IsCustomer(simulation, 0));
  for (int i = 1; i < 20; ++i) CHECK(IsCustomer(simulation, i));
  CHECK_FALSE(simulation.Await(simulation.store->ClaimEvent(WebhookSource::kPlinto, "a look", simulation.clock.Now()))
                  ->has_value());
  silence.End();
  CHECK(IsCustomer(simulation, 0));
  CHECK_FALSE(testing::NextWebhookDue(*simulation.store, simulation.clock.Now()).has_value());

  Silence all;
  for (int i = 20; i < 40; ++i) REQUIRE(SignUp(simulation, i) == 202);
  all.Begin(simulation, kCreate);
  all.Start(simulation.service->ProcessPlintoEvents());
  CHECK(all.most == 8);
  all.End();
  for (int i = 20; i < 40; ++i) CHECK(IsCustomer(simulation, i));
}

TEST_CASE("events of one subject are worked off one after the other, the oldest first") {
  Simulation simulation;
  Silence silence;
  REQUIRE(SignUp(simulation, 1) == 202);
  const std::string renamed =
      R"({"id":")" + UserId(1) + R"(","email":"u1@x.test","email_verified":true,"display_name":"Renamed"})";
  REQUIRE(simulation.TellOfPlinto("renamed", "user.updated", renamed, "2026-11-22T06:00:01Z").status == 202);
  silence.Begin(simulation, "/v1/customers");
  silence.Start(simulation.service->ProcessPlintoEvents());

  CHECK(silence.waiting == 1);
  silence.End();

  CHECK(simulation.Await(simulation.store->FindCustomer({Subject::Kind::kUser, UserId(1)}))->value().name == "Renamed");
  CHECK_FALSE(testing::NextWebhookDue(*simulation.store, simulation.clock.Now()).has_value());
}

TEST_CASE("a stop gives back what it has canceled: it counts as no try, and the next server takes it up at once") {
  Simulation simulation;
  Silence silence;
  for (int i = 0; i < 12; ++i) REQUIRE(SignUp(simulation, i) == 202);
  silence.Begin(simulation, kCreate);
  silence.Start(simulation.service->ProcessPlintoEvents());
  REQUIRE(silence.waiting == 8);
  for (int i = 0; i < 8; ++i) simulation.polar.faults.push_back({kCreate, {TransportFault::kCanceled}});

  silence.Start(simulation.service->Stop());
  silence.End();

  CHECK(simulation.polar.Count(kCreate) == 8);
  const auto due = testing::DueWebhooks(*simulation.store, simulation.clock.Now(), 100);
  REQUIRE(due.size() == 12);
  for (const WebhookRow& row : due) CHECK(row.attempts == 0);
  CHECK_FALSE(simulation.Await(simulation.service->ProcessPlintoEvents()).has_value());
  CHECK(simulation.polar.Count(kCreate) == 8);

  simulation.Restart({});
  CHECK_FALSE(simulation.ProcessInbox().has_value());
  for (int i = 0; i < 12; ++i) CHECK(IsCustomer(simulation, i));
}

TEST_CASE("a stopped server reads no more deliveries") {
  Simulation simulation;
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
  for (HttpRequest& delivery : simulation.Collect()) REQUIRE(simulation.Deliver(std::move(delivery)).status == 202);

  simulation.service->BeginStop();
  CHECK(simulation.Await(simulation.service->ProcessInbox()).has_value());
  CHECK_FALSE(IsAllowed(simulation));

  simulation.Restart({});
  static_cast<void>(simulation.ProcessInbox());
  CHECK(IsAllowed(simulation));
}

TEST_CASE("a server that was stopped for longer than it holds an event marks nothing, and each try counts once") {
  Simulation simulation;
  Silence silence;
  REQUIRE(SignUp(simulation, 1) == 202);
  silence.Begin(simulation, kCreate);
  silence.Start(simulation.service->ProcessPlintoEvents());
  REQUIRE(silence.waiting == 1);

  // SIGSTOP. Meanwhile another server takes the event, and Polar refuses it there.
  simulation.clock.Advance(kEventHeldSeconds + 1);
  Settings settings;
  settings.polar = {.base_url = "http://polar.test", .access_token = simulation.emulator.access_token()};
  settings.create_customer_on_signup = true;
  Service other(simulation.MakeHost(), settings);
  silence.is_on = false;
  for (int i = 0; i < 3; ++i) simulation.polar.faults.push_back({kCreate, {HttpResponse{.status = 500}}});
  static_cast<void>(simulation.Await(other.ProcessPlintoEvents()));
  silence.End();

  auto due = testing::DueWebhooks(*simulation.store, simulation.clock.Now().PlusSeconds(60), 10);
  REQUIRE(due.size() == 1);
  CHECK(due[0].attempts == 1);
}

TEST_CASE(
    "a server that was stopped between taking an event and working it off takes it anew before it sends anything") {
  Simulation simulation;
  REQUIRE(SignUp(simulation, 1) == 202);
  // Asked for the id of a claim, when the time is known that it is made for.
  class StoppingRandom final : public Random {
   public:
    explicit StoppingRandom(SimulatedClock& clock) : clock_(clock) {}
    std::string Entropy() override {
      if (++asked == 1) clock_.Advance(kEventHeldSeconds + 1);
      return std::string(32, static_cast<char>('a' + asked));
    }
    double Fraction() override { return 0.5; }
    int asked = 0;

   private:
    SimulatedClock& clock_;
  } random(simulation.clock);
  Settings settings;
  settings.polar = {.base_url = "http://polar.test", .access_token = simulation.emulator.access_token()};
  settings.create_customer_on_signup = true;
  Service stopped({simulation.clock, random, *simulation.store, simulation.polar, simulation.plinto, simulation.tokens},
                  settings);

  static_cast<void>(simulation.Await(stopped.ProcessPlintoEvents()));

  CHECK(IsCustomer(simulation, 1));
  const std::size_t sent = simulation.polar.requests.size();
  REQUIRE(SignUp(simulation, 2) == 202);
  static_cast<void>(simulation.ProcessInbox());
  CHECK(IsCustomer(simulation, 2));
  CHECK(simulation.polar.requests.size() == 2 * sent);
}

TEST_CASE("a sign-up that the database refuses is tried again later with the reason, and holds up no other") {
  Simulation simulation;
  BreakableDatabase database(simulation);
  database.Run(
      "CREATE TRIGGER refusing BEFORE UPDATE ON polar_webhook_events"
      " WHEN OLD.event_id = 'signup-1' AND NEW.processed = 1"
      " BEGIN SELECT RAISE(ABORT, 'index row size 5000 exceeds maximum 2704'); END");
  for (int i = 0; i < 3; ++i) REQUIRE(SignUp(simulation, i) == 202);

  CHECK(simulation.ProcessInbox().has_value());

  for (int i = 0; i < 3; ++i) CHECK(IsCustomer(simulation, i));
  const auto due = testing::DueWebhooks(*simulation.store, simulation.clock.Now().PlusSeconds(1), 10);
  REQUIRE(due.size() == 1);
  CHECK(due[0].event_id == "signup-1");
  CHECK(due[0].attempts == 1);
}

TEST_CASE("whom Plinto deletes while a request makes them a customer does not stay one at Polar") {
  Simulation simulation;
  Silence silence;
  silence.Begin(simulation, kCreate);
  silence.Start(simulation.service->Handle({.method = "POST",
                                            .url = "/polar/customer",
                                            .headers = {{"Authorization", std::string("Bearer ") + kAlice}},
                                            .body = "{}"}));
  REQUIRE(silence.waiting == 1);
  const std::string data = std::string(R"({"id":")") + kAlice + "\"}";
  REQUIRE(simulation.TellOfPlinto("evt_1", "user.deleted", data, "2026-11-22T07:00:00Z").status == 202);
  static_cast<void>(simulation.ProcessInbox());

  silence.End();

  CHECK(simulation.AskPolar("GET", std::string("/v1/customers/external/") + kAlice).status == 404);
}
