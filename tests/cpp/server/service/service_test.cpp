// The service against the emulator: the main job, refusals, lost answers.
#include <utility>

#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const Json& First(const Json& json, const char* list) {
  const auto* items = FindMember(json, list)->get_ptr<const Json::array_t*>();
  REQUIRE(items != nullptr);
  REQUIRE_FALSE(items->empty());
  return items->front();
}

std::string ForAcme(const std::string& more = "") {
  return std::string(R"(,"organization_id":")") + kAcme + "\"" + more;
}

}  // namespace

TEST_CASE("a purchase from the click to the plan: checkout, payment, webhooks, customer data") {
  Simulation simulation;

  const HttpResponse created = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(ForAcme()));
  REQUIRE(created.status == 201);
  const Json checkout = simulation.BodyOf(created);
  simulation.Pay(checkout);
  simulation.DeliverAll();

  const HttpResponse read = simulation.Request("GET", "/customer/data" + AcmeQuery(), kBob);
  REQUIRE(read.status == 200);
  const Json data = simulation.BodyOf(read);
  CHECK(*FindString(First(data, "subscriptions"), "status") == "active");
  CHECK(FindInteger(First(data, "subscriptions"), "amount") == 2'000);
  CHECK(*FindString(First(data, "subscriptions"), "product_name") == "Pro");
  CHECK(FindBool(First(data, "orders"), "paid") == true);
  CHECK(*FindString(First(data, "benefits"), "benefit_type") == "feature_flag");
}

TEST_CASE("the mirror ends the same in whatever order and however often webhooks arrive") {
  std::string expected;
  for (unsigned seed = 0; seed < 12; ++seed) {
    Simulation simulation;
    const Json checkout =
        simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(ForAcme())));
    simulation.Pay(checkout);
    std::vector<HttpRequest> deliveries = simulation.Collect();
    std::vector<HttpRequest> shuffled = deliveries;
    if (seed > 0) {
      shuffled.insert(shuffled.end(), deliveries.begin(), deliveries.end());
      for (std::size_t i = shuffled.size() - 1; i > 0; --i)
        std::swap(shuffled[i], shuffled[(i * 7 + seed * 13) % (i + 1)]);
    }
    for (const HttpRequest& delivery : shuffled) {
      REQUIRE(simulation.Deliver(delivery).status == 202);
      if (seed % 2 == 1) static_cast<void>(simulation.ProcessInbox());
    }
    static_cast<void>(simulation.ProcessInbox());

    const std::string data = simulation.Request("GET", "/customer/data" + AcmeQuery(), kAlice).body;
    if (seed == 0) expected = data;
    CHECK(data == expected);
  }
  CHECK(expected.find("\"active\"") != std::string::npos);
}

TEST_CASE("whoever is not allowed learns so before Polar is asked anything") {
  Simulation simulation;
  const std::string body = simulation.CheckoutBody(ForAcme());

  CHECK(simulation.Request("POST", "/checkout", "", body).status == 401);
  CHECK(simulation.Request("POST", "/checkout", "not-a-token", body).status == 401);
  CHECK(simulation.ErrorCodeOf(simulation.Request("POST", "/checkout", kEve, body)) == "ORGANIZATION_ACCESS_DENIED");
  CHECK(simulation.ErrorCodeOf(simulation.Request("POST", "/checkout", kBob, body)) == "ROLE_NOT_ALLOWED");
  CHECK(simulation.ErrorCodeOf(simulation.Request("GET", "/customer/portal" + AcmeQuery(), kEve)) ==
        "ORGANIZATION_ACCESS_DENIED");
  CHECK(simulation.Request("GET", "/customer/data?organization_id=acme", kAlice).status == 422);
  CHECK(simulation.polar.requests.empty());
}

TEST_CASE("a query says each thing once, and in UTF-8") {
  Simulation simulation;
  const auto refused = [&](const std::string& query, const std::string& field) {
    const HttpResponse answer = simulation.Request("GET", "/usage/summary?" + query, kAlice);
    INFO(query);
    CHECK(answer.status == 422);
    CHECK(simulation.FieldOf(answer) == field);
  };

  refused("event_name=%ff", "event_name");
  refused("event_name=a%00b", "event_name");
  refused("%C3=1", "query");
  refused(std::string("organization_id=") + kAcme + "&organization_id=" + kAcme, "organization_id");
  CHECK(simulation.Request("GET", "/usage/summary?event_name=%C3%A9", kAlice).status == 200);
}

TEST_CASE("Polar down or silent is a typed error within ten seconds") {
  for (const char* path : {"/v1/customers/", "/v1/customer-sessions/"}) {
    Simulation simulation;
    REQUIRE(simulation.Request("POST", "/customer", kBob, "{}").status == 200);
    for (int i = 0; i < 9; ++i) simulation.polar.faults.push_back({path, {TransportFault::kTimeout, false, 60}});
    const Timestamp start = simulation.clock.Now();

    const bool portal = std::string(path).find("session") != std::string::npos;
    const HttpResponse answer = portal ? simulation.Request("GET", "/customer/portal", kBob)
                                       : simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody());

    CHECK(answer.status == 504);
    CHECK(simulation.ErrorCodeOf(answer) == "UPSTREAM_TIMEOUT");
    CHECK(simulation.clock.Now().Milliseconds() - start.Milliseconds() <= 10'000);
  }
}

TEST_CASE("a clock that is set back while Polar is silent makes nobody wait longer") {
  Simulation simulation;
  for (int i = 0; i < 9; ++i) simulation.polar.faults.push_back({"GET /v1/", {TransportFault::kTimeout, false, 60}});
  const Timestamp set_back = simulation.clock.Now().PlusSeconds(-300);
  bool is_set_back = false;
  simulation.polar.on_request = [&](const std::string&) {
    if (!std::exchange(is_set_back, true)) simulation.clock.Set(set_back);
  };

  CHECK(simulation.Request("GET", "/access", kBob).status == 504);

  // The one that was on its way, and what had been left of the time.
  CHECK(simulation.clock.Now() <= set_back.PlusSeconds(20));
}

TEST_CASE("Polar's rate limit is passed on with its time") {
  Simulation simulation;
  for (int i = 0; i < 9; ++i) {
    simulation.polar.faults.push_back(
        {"/v1/customers/", {HttpResponse{.status = 429, .headers = {{"Retry-After", "30"}}}}});
  }

  const HttpResponse answer = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody());

  CHECK(answer.status == 503);
  CHECK(simulation.ErrorCodeOf(answer) == "UPSTREAM_RATE_LIMITED");
  CHECK(*answer.headers.Find("retry-after") == "30");
}
