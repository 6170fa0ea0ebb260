// Customers at Polar: made once, found again, and sent to the portal.
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

std::string ForAcme() { return std::string(R"(,"organization_id":")") + kAcme + "\""; }

}  // namespace

TEST_CASE("a customer is made once, even when the answer to its creation was lost") {
  Simulation simulation;
  simulation.polar.faults.push_back({"/v1/customers/", {TransportFault::kNetwork, true, 0}});

  const HttpResponse first = simulation.Request("POST", "/customer", kAlice, "{}");
  const HttpResponse second = simulation.Request("POST", "/customer", kAlice, "{}");

  REQUIRE(first.status == 200);
  CHECK(first.body == second.body);
  CHECK(*FindString(simulation.BodyOf(first), "external_id") == kAlice);
}

TEST_CASE("each organization and each user is a customer of its own") {
  Simulation simulation;
  const auto customer_of = [&](const std::string& user, const std::string& body) {
    const HttpResponse answer = simulation.Request("POST", "/customer", user, body);
    REQUIRE(answer.status == 200);
    return *FindString(simulation.BodyOf(answer), "customer_id");
  };
  const std::string acme = std::string(R"({"organization_id":")") + kAcme + "\"}";

  CHECK(customer_of(kAlice, "{}") != customer_of(kAlice, acme));
  CHECK(customer_of(kAlice, acme) == customer_of(kDan, acme));
  CHECK(customer_of(kAlice, "{}") != customer_of(kBob, "{}"));
}

namespace {

// What a Polar organization without members answers to a team.
const EmulatedPolar::Fault kNoTeams{
    HttpResponse{.status = 422,
                 .body = R"({"detail":[{"loc":["body","type"],"msg":"Teams are not enabled","type":"value_error"}]})"},
    false, 0};

}  // namespace

TEST_CASE("where Polar has no teams, an organization is an individual that is marked as one") {
  Simulation simulation;
  simulation.polar.faults.push_back({"POST /v1/customers/", kNoTeams});

  const HttpResponse made = simulation.Request("POST", "/customer" + AcmeQuery(), kAlice);

  INFO(made.body);
  REQUIRE(made.status == 200);
  CHECK(*FindString(simulation.BodyOf(made), "email") == "a11c@example.com");  // verified, as the owner's
  simulation.Reinstall();
  const HttpResponse found = simulation.Request("POST", "/customer" + AcmeQuery(), kDan);
  CHECK(*FindString(simulation.BodyOf(found), "customer_id") == *FindString(simulation.BodyOf(made), "customer_id"));
}

TEST_CASE("where Polar has no teams and the only address is taken, the answer says what to do") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/customer", kAlice).status == 200);
  simulation.polar.faults.push_back({"POST /v1/customers/", kNoTeams});

  const HttpResponse refused = simulation.Request("POST", "/customer" + AcmeQuery(), kAlice);

  CHECK(refused.status == 409);
  CHECK(simulation.FieldOf(refused) == "email");
  CHECK(refused.body.find("Turn on members at Polar") != std::string::npos);
}

TEST_CASE("an address that Plinto has not verified reaches Polar on no route, and what Polar has already is found") {
  Simulation simulation;
  const auto is_told = [&](const char* email) {
    HttpRequest list{.method = "GET",
                     .url = std::string("/v1/customers/?email=") + email,
                     .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()}}};
    return simulation.emulator.Handle(list, simulation.clock.Now()).body.find(email) != std::string::npos;
  };
  simulation.plinto.email_verified = false;
  for (const auto& [method, path] : {std::pair{"POST", "/customer"}, {"POST", "/checkout"}}) {
    for (const std::string& query : {std::string(), AcmeQuery()}) {
      const std::string body = std::string(path) == "/checkout" ? simulation.CheckoutBody() : "";
      const HttpResponse refused = simulation.Request(method, path + query, kAlice, body);
      INFO(path << query << refused.body);
      CHECK(refused.status == 409);
      CHECK(simulation.FieldOf(refused) == "email");
      CHECK(refused.body.find("not verified") != std::string::npos);
    }
  }
  CHECK_FALSE(is_told("a11c@example.com"));
  CHECK(simulation.polar.Count("POST /v1/customers/") == 0);
  CHECK(simulation.polar.Count("POST /v1/checkouts/") == 0);

  simulation.plinto.email_verified = true;
  REQUIRE(simulation.Request("POST", "/customer" + AcmeQuery(), kAlice).status == 200);
  simulation.plinto.email_verified = false;
  CHECK(simulation.Request("POST", "/checkout" + AcmeQuery(), kDan, simulation.CheckoutBody()).status == 201);
  const HttpResponse portal = simulation.Request("GET", "/customer/portal" + AcmeQuery(), kDan);
  CHECK(simulation.FieldOf(portal) == "email");
  CHECK_FALSE(is_told("da00@example.com"));
  simulation.Reinstall();
  CHECK(simulation.Request("POST", "/customer" + AcmeQuery(), kAlice).status == 200);
}

TEST_CASE("the portal opens for every admin of an organization, not only for its owner") {
  Simulation simulation;
  CHECK(simulation.ErrorCodeOf(simulation.Request("GET", "/customer/portal" + AcmeQuery(), kAlice)) ==
        "CUSTOMER_NOT_FOUND");
  REQUIRE(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(ForAcme())).status == 201);

  for (const char* user : {kAlice, kDan, kDan}) {
    const HttpResponse answer = simulation.Request(
        "GET", "/customer/portal" + AcmeQuery() + "&return_url=https%3A%2F%2Fapp.example%2Fbilling", user);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    CHECK(FindString(simulation.BodyOf(answer), "portal_url")->find("customer_session_token=") != std::string::npos);
  }
  CHECK(simulation.polar.Count("POST /v1/customers/") == 1);
}

TEST_CASE("a portal leads back only to an origin that is allowed, whatever stands in its place") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/customer", kAlice).status == 200);
  simulation.polar.requests.clear();

  for (const char* url : {"https://app.example{@evil.example/", "https://app.example{CHECKOUT_ID}.evil.example/",
                          "https://app.example%5C@evil.example/", "https://evil.example/"}) {
    INFO(url);
    const HttpResponse answer = simulation.Request("GET", std::string("/customer/portal?return_url=") + url, kAlice);
    CHECK(answer.status == 422);
    CHECK(simulation.FieldOf(answer) == "return_url");
  }
  CHECK(simulation.polar.requests.empty());
}

TEST_CASE("a customer that is not stored here, but known to Polar, is adopted by its external id") {
  Simulation first;
  REQUIRE(first.Request("POST", "/customer", kBob, "{}").status == 200);
  const auto database = Database::OpenSqlite(":memory:", SqliteWriter::Mode::kInline);
  REQUIRE(database.ok());
  const auto emptied = (*database)->ForTenant(kDefaultTenant);
  Settings settings;
  settings.polar = {.base_url = "http://polar.test", .access_token = first.emulator.access_token()};
  Service service(Host{first.clock, first.random, *emptied, first.polar, first.plinto, first.tokens}, settings);

  const HttpResponse answer =
      first.Await(service.Handle({.method = "GET",
                                  .url = "/polar/customer/portal",
                                  .headers = {{"authorization", std::string("Bearer ") + kBob}}}));

  CHECK(answer.status == 200);
}
