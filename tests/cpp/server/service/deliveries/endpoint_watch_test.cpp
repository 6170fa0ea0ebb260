// The webhook endpoint at Polar is watched: what is wrong with it is said once, and what it lost is made good.
#include "core/webhook/event_names.h"
#include "server/service/deliveries/endpoint_problems.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr const char* kEndpoints = "/v1/webhooks/endpoints";

struct Watched {
  Watched() {
    settings.plans = {{.slug = "pro", .product_id = simulation.ProductId(), .tier = "pro"}};
    simulation.Restart(settings);
  }

  /// The next look is due.
  void Look() {
    simulation.clock.Advance(300);
    REQUIRE(simulation.Await(simulation.service->WatchEndpoint()).has_value());
  }
  /// Until everybody is there.
  void Fill() {
    while (const auto next = simulation.Await(simulation.service->FillMirror())) simulation.clock.AdvanceTo(*next);
  }
  void ProcessInbox() { static_cast<void>(simulation.ProcessInbox()); }

  std::string Buy(const char* user) {
    const HttpResponse checkout = simulation.Request("POST", "/checkout", user, simulation.CheckoutBody());
    REQUIRE(checkout.status == 201);
    simulation.Pay(simulation.BodyOf(checkout));
    const Json list = Polar("GET", std::string("/v1/subscriptions/?external_customer_id=") + user);
    return *FindString(FindMember(list, "items")->get_ptr<const Json::array_t*>()->front(), "id");
  }
  bool HasAccess(const char* user) {
    const HttpResponse answer = simulation.Request("GET", "/access", user);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return *FindBool(simulation.BodyOf(answer), "allowed");
  }

  Json Polar(const std::string& method, const std::string& path, const std::string& body = "") {
    const HttpResponse answer = simulation.AskPolar(method, path, body);
    INFO(answer.body);
    REQUIRE(answer.Succeeded());
    return answer.body.empty() ? Json() : simulation.BodyOf(answer);
  }
  std::string EndpointPath() {
    const Json list = Polar("GET", kEndpoints);
    return std::string(kEndpoints) + "/" +
           *FindString(FindMember(list, "items")->get_ptr<const Json::array_t*>()->front(), "id");
  }
  void Change(const std::string& body) { Polar("PATCH", EndpointPath(), body); }

  /// The server does not answer Polar for so long.
  void MissDeliveries(std::int64_t seconds) {
    const Timestamp end = simulation.clock.Now().PlusSeconds(seconds);
    for (auto due = simulation.emulator.NextDue(); due && *due <= end; due = simulation.emulator.NextDue()) {
      simulation.clock.AdvanceTo(*due);
      for (const emulator::Delivery& delivery : simulation.emulator.TakeDue(simulation.clock.Now())) {
        missed.insert(*delivery.request.headers.Find("webhook-id"));
        simulation.emulator.OnDelivered(delivery.id, TransportFault::kConnectionRefused, simulation.clock.Now());
      }
    }
    simulation.clock.AdvanceTo(end);
  }
  /// Ids of what waits in the inbox.
  std::set<std::string> Inbox() {
    const auto rows = testing::DueWebhooks(*simulation.store, simulation.clock.Now(), 100'000);
    std::set<std::string> ids;
    for (const WebhookRow& row : rows) ids.insert(row.event_id);
    return ids;
  }

  Simulation simulation;
  Settings settings;
  std::set<std::string> missed;
};

bool Says(const std::vector<std::string>& lines, const std::string& words) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("an endpoint that is disabled for a day is said once, and what happened meanwhile is made good") {
  Watched watched;
  CollectedLog& log = watched.simulation.log;
  const std::string bobs = watched.Buy(kBob);
  watched.simulation.DeliverAll();
  watched.Look();
  watched.Fill();
  REQUIRE(log.problems.empty());
  REQUIRE(watched.HasAccess(kBob));
  watched.simulation.clock.Advance(3'600);

  watched.Change(R"({"enabled":false})");
  watched.Buy(kAlice);
  watched.Polar("DELETE", "/v1/subscriptions/" + bobs);
  REQUIRE(watched.simulation.Collect().empty());
  for (int hour = 0; hour < 12; ++hour) {
    watched.Look();
    watched.Fill();
    watched.simulation.clock.Advance(3'300);
  }

  CHECK(log.problems == std::set{Problem::kEndpointDisabled});
  CHECK(log.began.size() == 1);
  watched.simulation.polar.requests.clear();
  CHECK(watched.HasAccess(kAlice));
  CHECK_FALSE(watched.HasAccess(kBob));
  CHECK(watched.simulation.polar.requests.empty());

  watched.Buy(kDan);
  watched.simulation.clock.Advance(12 * 3'600);
  watched.Change(R"({"enabled":true})");
  watched.Look();
  watched.Fill();

  CHECK(log.problems.empty());
  CHECK(log.began.size() == 1);
  CHECK(log.ended == std::vector<std::string>{"The webhook endpoint at Polar is enabled again."});
  watched.simulation.polar.requests.clear();
  CHECK(watched.HasAccess(kDan));
  CHECK(watched.simulation.polar.requests.empty());
}

TEST_CASE("after a restart it is remembered that events were lost") {
  Watched watched;
  watched.Look();
  watched.Fill();
  watched.Buy(kAlice);
  watched.Change(R"({"enabled":false})");
  watched.Look();

  watched.simulation.Restart(watched.settings);
  watched.Change(R"({"enabled":true})");
  watched.Look();
  watched.Fill();

  CHECK(watched.simulation.log.problems.empty());
  watched.simulation.polar.requests.clear();
  CHECK(watched.HasAccess(kAlice));
  CHECK(watched.simulation.polar.requests.empty());
}

TEST_CASE("what Polar could not deliver before it disabled the endpoint is taken from its list, and processed once") {
  Watched watched;
  watched.Look();
  watched.Fill();
  watched.Buy(kAlice);
  watched.MissDeliveries(2 * 3'600);
  REQUIRE(watched.missed.size() >= 10);
  REQUIRE(FindBool(watched.Polar("GET", watched.EndpointPath()), "enabled") == false);

  watched.Look();

  CHECK(watched.simulation.log.problems == std::set{Problem::kEndpointDisabled});
  CHECK(Says(watched.simulation.log.warnings, std::to_string(watched.missed.size()) + " events"));
  CHECK(watched.Inbox() == watched.missed);
  watched.ProcessInbox();
  watched.simulation.polar.requests.clear();
  CHECK(watched.HasAccess(kAlice));
  CHECK(watched.simulation.polar.requests.empty());

  // Polar's own second try, and another look, bring nothing new.
  watched.Change(R"({"enabled":true})");
  for (const std::string& id : watched.missed) watched.Polar("POST", "/v1/webhooks/events/" + id + "/redeliver");
  for (HttpRequest& delivery : watched.simulation.Collect()) {
    CHECK(watched.simulation.Deliver(std::move(delivery)).status == 202);
  }
  watched.Look();
  CHECK(watched.Inbox().empty());
}

TEST_CASE("a long list is read the oldest first and within a bound, and at the next look from where it stopped") {
  Watched watched;
  watched.Look();
  watched.Fill();
  for (int i = 0; i < 150; ++i) {
    watched.Polar("POST", "/v1/customers/", R"({"email":"buyer-)" + std::to_string(i) + R"(@example.com"})");
  }
  watched.MissDeliveries(900);
  const Json list = watched.Polar("GET", "/v1/webhooks/deliveries?succeeded=false&limit=100");
  const std::int64_t pages = *FindInteger(*FindMember(list, "pagination"), "max_page");
  REQUIRE(pages > 20);
  watched.simulation.polar.requests.clear();

  std::size_t looks = 0;
  std::size_t requests = 0;
  do {
    watched.Look();
    requests = watched.simulation.polar.requests.size();
    CHECK(requests <= 12);
    watched.simulation.polar.requests.clear();
    ++looks;
  } while (requests == 12 && looks < 100);

  CHECK(looks <= static_cast<std::size_t>(pages / 9 + 2));
  CHECK(watched.Inbox() == watched.missed);
}

TEST_CASE("a look that Polar breaks off goes on at the next one") {
  Watched watched;
  watched.Look();
  watched.Buy(kAlice);
  watched.MissDeliveries(60);
  for (int i = 0; i < 3; ++i) {
    watched.simulation.polar.faults.push_back({"/v1/webhooks/deliveries", {TransportFault::kNetwork}});
  }

  watched.Look();
  CHECK(watched.Inbox().empty());
  watched.Look();

  CHECK(watched.Inbox() == watched.missed);
  CHECK(watched.simulation.log.problems.empty());
}

TEST_CASE("of what Polar lists without its content, everybody is fetched") {
  Watched watched;
  watched.Look();
  watched.Fill();
  watched.Buy(kAlice);
  for (const HttpRequest& missed : watched.simulation.Collect())
    watched.missed.insert(*missed.headers.Find("webhook-id"));
  watched.simulation.clock.Advance(100 * 24 * 3'600);
  const Json list = watched.Polar("GET", "/v1/webhooks/deliveries?limit=100");
  const Json& oldest = FindMember(list, "items")->get_ptr<const Json::array_t*>()->back();
  REQUIRE(FindBool(*FindMember(oldest, "webhook_event"), "is_archived") == true);

  watched.simulation.Restart(watched.settings);
  watched.Look();
  watched.Fill();

  const Json state = watched.Polar("GET", std::string("/v1/customers/external/") + kAlice + "/state");
  watched.simulation.polar.requests.clear();
  CHECK(watched.HasAccess(kAlice) == !FindMember(state, "active_subscriptions")->empty());
  CHECK(watched.simulation.polar.requests.empty());
}

TEST_CASE("what was delivered to a database that is lost is taken from Polar's list") {
  Watched watched;
  watched.Buy(kAlice);
  std::set<std::string> delivered;
  for (const HttpRequest& delivery : watched.simulation.Collect()) {
    delivered.insert(*delivery.headers.Find("webhook-id"));
  }

  watched.simulation.Reinstall(watched.settings);
  watched.Look();
  CHECK(watched.Inbox() == delivered);
  const std::size_t warnings = watched.simulation.log.warnings.size();
  watched.Look();

  CHECK(watched.simulation.log.warnings.size() == warnings);
}

TEST_CASE("what is wrong with the endpoint is said once, with what to do, and once that it was mended") {
  struct Case {
    const char* name;
    Problem problem;
    const char* words;
    std::function<void(Watched&)> spoil;
    std::function<void(Watched&)> mend;
  };
  static std::string events;
  const Case one = GENERATE_REF(
      Case{"disabled", Problem::kEndpointDisabled, "enable it",
           [](Watched& watched) { watched.Change(R"({"enabled":false})"); },
           [](Watched& watched) { watched.Change(R"({"enabled":true})"); }},
      Case{"without events that decide", Problem::kEndpointEvents, "order.refunded, subscription.created",
           [](Watched& watched) {
             const Json list = watched.Polar("GET", kEndpoints);
             events =
                 DumpJson(*FindMember(FindMember(list, "items")->get_ptr<const Json::array_t*>()->front(), "events"));
             watched.Change(R"({"events":["order.paid","order.created","order.updated","checkout.created"]})");
           },
           [](Watched& watched) { watched.Change(R"({"events":)" + events + "}"); }},
      Case{"with another path", Problem::kEndpointUrl, "https://app.example/hooks ",
           [](Watched& watched) { watched.Change(R"({"url":"https://app.example/hooks?token=hidden"})"); },
           [](Watched& watched) { watched.Change(R"({"url":"https://app.example/api/v1/polar/webhooks"})"); }},
      Case{"of a tenant", Problem::kEndpointUrl, "/api/v1/polar/webhooks",
           [](Watched& watched) { watched.Change(R"({"url":"https://app.example/t/acme/polar/webhooks"})"); },
           [](Watched& watched) { watched.Change(R"({"url":"https://app.example/polar/webhooks"})"); }},
      Case{"gone", Problem::kEndpointMissing, "Polar has no webhook endpoint",
           [](Watched& watched) {
             const Json list = watched.Polar("GET", kEndpoints);
             events =
                 DumpJson(*FindMember(FindMember(list, "items")->get_ptr<const Json::array_t*>()->front(), "events"));
             watched.Polar("DELETE", watched.EndpointPath());
           },
           [](Watched& watched) {
             watched.Polar("POST", kEndpoints,
                           R"({"url":"https://app.example/polar/webhooks","format":"raw","secret":")" +
                               watched.simulation.emulator.webhook_secret() + R"(","events":)" + events + "}");
           }},
      Case{"with another secret", Problem::kEndpointMissing, "POLAR_WEBHOOK_SECRET to the endpoint's secret",
           [](Watched& watched) { watched.Polar("PATCH", watched.EndpointPath() + "/secret"); },
           [](Watched& watched) {
             watched.Change(R"({"secret":")" + watched.simulation.emulator.webhook_secret() + "\"}");
           }});
  DYNAMIC_SECTION("an endpoint " << one.name) {
    Watched watched;
    CollectedLog& log = watched.simulation.log;
    watched.Look();
    REQUIRE(log.began.empty());

    one.spoil(watched);
    for (int i = 0; i < 3; ++i) watched.Look();

    CHECK(log.problems == std::set{one.problem});
    REQUIRE(log.began.size() == 1);
    INFO(log.began[0]);
    CHECK(log.began[0].find(one.words) != std::string::npos);
    CHECK(log.began[0].find("hidden") == std::string::npos);
    CHECK(log.began[0].find("whsec_") == std::string::npos);
    CHECK(log.began[0].find("member.") == std::string::npos);
    CHECK(log.ended.empty());

    one.mend(watched);
    for (int i = 0; i < 3; ++i) watched.Look();

    CHECK(log.problems.empty());
    CHECK(log.began.size() == 1);
    CHECK(log.ended.size() == 1);
    CHECK(log.warnings.empty());
  }
}

TEST_CASE("a token that may not read endpoints is said once with the scope to add, and the rest goes on") {
  Watched watched;
  CollectedLog& log = watched.simulation.log;
  const Json scoped =
      watched.Polar("POST", "/_emulator/tokens",
                    R"({"scopes":["customers:write","checkouts:write","subscriptions:read","products:read"]})");
  watched.settings.polar.access_token = *FindString(scoped, "token");
  watched.simulation.Restart(watched.settings);

  for (int i = 0; i < 3; ++i) watched.Look();

  CHECK(log.problems == std::set{Problem::kWebhooksScope});
  REQUIRE(log.began.size() == 1);
  CHECK(log.began[0].find("webhooks:read") != std::string::npos);
  CHECK(log.warnings.empty());
  CHECK(watched.simulation.Request("POST", "/checkout", kAlice, watched.simulation.CheckoutBody()).status == 201);
  CHECK(log.problems.size() == 1);

  watched.settings.polar.access_token.clear();
  watched.simulation.Restart(watched.settings);
  CHECK(log.problems.empty());  // nobody looks with that token any more
  watched.Look();
  CHECK(log.problems.empty());
}

TEST_CASE("while Polar does not answer, nothing new is said of its endpoint, and what was said stays") {
  Watched watched;
  CollectedLog& log = watched.simulation.log;
  watched.Change(R"({"enabled":false})");
  watched.Look();
  REQUIRE(log.began.size() == 1);

  for (int i = 0; i < 9; ++i) {
    watched.simulation.polar.faults.push_back({kEndpoints, {TransportFault::kNetwork}});
  }
  for (int i = 0; i < 3; ++i) watched.Look();

  CHECK(watched.simulation.polar.faults.size() < 5);
  CHECK(log.problems == std::set{Problem::kEndpointDisabled, Problem::kPolarAway});
  CHECK(log.began.size() == 2);
  CHECK(log.ended.empty());
}

TEST_CASE("a tenant that is ending is watched no more") {
  Watched watched;
  watched.settings.is_ending = true;
  watched.simulation.Restart(watched.settings);
  watched.Change(R"({"enabled":false})");

  CHECK_FALSE(watched.simulation.Await(watched.simulation.service->WatchEndpoint()).has_value());
  CHECK_FALSE(watched.simulation.Await(watched.simulation.service->FillMirror()).has_value());

  CHECK(watched.simulation.polar.requests.empty());
  CHECK(watched.simulation.log.began.empty());
}

TEST_CASE("the events that must be ticked are those that decide who has access") {
  for (const std::string_view type : kWebhookEventNames) {
    const std::string_view noun = type.substr(0, type.find('.'));
    const bool decides = noun == "customer" || noun == "subscription" || noun == "order" || noun == "refund" ||
                         noun == "checkout" || noun == "benefit_grant" || noun == "customer_seat";
    INFO(type);
    CHECK(IsNeeded(type) == decides);
  }
}

TEST_CASE("a tenant's endpoint delivers below its mount, and the best of several with the secret counts") {
  Settings settings;
  settings.webhook_secrets = *ParseWebhookSecrets("whsec_new-0123456789-0123456789-012345,whsec_old");
  settings.mount = "/t/acme";
  WebhookEndpoint endpoint;
  endpoint.id = "good";
  endpoint.format = "raw";
  endpoint.secret = "whsec_old";
  endpoint.enabled = true;
  for (const std::string_view type : kWebhookEventNames) {
    if (type != "subscription.migrated") endpoint.events.emplace_back(type);
  }
  const auto at = [&](const char* url) {
    endpoint.url = url;
    return FindProblems(settings, {endpoint});
  };

  CHECK(at("https://app.example/t/acme/polar/webhooks").empty());
  CHECK(at("https://app.example/t/acme/api/v1/polar/webhooks").empty());
  CHECK(at("https://app.example/polar/webhooks").contains(Problem::kEndpointUrl));
  CHECK(at("https://app.example/t/acme-shop/polar/webhooks").contains(Problem::kEndpointUrl));
  CHECK(at("https://app.example/x/t/acme/polar/webhooks").empty());

  WebhookEndpoint disabled = endpoint;
  disabled.id = "disabled";
  disabled.enabled = false;
  WebhookEndpoint strange = endpoint;
  strange.id = "strange";
  strange.secret = "whsec_of-another-server";
  CHECK(FindProblems(settings, {strange, disabled, endpoint}).empty());
  CHECK(FindProblems(settings, {strange, disabled}).contains(Problem::kEndpointDisabled));
  CHECK(OwnEndpoints(settings, {strange, disabled, endpoint}) == std::vector<std::string>{"disabled", "good"});
  CHECK(OwnEndpoints(settings, {strange}) == std::vector<std::string>{"strange"});
  WebhookEndpoint chat = strange;
  chat.format = "slack";
  CHECK(OwnEndpoints(settings, {chat}).empty());
}
