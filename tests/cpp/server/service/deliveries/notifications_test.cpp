// What the application is told when access changes: real facts, real clock to move, an application that fails at will.
#include <algorithm>

#include "core/webhook/signature.h"
#include "server/service/deliveries/notifications.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr const char* kSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr const char* kOwnId = "0a1b2c3d-0000-4000-8000-00000000000f";

/// Where notifications arrive: checked, kept, and answered as scripted, else 200.
class Application final : public HttpClient {
 public:
  explicit Application(SimulatedClock& clock) : clock_(clock) {}

  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds timeout) override {
    CHECK(request.url == "https://app.example/billing");
    CHECK(timeout <= std::chrono::seconds(10));
    const std::vector<WebhookSecret> secrets = *ParseWebhookSecrets(kSecret);
    const auto verified = VerifyWebhook(secrets, request.headers, request.body, clock_.Now());
    REQUIRE(verified.ok());
    ++attempts;
    if (!outcomes.empty()) {
      HttpOutcome outcome = outcomes.front();
      outcomes.pop_front();
      const auto* answer = std::get_if<HttpResponse>(&outcome);
      if (answer == nullptr || !answer->Succeeded()) co_return outcome;
      Keep(verified->id, request.body);
      co_return outcome;
    }
    Keep(verified->id, request.body);
    co_return HttpResponse{.status = 200, .headers = {}, .body = ""};
  }

  std::vector<std::string> Types() const {
    std::vector<std::string> types;
    for (const Json& one : told) types.push_back(*FindString(one, "type"));
    return types;
  }
  const Json& Data(std::size_t index) const { return *FindMember(told.at(index), "data"); }
  std::string Text(std::size_t index, const char* member) const {
    const std::string* text = FindString(Data(index), member);
    return text == nullptr ? "" : *text;
  }

  std::deque<HttpOutcome> outcomes;
  std::vector<Json> told;
  std::vector<std::string> ids;
  int attempts = 0;

 private:
  void Keep(const std::string& id, const std::string& body) {
    ids.push_back(id);
    told.push_back(*ParseJson(body));
  }
  SimulatedClock& clock_;
};

struct Story {
  Story() { simulation.Restart(settings); }

  void Buy() {
    const std::string organization = std::string(R"(,"organization_id":")") + kAcme + "\"";
    const auto checkout = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(organization));
    REQUIRE(checkout.status == 201);
    simulation.Pay(simulation.BodyOf(checkout));
    simulation.DeliverAll();
  }
  std::optional<Timestamp> Work() { return simulation.Await(notifications.Work()); }

  void Polar(const std::string& method, const std::string& path, const std::string& body) {
    HttpRequest request{.method = method,
                        .url = path,
                        .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()},
                                    {"content-type", "application/json"},
                                    {"content-length", std::to_string(body.size())}},
                        .body = body};
    const HttpResponse answer = simulation.emulator.Handle(request, simulation.clock.Now());
    INFO(answer.body);
    REQUIRE(answer.Succeeded());
    simulation.DeliverAll();
  }

  Simulation simulation;
  Settings settings = WithPlans(simulation);
  Application application{simulation.clock};
  std::unique_ptr<NotificationStore> store = simulation.database->NotificationsOf(kDefaultTenant);
  Notifications notifications{{simulation.clock, simulation.random, *simulation.store, application, simulation.plinto,
                               simulation.tokens, simulation.log},
                              settings,
                              *store,
                              {"https://app.example/billing", {*WebhookSecret::Parse(kSecret)}}};

 private:
  static Settings WithPlans(Simulation& simulation) {
    Settings settings;
    settings.plans.push_back({.slug = "pro", .product_id = simulation.ProductId(), .tier = "gold"});
    return settings;
  }
};

}  // namespace

TEST_CASE("the several webhooks of one purchase become one notification with what the application's row needs") {
  Story story;
  story.Buy();
  story.Work();

  REQUIRE(story.application.Types() == std::vector<std::string>{"access.granted"});
  CHECK(story.application.Text(0, "organization_id") == kAcme);
  CHECK(FindMember(story.application.Data(0), "user_id")->is_null());
  CHECK(FindBool(story.application.Data(0), "allowed") == true);
  CHECK(story.application.Text(0, "status") == "active");
  CHECK(story.application.Text(0, "interval") == "month");
  CHECK(FindInteger(story.application.Data(0), "interval_count") == 1);
  CHECK(FindBool(story.application.Data(0), "cancel_at_period_end") == false);
  CHECK(ParseTimestamp(story.application.Text(0, "current_period_end")).has_value());
  CHECK(IsUuid(story.application.Text(0, "polar_subscription_id")));
  const Json* plan = FindMember(story.application.Data(0), "plan");
  CHECK(*FindString(*plan, "tier") == "gold");
  CHECK(*FindString(*plan, "slug") == "pro");
  CHECK(*FindString(*plan, "product_id") == story.simulation.ProductId());

  story.Work();
  CHECK(story.application.attempts == 1);
}

TEST_CASE("webhooks that change nothing tell nothing, and a cancellation is told, its end too when the time has come") {
  Story story;
  story.Buy();
  story.Work();
  const std::string id = story.application.Text(0, "polar_subscription_id");
  story.Polar("PATCH", "/v1/subscriptions/" + id, R"({"cancel_at_period_end":true})");
  const std::optional<Timestamp> next = story.Work();

  REQUIRE(story.application.Types() == std::vector<std::string>{"access.granted", "subscription.changed"});
  CHECK(FindBool(story.application.Data(1), "cancel_at_period_end") == true);
  REQUIRE(next.has_value());
  CHECK(FormatTimestamp(*next) == story.application.Text(1, "until"));

  // No webhook says so: the date does.
  story.simulation.clock.Set(*next);
  story.Work();
  REQUIRE(story.application.Types().size() == 3);
  CHECK(story.application.Types()[2] == "access.revoked");
  CHECK(FindBool(story.application.Data(2), "allowed") == false);
}

TEST_CASE("an application that is down is told later, in order, under the same id") {
  Story story;
  story.Buy();
  story.application.outcomes = {TransportFault::kTimeout, HttpResponse{.status = 500},
                                HttpResponse{.status = 302, .headers = {{"location", "https://evil.example"}}}};
  story.Work();
  CHECK(story.application.attempts == 1);
  story.Polar(
      "PATCH",
      "/v1/subscriptions/" +
          [&] {
            const auto data =
                story.simulation.Request("GET", std::string("/customer/data?organization_id=") + kAcme, kAlice);
            const Json json = *ParseJson(data.body);
            return *FindString(FindMember(json, "subscriptions")->at(0), "id");
          }(),
      R"({"cancel_at_period_end":true})");
  for (int i = 0; i < 5; ++i) {
    story.simulation.clock.Advance(60);
    story.Work();
  }

  CHECK(story.application.attempts == 5);
  CHECK(story.application.Types() == std::vector<std::string>{"access.granted", "subscription.changed"});
  CHECK(story.application.ids[0] != story.application.ids[1]);
}

TEST_CASE("the application's id for a subscription is kept and sent along from then on; what is no UUID is not") {
  Story story;
  story.application.outcomes = {
      HttpResponse{.status = 200, .headers = {}, .body = R"({"subscription_id":"not one"})"},
      HttpResponse{.status = 200, .headers = {}, .body = std::string(R"({"subscription_id":")") + kOwnId + "\"}"}};
  story.Buy();
  story.Work();
  const std::string id = story.application.Text(0, "polar_subscription_id");
  story.Polar("PATCH", "/v1/subscriptions/" + id, R"({"cancel_at_period_end":true})");
  story.Work();
  CHECK(story.application.Text(1, "subscription_id").empty());
  story.Polar("PATCH", "/v1/subscriptions/" + id, R"({"cancel_at_period_end":false})");
  story.Work();

  REQUIRE(story.application.told.size() == 3);
  CHECK(story.application.Text(2, "subscription_id") == kOwnId);
}

TEST_CASE("an outage of days gives nothing up: it is said once, probed now and then, and caught up with in order") {
  Story story;
  story.Buy();
  story.application.outcomes.assign(1'000, HttpResponse{.status = 503});
  for (int i = 0; i < 3 * 24 * 6; ++i) {
    story.Work();
    story.simulation.clock.Advance(600);
  }
  CHECK(story.application.attempts < 100);
  CHECK(story.simulation.log.problems == std::set{Problem::kApplicationPaused});
  REQUIRE(story.simulation.log.began.size() == 1);
  CHECK(story.simulation.log.began[0].find("The application answered 503.") != std::string::npos);
  CHECK(story.simulation.log.given_up.empty());

  story.application.outcomes.clear();
  const auto data = story.simulation.Request("GET", std::string("/customer/data?organization_id=") + kAcme, kAlice);
  const Json json = *ParseJson(data.body);
  story.Polar("PATCH", "/v1/subscriptions/" + *FindString(FindMember(json, "subscriptions")->at(0), "id"),
              R"({"cancel_at_period_end":true})");
  story.simulation.clock.Advance(3'600);
  story.Work();
  CHECK(story.application.Types() == std::vector<std::string>{"access.granted", "subscription.changed"});
  CHECK(story.simulation.log.problems.empty());
  CHECK(story.simulation.log.ended.size() == 1);
  CHECK(FindInteger(story.application.Data(0), "sequence") < FindInteger(story.application.Data(1), "sequence"));
}

TEST_CASE("who has bought nothing is no news, and without an address nobody is told anything") {
  Story story;
  REQUIRE(story.simulation.Request("POST", "/customer", kEve).status == 200);
  story.simulation.DeliverAll();
  story.Work();
  CHECK(story.application.attempts == 0);

  story.Buy();
  Notifications silent{{story.simulation.clock, story.simulation.random, *story.simulation.store, story.application,
                        story.simulation.plinto, story.simulation.tokens},
                       story.settings,
                       *story.store,
                       {}};
  CHECK_FALSE(story.simulation.Await(silent.Work()).has_value());
  CHECK(story.application.attempts == 0);
}
