// DELETE /customer: what is gone, what stays until it is billed, and what does not come back.
#include "core/webhook/signature.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

const Subject kAliceHerself{Subject::Kind::kUser, kAlice};

std::int64_t CountIn(Simulation& world, const HttpResponse& answer, const char* what) {
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  const auto count = FindInteger(world.Json_(answer), what);
  REQUIRE(count.has_value());
  return *count;
}

void Buy(Simulation& world) {
  world.Pay(world.Json_(world.Request("POST", "/checkout", kAlice, world.CheckoutBody())));
}

}  // namespace

TEST_CASE("a subject is erased with all that was stored about him, and a second time nothing is left to erase") {
  Simulation world;
  Buy(world);
  world.DeliverAll();
  REQUIRE(world.Request("POST", "/usage", kAlice, R"({"event_name":"api_call","external_id":"e-1"})").status == 202);
  static_cast<void>(world.Await(world.service->ReportUsage()));

  const HttpResponse erased = world.Request("DELETE", "/customer", kAlice);

  CHECK(CountIn(world, erased, "customers") == 1);
  CHECK(CountIn(world, erased, "checkouts") == 1);
  CHECK(CountIn(world, erased, "subscriptions") == 1);
  CHECK(CountIn(world, erased, "orders") == 1);
  CHECK(CountIn(world, erased, "usage_events") == 1);
  CHECK(CountIn(world, erased, "usage_events_waiting") == 0);
  const auto known = world.Await(world.store->ReadSubject(kAliceHerself));
  CHECK_FALSE(known->customer.has_value());
  const HttpResponse again = world.Request("DELETE", "/customer", kAlice);
  for (const char* what : {"customers", "checkouts", "subscriptions", "orders", "usage_events"}) {
    CHECK(CountIn(world, again, what) == 0);
  }
}

TEST_CASE("whom to erase may stand in the body, and nothing is erased where it says what is not known") {
  Simulation world;
  Buy(world);
  const std::string acme = std::string(R"({"organization_id":")") + kAcme + "\"}";
  REQUIRE(world.Request("POST", "/customer", kAlice, acme).status == 200);

  CHECK(world.Request("DELETE", "/customer", kAlice, R"({"polar":true})").status == 422);
  CHECK(CountIn(world, world.Request("DELETE", "/customer", kAlice, acme), "checkouts") == 0);
  CHECK(CountIn(world, world.Request("DELETE", "/customer", kAlice, acme), "customers") == 0);
  CHECK(CountIn(world, world.Request("DELETE", "/customer", kAlice), "checkouts") == 1);
}

TEST_CASE("usage that is not billed yet is billed before it is erased") {
  Simulation world;
  REQUIRE(world.Request("POST", "/customer", kAlice, "{}").status == 200);
  const std::string event = R"({"event_name":"api_call","external_id":"e-1"})";
  REQUIRE(world.Request("POST", "/usage", kAlice, event).status == 202);

  CHECK(CountIn(world, world.Request("DELETE", "/customer", kAlice), "usage_events_waiting") == 1);
  world.polar.requests.clear();
  static_cast<void>(world.Await(world.service->ReportUsage()));

  REQUIRE(world.polar.requests.size() == 1);
  CHECK(world.polar.requests.front() == "POST /v1/events/ingest");
  CHECK(CountIn(world, world.Request("DELETE", "/customer", kAlice), "usage_events") == 0);
  CHECK(CountIn(world, world.Request("DELETE", "/customer", kAlice), "usage_events_waiting") == 0);
}

TEST_CASE("news of an erased customer that was on its way stores nothing") {
  Simulation world;
  Buy(world);
  const std::vector<HttpRequest> late = world.Collect();
  const std::string customer = world.Await(world.store->FindCustomer(kAliceHerself))->value().polar_customer_id;
  REQUIRE(world.Request("DELETE", "/customer", kAlice).status == 200);

  for (const HttpRequest& delivery : late) REQUIRE(world.Deliver(delivery).status == 202);
  static_cast<void>(world.Await(world.service->ProcessInbox()));

  const auto snapshots = world.Await(world.store->ReadSnapshots(customer));
  CHECK(snapshots->subscriptions.empty());
  CHECK(snapshots->orders.empty());
  CHECK(CountIn(world, world.Request("DELETE", "/customer", kAlice), "subscriptions") == 0);
}

TEST_CASE("a delivery about an erased customer is not parked, however it is made") {
  Simulation world;
  Buy(world);
  world.DeliverAll();
  const std::string customer = world.Await(world.store->FindCustomer(kAliceHerself))->value().polar_customer_id;
  REQUIRE(world.Request("DELETE", "/customer", kAlice).status == 200);
  const auto secrets = ParseWebhookSecrets(world.emulator.webhook_secret());
  const auto deliver = [&](const std::string& id, const std::string& of) {
    HttpRequest request{.method = "POST", .url = "", .headers = {}, .body = ""};
    request.body =
        R"({"type":"subscription.updated","timestamp":"2026-11-22T06:00:00Z","data":{"id":7,"customer_id":")" + of +
        R"(","customer":{"email":"alice@example.com"}}})";
    request.headers = *SignWebhook(secrets->front(), KeyDerivation::kStandard, id, world.clock.Now(), request.body);
    REQUIRE(world.Deliver(request).status == 202);
    static_cast<void>(world.Await(world.service->ProcessInbox()));
  };

  deliver("of-her", customer);
  deliver("of-another", "c0000000-0000-4000-8000-000000000001");

  const auto parked = world.Await(world.store->ListParkedWebhooks(10));
  REQUIRE(parked->size() == 1);
  CHECK(parked->front().event_id == "of-another");
}

TEST_CASE("who is erased here and still has a subscription at Polar has it again when he comes back") {
  Simulation world;
  Buy(world);
  world.DeliverAll();
  REQUIRE(world.Request("DELETE", "/customer", kAlice).status == 200);

  const Json state = world.Json_(world.Request("GET", "/customer/state", kAlice));

  CHECK(*FindString(state, "status") == "active");
  CHECK(world.Await(world.store->FindCustomer(kAliceHerself))->has_value());
}

TEST_CASE(
    "with polar=true Polar forgets too, first; where it does not answer nothing is erased, and it may be tried again") {
  Simulation world;
  Buy(world);
  world.DeliverAll();
  for (int i = 0; i < 9; ++i) world.polar.faults.push_back({"/v1/customers/external/", {HttpResponse{.status = 500}}});

  CHECK(world.Request("DELETE", "/customer?polar=true", kAlice).status == 502);
  CHECK(world.Await(world.store->FindCustomer(kAliceHerself))->has_value());
  world.polar.faults.clear();
  CHECK(CountIn(world, world.Request("DELETE", "/customer?polar=true", kAlice), "customers") == 1);
  world.DeliverAll();
  CHECK(CountIn(world, world.Request("DELETE", "/customer?polar=true", kAlice), "customers") == 0);
  world.clock.Advance(3'600);
  const Json state = world.Json_(world.Request("GET", "/customer/state", kAlice));
  CHECK_FALSE(*FindBool(*FindMember(state, "access"), "allowed"));
  CHECK(world.Request("DELETE", "/customer?polar=maybe", kAlice).status == 422);
}

TEST_CASE("only an organization's owner erases it, and his own things stay") {
  Simulation world;
  const std::string acme = std::string("?organization_id=") + kAcme;
  const std::string body = world.CheckoutBody(std::string(R"(,"organization_id":")") + kAcme + "\"");
  REQUIRE(world.Request("POST", "/checkout", kAlice, body).status == 201);
  REQUIRE(world.Request("POST", "/customer", kAlice, "{}").status == 200);

  CHECK(world.ErrorCodeOf(world.Request("DELETE", "/customer" + acme, kDan)) == "ROLE_NOT_ALLOWED");
  CHECK(CountIn(world, world.Request("DELETE", "/customer" + acme, kAlice), "checkouts") == 1);

  CHECK(world.Await(world.store->FindCustomer(kAliceHerself))->has_value());
}

}  // namespace plinto::polar::server
