// Every way out of a subject ends with exactly one `access.revoked`, and the application has nothing older after it.
#include <functional>

#include "core/webhook/signature.h"
#include "server/service/deliveries/notifications.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr const char* kSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr const char* kOwnId = "0a1b2c3d-0000-4000-8000-00000000000f";

/// Where notifications arrive, unless it is down.
class Application final : public HttpClient {
 public:
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds) override {
    if (is_down) co_return TransportFault::kConnectionRefused;
    told.push_back(*ParseJson(request.body));
    co_return HttpResponse{
        .status = 200, .headers = {}, .body = std::string(R"({"subscription_id":")") + kOwnId + "\"}"};
  }
  std::string Types() const {
    std::string types;
    for (const Json& one : told) types += (types.empty() ? "" : " ") + *FindString(one, "type");
    return types;
  }
  bool is_down = false;
  std::vector<Json> told;
};

struct Story {
  explicit Story(bool once = false) : is_once(once) { simulation.Restart(SettingsWithPlan()); }
  Settings SettingsWithPlan() const {
    Settings settings;
    settings.plans.push_back({.slug = "pro", .product_id = Product(), .tier = "gold"});
    return settings;
  }
  /// By the month, or paid once.
  std::string Product() const {
    for (const emulator::ProductSummary& product : simulation.emulator.products()) {
      if (product.interval.empty() == is_once) return product.id;
    }
    return {};
  }
  void Buy() {
    const std::string body = R"({"product_id":")" + Product() + "\"}";
    const auto checkout = simulation.Request("POST", "/checkout" + query, kAlice, body);
    INFO(checkout.body);
    REQUIRE(checkout.status == 201);
    simulation.Pay(simulation.BodyOf(checkout));
    simulation.DeliverAll();
  }
  void Work() { static_cast<void>(simulation.Await(notifications.Work())); }
  /// All that is under way arrives, and time passes.
  void Settle() {
    for (int i = 0; i < 3; ++i) {
      simulation.DeliverAll();
      simulation.clock.Advance(120);
      static_cast<void>(simulation.ProcessInbox());
      Work();
    }
  }
  void Plinto(const std::string& type, const std::string& id) {
    const std::string data = R"({"id":")" + id + R"("})";
    REQUIRE(simulation.TellOfPlinto("evt_end", type, data, "2026-11-22T07:00:00Z").status == 202);
    static_cast<void>(simulation.ProcessInbox());
  }
  HttpResponse Polar(const std::string& method, const std::string& path, const std::string& body = "") {
    HttpResponse answer = simulation.AskPolar(method, path, body);
    INFO(answer.body);
    REQUIRE(answer.Succeeded());
    return answer;
  }
  std::string SubscriptionId() {
    return *FindString(*FindMember(application.told.front(), "data"), "polar_subscription_id");
  }
  std::string CustomerId() {
    const Subject subject{query.empty() ? Subject::Kind::kUser : Subject::Kind::kOrganization,
                          query.empty() ? kAlice : kAcme};
    return simulation.Await(simulation.store->FindCustomer(subject))->value().polar_customer_id;
  }
  Json Order() {
    const Json orders = *ParseJson(Polar("GET", "/v1/orders/").body);
    return FindMember(orders, "items")->get_ptr<const Json::array_t*>()->front();
  }

  bool is_once = false;
  std::string query;  ///< names kAcme where it is the subject
  Simulation simulation;
  Application application;
  std::unique_ptr<NotificationStore> store = simulation.database->NotificationsOf(kDefaultTenant);
  Notifications notifications{
      {simulation.clock, simulation.random, *simulation.store, application, simulation.plinto, simulation.tokens},
      SettingsWithPlan(),
      *store,
      {"https://app.example/billing", {*WebhookSecret::Parse(kSecret)}}};
};

struct WayOut {
  const char* name;
  bool is_organization;
  std::function<void(Story&)> leave;
  bool is_once = false;
};

const std::array kWaysOut = {
    WayOut{"erased here", false,
           [](Story& s) { REQUIRE(s.simulation.Request("DELETE", "/customer", kAlice).status == 200); }},
    WayOut{"erased here and at Polar", false,
           [](Story& s) { REQUIRE(s.simulation.Request("DELETE", "/customer?polar=true", kAlice).status == 200); }},
    WayOut{"an organization that is erased", true,
           [](Story& s) { REQUIRE(s.simulation.Request("DELETE", "/customer" + AcmeQuery(), kAlice).status == 200); }},
    WayOut{"an organization that is erased here and at Polar", true,
           [](Story& s) {
             REQUIRE(s.simulation.Request("DELETE", "/customer" + AcmeQuery() + "&polar=true", kAlice).status == 200);
           }},
    WayOut{"a user whom Plinto deletes", false, [](Story& s) { s.Plinto("user.deleted", kAlice); }},
    WayOut{"an organization that Plinto deletes", true, [](Story& s) { s.Plinto("organization.deleted", kAcme); }},
    WayOut{"a customer who is deleted at Polar", false,
           [](Story& s) { s.Polar("DELETE", "/v1/customers/" + s.CustomerId()); }},
    WayOut{"a subscription that is revoked", false,
           [](Story& s) { s.Polar("DELETE", "/v1/subscriptions/" + s.SubscriptionId()); }},
    WayOut{"a canceled subscription whose period ends", true,
           [](Story& s) {
             s.Polar("PATCH", "/v1/subscriptions/" + s.SubscriptionId(), R"({"cancel_at_period_end":true})");
             const bool is_down = std::exchange(s.application.is_down, false);
             s.Settle();
             s.application.told.pop_back();  // subscription.changed
             s.application.is_down = is_down;
             s.simulation.clock.Advance(32 * 86'400);
           }},
    WayOut{"a purchase that is refunded with what it gave", true,
           [](Story& s) {
             const Json order = s.Order();
             s.Polar("POST", "/v1/refunds/",
                     R"({"reason":"customer_request","revoke_benefits":true,"order_id":")" + *FindString(order, "id") +
                         R"(","amount":)" + std::to_string(*FindInteger(order, "net_amount")) + "}");
           },
           true},
    WayOut{"a tenant that is removed", false,
           [](Story& s) {
             const Timestamp now = s.simulation.clock.Now();
             while (*s.simulation.Await(s.store->TellEndings(1, now)) > 0) continue;
           }},
    WayOut{"a tenant that is removed, with an organization's purchase", true,
           [](Story& s) { CHECK(*s.simulation.Await(s.store->TellEndings(100, s.simulation.clock.Now())) == 1); },
           true},
};

}  // namespace

TEST_CASE("every way out of a subject is told once, as the last that is told of it") {
  for (const WayOut& way : kWaysOut) {
    for (const bool is_down : {false, true}) {
      DYNAMIC_SECTION(way.name << (is_down ? ", while the application is down" : "")) {
        Story story(way.is_once);
        if (way.is_organization) story.query = AcmeQuery();
        story.Buy();
        story.Work();
        REQUIRE(story.application.Types() == "access.granted");
        story.application.is_down = is_down;

        way.leave(story);
        if (is_down) story.Settle();
        story.application.is_down = false;
        story.Settle();

        CHECK(story.application.Types() == "access.granted access.revoked");
        const Json& last = *FindMember(story.application.told.back(), "data");
        CHECK(FindBool(last, "allowed") == false);
        CHECK(*FindString(last, way.is_organization ? "organization_id" : "user_id") ==
              (way.is_organization ? kAcme : kAlice));
        if (way.is_once) continue;
        CHECK(*FindString(last, "polar_subscription_id") == story.SubscriptionId());
        CHECK(*FindString(last, "subscription_id") == kOwnId);
      }
    }
  }
}

TEST_CASE("access that the application has not heard of yet ends without a late grant") {
  Story story;
  story.Buy();
  story.application.is_down = true;
  story.Work();

  REQUIRE(story.simulation.Request("DELETE", "/customer", kAlice).status == 200);
  story.application.is_down = false;
  story.Settle();

  CHECK(story.application.Types() == "access.revoked");
  CHECK(story.simulation.Await(story.store->NextDue(story.simulation.clock.Now()))->has_value() == false);
}

TEST_CASE("who was told of an end is not told twice, and who comes back is told of access again") {
  Story story;
  story.Buy();
  story.Work();
  REQUIRE(story.simulation.Request("DELETE", "/customer", kAlice).status == 200);
  REQUIRE(story.simulation.Request("DELETE", "/customer", kAlice).status == 200);
  story.Settle();
  REQUIRE(story.application.Types() == "access.granted access.revoked");

  REQUIRE(story.simulation.Request("GET", "/access", kAlice).status == 200);  // still subscribed at Polar
  story.Settle();

  CHECK(story.application.Types() == "access.granted access.revoked access.granted");
}

TEST_CASE("a customer that Polar deleted and that was made anew before anybody looked is told to have no access") {
  Story story;
  story.Buy();
  story.Work();
  story.Polar("DELETE", "/v1/customers/" + story.CustomerId());
  story.simulation.DeliverAll();

  REQUIRE(story.simulation.Request("POST", "/customer", kAlice).status == 200);
  story.Settle();

  CHECK(story.application.Types() == "access.granted access.revoked");
}

TEST_CASE("after Plinto has deleted a user their token opens nothing, on any route") {
  Story story;
  story.Buy();
  story.Plinto("user.deleted", kAlice);
  const std::pair<const char*, const char*> routes[] = {
      {"POST", "/usage"},          {"POST", "/usage/batch"},       {"GET", "/usage/summary"},
      {"POST", "/checkout"},       {"POST", "/customer"},          {"GET", "/customer/portal"},
      {"GET", "/customer/data"},   {"GET", "/customer/state"},     {"GET", "/customer/orders"},
      {"GET", "/access"},          {"GET", "/entitlements/token"}, {"GET", "/customer/subscriptions"},
      {"GET", "/customer/meters"}, {"GET", "/customer/benefits"},  {"DELETE", "/customer"},
  };
  for (const std::string& query : {std::string(), AcmeQuery()}) {
    for (const auto& [method, path] : routes) {
      const std::string body = std::string(path) == "/usage"         ? R"({"event_name":"api_call"})"
                               : std::string(path) == "/usage/batch" ? R"({"events":[{"event_name":"api_call"}]})"
                               : std::string(path) == "/checkout"    ? story.simulation.CheckoutBody()
                                                                     : "";
      const HttpResponse answer = story.simulation.Request(method, path + query, kAlice, body);
      INFO(method << " " << path << query << " " << answer.body);
      CHECK((answer.status == 401 || answer.status == 404));
      CHECK(story.simulation.ErrorCodeOf(answer) == "TOKEN_INVALID");
    }
  }
  static_cast<void>(story.simulation.Await(story.simulation.service->ReportUsage()));
  CHECK(story.simulation.polar.Count("POST /v1/events/ingest") == 0);
}
