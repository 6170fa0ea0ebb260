// The rule of two clocks: the newest fact by Polar's clock wins, however ours goes.
#include "core/webhook/signature.h"
#include "server/service/mirror/reconciler.h"
#include "server/service/polar_clock.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

/// Alice has bought, and a server that is installed now has fetched it, while Polar's clock is so far ahead of ours.
struct Story {
  explicit Story(std::int64_t ahead) {
    simulation.polar.ahead_seconds = ahead;
    simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
    static_cast<void>(simulation.Collect());
    simulation.Reinstall();
    REQUIRE(IsAllowed());
    const Json data = simulation.BodyOf(simulation.Request("GET", "/customer/data", kAlice));
    subscription = *FindString(FindMember(data, "subscriptions")->get_ptr<const Json::array_t*>()->front(), "id");
  }
  bool IsAllowed() {
    return FindBool(simulation.BodyOf(simulation.Request("GET", "/access", kAlice)), "allowed").value_or(false);
  }
  /// The subscription as Polar would send it in an event.
  Json Snapshot() {
    HttpRequest read{.method = "GET",
                     .url = "/v1/subscriptions/" + subscription,
                     .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()}}};
    return *ParseJson(simulation.emulator.Handle(read, simulation.polar.Now()).body);
  }
  void Deliver(const std::string& id, Timestamp emitted, const Json& data) {
    Json body = Json::object();
    SetMember(body, "type", "subscription.updated");
    SetMember(body, "timestamp", FormatTimestamp(emitted));
    SetMember(body, "data", data);
    HttpRequest request{.method = "POST", .url = "", .headers = {}, .body = DumpJson(body)};
    const auto secrets = ParseWebhookSecrets(simulation.emulator.webhook_secret());
    request.headers =
        *SignWebhook(secrets->front(), KeyDerivation::kStandard, id, simulation.clock.Now(), request.body);
    REQUIRE(simulation.Deliver(request).status == 202);
    static_cast<void>(simulation.ProcessInbox());
  }
  /// The mirror is verified until nobody is due.
  void Verify() {
    const auto store = simulation.database->ReconcileStoreOf(kDefaultTenant);
    Settings settings;
    settings.polar = {.base_url = "http://polar.test", .access_token = simulation.emulator.access_token()};
    Reconciler reconciler(simulation.MakeHost(), std::move(settings), *store);
    for (auto next = std::optional(simulation.clock.Now()); next && *next <= simulation.clock.Now();) {
      next = simulation.Await(reconciler.Work());
    }
  }
  static Json Ended(Json data, Timestamp at) {
    SetMember(data, "status", "canceled");
    SetMember(data, "ended_at", FormatTimestamp(at));
    return data;
  }

  Simulation simulation;
  std::string subscription;
};

}  // namespace

TEST_CASE("a revocation two seconds after a fetch wins, our clock 45 seconds ahead of Polar's or behind it") {
  for (const std::int64_t ahead : {-45, 0, 45}) {
    INFO(ahead);
    Story story(ahead);
    const Timestamp emitted = story.simulation.polar.Now().PlusSeconds(2);
    story.simulation.clock.Advance(2);

    story.Deliver("revoked", emitted, Story::Ended(story.Snapshot(), emitted));

    CHECK_FALSE(story.IsAllowed());
  }
}

TEST_CASE("a delivery from before a fetch changes nothing, our clock 45 seconds ahead of Polar's or behind it") {
  for (const std::int64_t ahead : {-45, 0, 45}) {
    INFO(ahead);
    Story story(ahead);
    const Timestamp emitted = story.simulation.polar.Now().PlusSeconds(-2);

    story.Deliver("late", emitted, Story::Ended(story.Snapshot(), emitted));

    CHECK(story.IsAllowed());
  }
}

TEST_CASE("an envelope from 2099 pins nothing: Polar is asked, and what it tells later counts") {
  Story story(0);
  const Json running = story.Snapshot();
  story.simulation.polar.requests.clear();

  story.Deliver("from-2099", *ParseTimestamp("2099-01-01T00:00:00Z"),
                Story::Ended(running, story.simulation.clock.Now()));
  CHECK(story.simulation.polar.requests.empty());
  CHECK(story.IsAllowed());
  story.Verify();
  CHECK_FALSE(story.simulation.polar.requests.empty());
  CHECK(story.IsAllowed());
  story.simulation.clock.Advance(10);
  const Timestamp emitted = story.simulation.polar.Now();
  story.Deliver("revoked", emitted, Story::Ended(running, emitted));

  CHECK_FALSE(story.IsAllowed());
}

TEST_CASE("what a delivery from the future tells truly is fetched from Polar, and nobody waits for that") {
  Story story(0);
  const HttpResponse revoked = story.simulation.AskPolar("DELETE", "/v1/subscriptions/" + story.subscription);
  REQUIRE(revoked.status == 200);
  static_cast<void>(story.simulation.Collect());  // and never delivered
  story.simulation.polar.requests.clear();

  story.Deliver("ahead", story.simulation.clock.Now().PlusSeconds(600), *ParseJson(revoked.body));
  CHECK(story.simulation.polar.requests.empty());
  CHECK(testing::DueWebhooks(*story.simulation.store, story.simulation.clock.Now(), 10).empty());
  CHECK(story.simulation.Await(story.simulation.store->ListParkedWebhooks(10))->empty());
  CHECK(story.IsAllowed());
  story.Verify();

  CHECK_FALSE(story.IsAllowed());
}

TEST_CASE("an answer is as old as its question, by the date that Polar says; by our clock without one") {
  const Timestamp sent = *ParseTimestamp("2026-11-22T06:00:45Z");
  HttpResponse answer{.status = 200, .headers = {{"Date", "Sun, 22 Nov 2026 06:00:03 GMT"}}, .body = ""};

  CHECK(FormatTimestamp(AskedAt(answer, sent, sent.PlusSeconds(2))) == "2026-11-22T06:00:01Z");
  CHECK(FormatTimestamp(AskedAt(answer, sent, sent.PlusSeconds(-9))) == "2026-11-22T06:00:03Z");
  answer.headers = {{"Date", "yesterday"}};
  CHECK(AskedAt(answer, sent, sent.PlusSeconds(2)) == sent);
  CHECK(AskedAt({.status = 200}, sent, sent.PlusSeconds(2)) == sent);
}

TEST_CASE("a clock that is more than a minute off is said to be so once, and once that it is right again") {
  for (const std::int64_t off : {600, -600}) {
    INFO(off);
    CollectedLog log;
    const Timestamp ours = *ParseTimestamp("2026-11-22T06:00:45Z");
    {
      ClockWatch watch(log);
      watch.Compare(ours.PlusSeconds(59), ours);
      CHECK(log.began.empty());
      for (int i = 0; i < 3; ++i) watch.Compare(ours.PlusSeconds(-off), ours);
      REQUIRE(log.began.size() == 1);
      CHECK(log.problems.contains(Problem::kClockOff));
      CHECK(log.began.front().find(off > 0 ? "600 s ahead of Polar's" : "600 s behind Polar's") != std::string::npos);
      watch.Compare(ours.PlusSeconds(-45), ours);  // not yet right
      CHECK(log.ended.empty());
      watch.Compare(ours, ours);
      CHECK(log.ended.size() == 1);
      watch.Compare(ours.PlusSeconds(-off), ours);
    }
    CHECK(log.problems.empty());
  }
}

TEST_CASE(
    "a clock that is set back by hours keeps nobody's old answer: neither that there is no customer nor the offer") {
  Simulation simulation;
  simulation.clock.Advance(86'400);
  const auto is_allowed = [&] {
    return FindBool(simulation.BodyOf(simulation.Request("GET", "/access", kAlice)), "allowed").value_or(false);
  };
  CHECK_FALSE(is_allowed());
  REQUIRE(simulation.Request("GET", "/products", kAlice).status == 200);

  simulation.clock.Set(simulation.clock.Now().PlusSeconds(-7'200));
  HttpRequest create{.method = "POST",
                     .url = "/v1/customers/",
                     .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()},
                                 {"content-type", "application/json"}},
                     .body = std::string(R"({"email":"a@shop.test","external_id":")") + kAlice + "\"}"};
  create.headers.Add("content-length", std::to_string(create.body.size()));
  REQUIRE(simulation.emulator.Handle(create, simulation.clock.Now()).status == 201);
  simulation.polar.requests.clear();
  CHECK_FALSE(is_allowed());
  CHECK(simulation.polar.Count(std::string("GET /v1/customers/external/") + kAlice) == 1);
  REQUIRE(simulation.Request("GET", "/products", kAlice).status == 200);
  CHECK(std::any_of(simulation.polar.requests.begin(), simulation.polar.requests.end(),
                    [](const std::string& request) { return request.starts_with("GET /v1/products/"); }));
}
