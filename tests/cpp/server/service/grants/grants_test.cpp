// Grants by hand through the whole service: given with a service key, in every answer on access, told to the
// application, with and without a customer, while Polar is down.
#include "server/base/secrets/service_key.h"
#include "server/service/deliveries/notifications.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr const char* kSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const std::string kToAlice = std::string("/grants?user_id=") + kAlice;

/// What the application was told.
class Listening final : public HttpClient {
 public:
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds /*timeout*/) override {
    told.push_back(*ParseJson(request.body));
    co_return HttpResponse{.status = 200, .headers = {}, .body = ""};
  }
  std::vector<Json> told;
};

struct BackEnd {
  BackEnd() {
    settings.plans = {{.slug = "pro", .product_id = simulation.ProductId(), .tier = "pro", .features = {"export"}},
                      {.slug = "max", .product_id = std::string(36, '1'), .tier = "max", .features = {"audit"}}};
    simulation.Restart(settings);
    key = AddKey("grant:read,grant:write,access:read,customer:read,customer:erase");
    notifications = std::make_unique<Notifications>(
        Host{simulation.clock, simulation.random, *simulation.store, application, simulation.plinto, simulation.tokens,
             simulation.log},
        settings, *notification_store,
        NotificationSettings{"https://app.example/billing", {*WebhookSecret::Parse(kSecret)}});
  }

  std::string AddKey(const std::string& scopes) {
    const std::string made = NewServiceKey(simulation.random);
    const ServiceKeyRow row{"id-" + scopes, HashServiceKey(made), "back end", scopes, simulation.clock.Now()};
    REQUIRE(simulation.Await(simulation.store->AddServiceKey(row)).ok());
    return made;
  }
  std::string In(std::int64_t seconds) { return FormatTimestamp(simulation.clock.Now().PlusSeconds(seconds)); }
  Json Give(const std::string& what, const std::string& path = kToAlice) {
    const HttpResponse answer =
        simulation.Request("POST", path, key, R"({"source":"support","reason":"A delay.",)" + what + "}");
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return simulation.BodyOf(answer);
  }
  HttpResponse Take(const Json& grant) {
    return simulation.Request("DELETE", "/grants/" + *FindString(grant, "id") + "?user_id=" + kAlice, key);
  }
  /// The answer of GET /access, which the state and the token must agree with.
  std::string Reason(const std::string& query = "") {
    const Json answer = simulation.BodyOf(simulation.Request("GET", "/access" + query, kAlice));
    const std::string* reason = FindString(answer, "reason");
    if (reason == nullptr) return DumpJson(answer);
    return *reason;
  }
  std::string Tell() {
    static_cast<void>(simulation.Await(notifications->Work()));
    std::string said;
    for (const Json& one : application.told) {
      const Json& data = *FindMember(one, "data");
      const Json* plan = FindMember(data, "plan");
      said += (said.empty() ? "" : ", ") + *FindString(one, "type") + " " + *FindString(data, "reason") + " " +
              (plan->is_null() ? "-" : *FindString(*plan, "tier"));
    }
    application.told.clear();
    return said;
  }

  Simulation simulation;
  Settings settings;
  std::string key;
  Listening application;
  std::unique_ptr<NotificationStore> notification_store = simulation.database->NotificationsOf(kDefaultTenant);
  std::unique_ptr<Notifications> notifications;
};

}  // namespace

TEST_CASE("a grant holds for somebody without a customer, in every answer, from its date to its date") {
  BackEnd back_end;
  Simulation& simulation = back_end.simulation;
  const Json grant =
      back_end.Give(R"("tier":"pro","starts_at":")" + back_end.In(100) + R"(","ends_at":")" + back_end.In(200) + "\"");
  CHECK(*FindString(grant, "user_id") == kAlice);
  CHECK(*FindString(grant, "created_by") == "key:id-grant:read,grant:write,access:read,customer:read,customer:erase");
  CHECK(back_end.Reason() == "no_plan");
  CHECK(back_end.Tell().empty());

  simulation.clock.Advance(100);
  CHECK(back_end.Reason() == "granted");
  CHECK(back_end.Reason("?feature=export") == "granted");
  CHECK(back_end.Reason("?tier=max") == "not_in_plan");
  const Json state = simulation.BodyOf(simulation.Request("GET", "/customer/state", kAlice));
  CHECK(*FindString(state, "tier") == "pro");
  const HttpResponse token = simulation.Request("GET", "/entitlements/token", kAlice);
  CHECK(token.status == 200);
  CHECK(ParseTimestamp(*FindString(simulation.BodyOf(token), "expires_at")) <= simulation.clock.Now().PlusSeconds(100));
  CHECK(back_end.Tell() == "access.granted granted pro");

  simulation.clock.Advance(100);
  CHECK(back_end.Reason() == "ended");
  CHECK(back_end.Tell() == "access.revoked ended -");
}

TEST_CASE("a grant that is removed is told as any change is, and stays in the list with who removed it") {
  BackEnd back_end;
  const Json grant = back_end.Give(R"("tier":"max")");
  CHECK(back_end.Tell() == "access.granted granted max");

  CHECK(back_end.Take(grant).status == 200);
  const Json removed = back_end.simulation.BodyOf(back_end.Take(grant));

  CHECK(FindString(removed, "removed_at") != nullptr);
  CHECK(FindString(removed, "removed_by")->starts_with("key:"));
  CHECK(back_end.Reason() == "no_plan");
  CHECK(back_end.Tell() == "access.revoked no_plan -");
  const auto list = [&](const std::string& more) {
    const Json page = back_end.simulation.BodyOf(back_end.simulation.Request("GET", kToAlice + more, back_end.key));
    return FindMember(page, "items")->size();
  };
  CHECK(list("") == 0);
  CHECK(list("&removed=true") == 1);
}

TEST_CASE("while Polar is down a grant holds, once it was waited for; who has none hears of the failure as before") {
  BackEnd back_end;
  Simulation& simulation = back_end.simulation;
  back_end.Give(R"("tier":"pro")");
  const auto fail = [&] {
    const EmulatedPolar::Fault fault{TransportFault::kTimeout, false, 60};
    simulation.polar.faults.assign(20, {"GET", fault});
  };
  fail();
  simulation.polar.requests.clear();
  const Timestamp before = simulation.clock.Now();

  CHECK(back_end.Reason() == "granted");
  const auto asked = simulation.polar.requests.size();
  CHECK(simulation.clock.Now() <= before.PlusSeconds(4));
  CHECK(back_end.Reason() == "granted");
  CHECK(simulation.polar.requests.size() == asked);
  fail();
  CHECK(simulation.Request("GET", "/access", kEve).status >= 500);
}

TEST_CASE("what was bought and what was given: the purchase is the plan, and the grant stays once it has ended") {
  BackEnd back_end;
  Simulation& simulation = back_end.simulation;
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
  simulation.DeliverAll();
  back_end.Give(R"("tier":"pro")");
  CHECK(back_end.Reason() == "active");
  CHECK(back_end.Tell() == "access.granted active pro");

  const Json state = simulation.BodyOf(simulation.Request("GET", "/customer/state", kAlice));
  const std::string subscription = *FindString(state, "subscription_id");
  CHECK(simulation.AskPolar("DELETE", "/v1/subscriptions/" + subscription).Succeeded());
  simulation.DeliverAll();

  CHECK(back_end.Reason() == "granted");
  CHECK(back_end.Tell() == "subscription.changed granted pro");
}

TEST_CASE("an explanation names the grant behind an answer") {
  BackEnd back_end;
  back_end.Give(R"("features":["beta"])");

  const HttpResponse answer =
      back_end.simulation.Request("GET", std::string("/access?explain=1&feature=beta&user_id=") + kAlice, back_end.key);

  const Json body = back_end.simulation.BodyOf(answer);
  CHECK(*FindString(body, "reason") == "granted");
  const Json& fact = FindMember(*FindMember(body, "explanation"), "facts")->get_ptr<const Json::array_t*>()->front();
  CHECK(*FindString(fact, "kind") == "local_grant");
  CHECK(FindBool(fact, "decides") == true);
  CHECK(*FindString(fact, "reason") == "A delay.");
}

TEST_CASE("a grant that is asked for again under its external id is the same; another under it is refused") {
  BackEnd back_end;
  const Json first = back_end.Give(R"("tier":"pro","external_id":"ticket-7")");
  back_end.simulation.clock.Advance(5);
  const Json again = back_end.Give(R"("tier":"pro","external_id":"ticket-7")");
  CHECK(DumpJson(first) == DumpJson(again));

  const HttpResponse other =
      back_end.simulation.Request("POST", kToAlice, back_end.key,
                                  R"({"source":"support","reason":"A delay.","tier":"max","external_id":"ticket-7"})");
  CHECK(other.status == 409);
  CHECK(back_end.simulation.FieldOf(other) == "external_id");
}

TEST_CASE("what cannot be given is refused by its name") {
  BackEnd back_end;
  const auto refused = [&](const std::string& what) {
    const HttpResponse answer =
        back_end.simulation.Request("POST", kToAlice, back_end.key, R"({"source":"s","reason":"r",)" + what + "}");
    INFO(answer.body);
    CHECK(answer.status == 422);
    return back_end.simulation.FieldOf(answer);
  };
  CHECK(refused(R"("tier":"gold")") == "tier");
  CHECK(refused(R"("tier":"pro","features":["a"])") == "tier");
  CHECK(refused(R"("features":[])") == "tier");
  CHECK(refused(R"("features":[""])") == "features[0]");
  CHECK(refused(R"("tier":"pro","ends_at":")" + back_end.In(-1) + "\"") == "ends_at");
  CHECK(refused(R"("tier":"pro","starts_at":")" + back_end.In(9) + R"(","ends_at":")" + back_end.In(9) + "\"") ==
        "ends_at");
  const std::string own = R"({"source":"s","reason":"r","tier":"pro"})";
  CHECK(back_end.simulation.Request("POST", "/grants", back_end.key, own).status == 422);
}

TEST_CASE("nobody gives themselves anything: grants take a service key with the scope, and their subject") {
  BackEnd back_end;
  Simulation& simulation = back_end.simulation;
  const Json grant = back_end.Give(R"("tier":"pro")");
  const std::string body = R"({"source":"s","reason":"r","tier":"pro"})";
  for (const std::string& query : {std::string(), AcmeQuery()}) {
    const HttpResponse own = simulation.Request("POST", "/grants" + query, kAlice, body);
    CHECK(own.status == 403);
    CHECK(simulation.ErrorCodeOf(own) == "ROLE_NOT_ALLOWED");
    CHECK(own.body.find("grant:write") != std::string::npos);
    CHECK(simulation.Request("GET", "/grants" + query, kAlice).status == 403);
  }
  const std::string reader = back_end.AddKey("grant:read");
  CHECK(simulation.Request("POST", kToAlice, reader, body).status == 403);
  CHECK(simulation.Request("GET", kToAlice, reader).status == 200);
  const std::string of_eve = "/grants/" + *FindString(grant, "id") + "?user_id=" + kEve;
  CHECK(simulation.Request("DELETE", of_eve, back_end.key).status == 404);
  CHECK(back_end.Reason() == "granted");
}

TEST_CASE("to erase somebody erases their grants, and the application is told of the end") {
  BackEnd back_end;
  back_end.Give(R"("tier":"pro")");
  CHECK(back_end.Tell() == "access.granted granted pro");

  const HttpResponse erased =
      back_end.simulation.Request("DELETE", std::string("/customer?user_id=") + kAlice, back_end.key);

  CHECK(FindInteger(back_end.simulation.BodyOf(erased), "grants") == 1);
  CHECK(back_end.Tell() == "access.revoked customer_deleted -");
  CHECK(back_end.Reason() == "no_plan");
}
