// DELETE /customer: what is gone, what stays until it is billed, and what does not come back.
#include "core/webhook/signature.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

const Subject kAliceHerself{Subject::Kind::kUser, kAlice};

std::int64_t CountIn(Simulation& simulation, const HttpResponse& answer, const char* what) {
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  const auto count = FindInteger(simulation.BodyOf(answer), what);
  REQUIRE(count.has_value());
  return *count;
}

void Buy(Simulation& simulation) {
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
}

}  // namespace

TEST_CASE("a subject is erased with all that was stored about it, and a second time nothing is left to erase") {
  Simulation simulation;
  Buy(simulation);
  simulation.DeliverAll();
  REQUIRE(simulation.Request("POST", "/usage", kAlice, R"({"event_name":"api_call","external_id":"e-1"})").status ==
          202);
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));

  const HttpResponse erased = simulation.Request("DELETE", "/customer", kAlice);

  CHECK(CountIn(simulation, erased, "customers") == 1);
  CHECK(CountIn(simulation, erased, "checkouts") == 1);
  CHECK(CountIn(simulation, erased, "subscriptions") == 1);
  CHECK(CountIn(simulation, erased, "orders") == 1);
  CHECK(CountIn(simulation, erased, "usage_events") == 1);
  CHECK(CountIn(simulation, erased, "usage_events_waiting") == 0);
  const auto known = simulation.Await(simulation.store->ReadSubject(kAliceHerself));
  CHECK_FALSE(known->customer.has_value());
  const HttpResponse again = simulation.Request("DELETE", "/customer", kAlice);
  for (const char* what : {"customers", "checkouts", "subscriptions", "orders", "usage_events"}) {
    CHECK(CountIn(simulation, again, what) == 0);
  }
}

TEST_CASE("whom to erase stands in the query, and nothing is erased where a body says anything") {
  Simulation simulation;
  Buy(simulation);
  const std::string acme = std::string(R"({"organization_id":")") + kAcme + "\"}";
  REQUIRE(simulation.Request("POST", "/customer", kAlice, acme).status == 200);

  CHECK(simulation.Request("DELETE", "/customer", kAlice, R"({"polar":true})").status == 422);
  CHECK(simulation.Request("DELETE", "/customer", kAlice, acme).status == 422);
  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer" + AcmeQuery(), kAlice), "checkouts") == 0);
  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer" + AcmeQuery(), kAlice), "customers") == 0);
  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer", kAlice), "checkouts") == 1);
}

TEST_CASE("usage that is not billed yet is billed before it is erased") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/customer", kAlice, "{}").status == 200);
  const std::string event = R"({"event_name":"api_call","external_id":"e-1"})";
  REQUIRE(simulation.Request("POST", "/usage", kAlice, event).status == 202);

  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer", kAlice), "usage_events_waiting") == 1);
  simulation.polar.requests.clear();
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));

  REQUIRE(simulation.polar.requests.size() == 1);
  CHECK(simulation.polar.requests.front() == "POST /v1/events/ingest");
  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer", kAlice), "usage_events") == 0);
  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer", kAlice), "usage_events_waiting") == 0);
}

TEST_CASE("news of an erased customer that was on its way stores nothing") {
  Simulation simulation;
  Buy(simulation);
  const std::vector<HttpRequest> late = simulation.Collect();
  const std::string customer =
      simulation.Await(simulation.store->FindCustomer(kAliceHerself))->value().polar_customer_id;
  REQUIRE(simulation.Request("DELETE", "/customer", kAlice).status == 200);

  for (const HttpRequest& delivery : late) REQUIRE(simulation.Deliver(delivery).status == 202);
  static_cast<void>(simulation.ProcessInbox());

  const auto snapshots = simulation.Await(simulation.store->ReadSnapshots(customer));
  CHECK(snapshots->subscriptions.empty());
  CHECK(snapshots->orders.empty());
  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer", kAlice), "subscriptions") == 0);
}

TEST_CASE("a delivery about an erased customer is not parked, however it is made") {
  Simulation simulation;
  Buy(simulation);
  simulation.DeliverAll();
  const std::string customer =
      simulation.Await(simulation.store->FindCustomer(kAliceHerself))->value().polar_customer_id;
  REQUIRE(simulation.Request("DELETE", "/customer", kAlice).status == 200);
  const auto secrets = ParseWebhookSecrets(simulation.emulator.webhook_secret());
  const auto deliver = [&](const std::string& id, const std::string& of) {
    HttpRequest request{.method = "POST", .url = "", .headers = {}, .body = ""};
    request.body =
        R"({"type":"subscription.updated","timestamp":"2026-11-22T06:00:00Z","data":{"id":7,"customer_id":")" + of +
        R"(","customer":{"email":"alice@example.com"}}})";
    request.headers =
        *SignWebhook(secrets->front(), KeyDerivation::kStandard, id, simulation.clock.Now(), request.body);
    REQUIRE(simulation.Deliver(request).status == 202);
    static_cast<void>(simulation.ProcessInbox());
  };

  deliver("of-her", customer);
  deliver("of-another", "c0000000-0000-4000-8000-000000000001");

  const auto parked = simulation.Await(simulation.store->ListParkedWebhooks(10));
  REQUIRE(parked->size() == 1);
  CHECK(parked->front().event_id == "of-another");
}

TEST_CASE("a user who is erased here and still has a subscription at Polar has it again on coming back") {
  Simulation simulation;
  Buy(simulation);
  simulation.DeliverAll();
  REQUIRE(simulation.Request("DELETE", "/customer", kAlice).status == 200);

  const Json state = simulation.BodyOf(simulation.Request("GET", "/customer/state", kAlice));

  CHECK(*FindString(state, "status") == "active");
  CHECK(simulation.Await(simulation.store->FindCustomer(kAliceHerself))->has_value());
}

TEST_CASE(
    "with polar=true Polar forgets too, first; where it does not answer nothing is erased, and it may be tried again") {
  Simulation simulation;
  Buy(simulation);
  simulation.DeliverAll();
  for (int i = 0; i < 9; ++i)
    simulation.polar.faults.push_back({"/v1/customers/external/", {HttpResponse{.status = 500}}});

  CHECK(simulation.Request("DELETE", "/customer?polar=true", kAlice).status == 502);
  CHECK(simulation.Await(simulation.store->FindCustomer(kAliceHerself))->has_value());
  simulation.polar.faults.clear();
  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer?polar=true", kAlice), "customers") == 1);
  simulation.DeliverAll();
  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer?polar=true", kAlice), "customers") == 0);
  simulation.clock.Advance(3'600);
  const Json state = simulation.BodyOf(simulation.Request("GET", "/customer/state", kAlice));
  CHECK_FALSE(*FindBool(*FindMember(state, "access"), "allowed"));
  CHECK(simulation.Request("DELETE", "/customer?polar=maybe", kAlice).status == 422);
}

TEST_CASE("only an organization's owner erases it, and the owner's own things stay") {
  Simulation simulation;
  const std::string acme = std::string("?organization_id=") + kAcme;
  const std::string body = simulation.CheckoutBody(std::string(R"(,"organization_id":")") + kAcme + "\"");
  REQUIRE(simulation.Request("POST", "/checkout", kAlice, body).status == 201);
  REQUIRE(simulation.Request("POST", "/customer", kAlice, "{}").status == 200);

  CHECK(simulation.ErrorCodeOf(simulation.Request("DELETE", "/customer" + acme, kDan)) == "ROLE_NOT_ALLOWED");
  CHECK(CountIn(simulation, simulation.Request("DELETE", "/customer" + acme, kAlice), "checkouts") == 1);

  CHECK(simulation.Await(simulation.store->FindCustomer(kAliceHerself))->has_value());
}

}  // namespace plinto::polar::server
