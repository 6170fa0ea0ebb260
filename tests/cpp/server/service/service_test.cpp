// The service against the emulator: the main job, refusals, lost answers.
#include <algorithm>

#include "core/foundation/sha256.h"
#include "core/webhook/signature.h"
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

HttpRequest PlintoEventRequest(const std::string& body) {
  const std::array<std::string_view, 1> parts = {body};
  return {.method = "POST",
          .url = "/polar/events/plinto",
          .headers = {{"X-Webhook-Signature", ToHex(SignHmacSha256("plinto-secret", parts))}},
          .body = body};
}

}  // namespace

TEST_CASE("a purchase from the click to the plan: checkout, payment, webhooks, customer data") {
  Simulation simulation;

  const HttpResponse created = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(ForAcme()));
  REQUIRE(created.status == 201);
  const Json checkout = simulation.Json_(created);
  simulation.Pay(checkout);
  simulation.DeliverAll();

  const HttpResponse read = simulation.Request("GET", "/customer/data" + AcmeQuery(), kBob);
  REQUIRE(read.status == 200);
  const Json data = simulation.Json_(read);
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
        simulation.Json_(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(ForAcme())));
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
      if (seed % 2 == 1) static_cast<void>(simulation.Await(simulation.service->ProcessInbox()));
    }
    static_cast<void>(simulation.Await(simulation.service->ProcessInbox()));

    const std::string data = simulation.Request("GET", "/customer/data" + AcmeQuery(), kAlice).body;
    if (seed == 0) expected = data;
    CHECK(data == expected);
  }
  CHECK(expected.find("\"active\"") != std::string::npos);
}

TEST_CASE("who is not allowed learns so before Polar is asked anything") {
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

TEST_CASE("a customer is made once, even when the answer to its creation was lost") {
  Simulation simulation;
  simulation.polar.faults.push_back({"/v1/customers/", {TransportFault::kNetwork, true, 0}});

  const HttpResponse first = simulation.Request("POST", "/customer", kAlice, "{}");
  const HttpResponse second = simulation.Request("POST", "/customer", kAlice, "{}");

  REQUIRE(first.status == 200);
  CHECK(first.body == second.body);
  CHECK(*FindString(simulation.Json_(first), "external_id") == kAlice);
}

TEST_CASE("each organization and each user is a customer of his own") {
  Simulation simulation;
  const auto customer_of = [&](const std::string& user, const std::string& body) {
    const HttpResponse answer = simulation.Request("POST", "/customer", user, body);
    REQUIRE(answer.status == 200);
    return *FindString(simulation.Json_(answer), "customer_id");
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
  simulation.plinto.billing_email = "billing@acme.example";
  REQUIRE(simulation.Request("POST", "/customer", kAlice).status == 200);  // her own: her address is taken
  simulation.polar.faults.push_back({"POST /v1/customers/", kNoTeams});

  const HttpResponse made = simulation.Request("POST", "/customer" + AcmeQuery(), kAlice);

  INFO(made.body);
  REQUIRE(made.status == 200);
  CHECK(*FindString(simulation.Json_(made), "email") == "billing@acme.example");
  simulation.Reinstall();
  const HttpResponse found = simulation.Request("POST", "/customer" + AcmeQuery(), kDan);
  CHECK(*FindString(simulation.Json_(found), "customer_id") == *FindString(simulation.Json_(made), "customer_id"));
}

TEST_CASE("where Polar has no teams and the only address is taken, the answer says what to do") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/customer", kAlice).status == 200);
  simulation.polar.faults.push_back({"POST /v1/customers/", kNoTeams});

  const HttpResponse refused = simulation.Request("POST", "/customer" + AcmeQuery(), kAlice);

  CHECK(refused.status == 409);
  CHECK(simulation.FieldOf(refused) == "billing_email");
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
    CHECK(FindString(simulation.Json_(answer), "portal_url")->find("customer_session_token=") != std::string::npos);
  }
  CHECK(simulation.polar.Count("POST /v1/customers/") == 1);
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

TEST_CASE("usage is stored before it is answered and reported once, whatever is lost") {
  Simulation simulation;
  const std::string body =
      R"({"event_name":"api_call","quantity":3,"external_id":"call-1","properties":{"route":"/x"}})";
  simulation.polar.faults.push_back({"/v1/events/ingest", {TransportFault::kNetwork, true, 0}});

  const HttpResponse first = simulation.Request("POST", "/usage", kAlice, body);
  const HttpResponse again = simulation.Request("POST", "/usage", kAlice, body);
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));
  const HttpResponse after = simulation.Request("POST", "/usage", kAlice, body);

  REQUIRE(first.status == 202);
  CHECK(first.body == R"({"event_id":"call-1","event_name":"api_call","quantity":3,"reported":false})");
  CHECK(again.body == first.body);
  CHECK(FindBool(simulation.Json_(after), "reported") == true);
  const HttpResponse listed =
      simulation.emulator.Handle({.method = "GET",
                                  .url = std::string("/v1/events/?source=user&external_customer_id=") + kAlice,
                                  .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()}}},
                                 simulation.clock.Now());
  const Json events = simulation.Json_(listed);
  REQUIRE(FindMember(events, "items")->size() == 1);
  CHECK(FindInteger(*FindMember(First(events, "items"), "metadata"), "quantity") == 3);
}

TEST_CASE("two users may choose the same id for their events, and both are billed") {
  Simulation simulation;
  const std::string body = R"({"event_name":"api_call","external_id":"1"})";
  REQUIRE(simulation.Request("POST", "/usage", kAlice, body).status == 202);
  REQUIRE(simulation.Request("POST", "/usage", kBob, body).status == 202);
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));

  const HttpResponse listed =
      simulation.emulator.Handle({.method = "GET",
                                  .url = "/v1/events/?source=user",
                                  .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()}}},
                                 simulation.clock.Now());
  CHECK(FindMember(simulation.Json_(listed), "items")->size() == 2);
}

TEST_CASE("while Polar is down usage waits, and is reported once it is back") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/usage", kAlice, R"({"event_name":"api_call"})").status == 202);
  for (int i = 0; i < 3; ++i) simulation.polar.faults.push_back({"/ingest", {HttpResponse{.status = 500}}});

  const auto next = simulation.Await(simulation.service->ReportUsage());

  REQUIRE(next.has_value());
  CHECK(*next > simulation.clock.Now());
  CHECK(*next <= simulation.clock.Now().PlusSeconds(300));
  simulation.clock.Advance(300);
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
}

TEST_CASE("one event that Polar refuses does not hold up the others, and is not sent again") {
  Simulation simulation;
  const auto usage = [](int i) { return R"({"event_name":"api_call","external_id":")" + std::to_string(i) + "\"}"; };
  for (int i = 0; i < 8; ++i) REQUIRE(simulation.Request("POST", "/usage", kAlice, usage(i)).status == 202);
  // Polar refuses a batch as a whole: the eight, then takes the seven others, and refuses the bad event alone.
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",0],"msg":"m","type":"t"}]})"};
  const HttpResponse taken{.status = 200, .body = R"({"inserted":7,"duplicates":0})"};
  simulation.polar.faults.push_back({"/ingest", {refusal}});
  simulation.polar.faults.push_back({"/ingest", {taken, true}});
  simulation.polar.faults.push_back({"/ingest", {refusal}});

  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());

  for (int i = 0; i < 8; ++i) {
    const Json again = simulation.Json_(simulation.Request("POST", "/usage", kAlice, usage(i)));
    CHECK(FindBool(again, "reported") == (i != 0));
  }
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 3);
}

TEST_CASE("a clock ahead of Polar's delays usage, it loses none") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/usage", kAlice, R"({"event_name":"api_call"})").status == 202);
  const HttpResponse refusal{
      .status = 422, .body = R"({"detail":[{"loc":["body","events",0,"timestamp"],"msg":"future","type":"t"}]})"};
  simulation.polar.faults.push_back({"/ingest", {refusal}});

  CHECK(simulation.Await(simulation.service->ReportUsage()).has_value());
  simulation.clock.Advance(10);
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
}

TEST_CASE("usage that is too much for one request goes in several") {
  Simulation simulation;
  std::string text;
  for (int i = 0; i < 500; ++i) text += "\xF0\x9F\x92\xB0";
  std::string properties;
  for (int i = 0; i < 49; ++i) properties += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"" + text + "\"";
  const auto record = [&](int id) {
    return simulation.Request(
        "POST", "/usage", kAlice,
        R"({"event_name":"api_call","external_id":")" + std::to_string(id) + R"(","properties":{)" + properties + "}}");
  };
  for (int i = 0; i < 90; ++i) REQUIRE(record(i).status == 202);
  // The first request is refused for its third event.
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",2],"msg":"m","type":"t"}]})"};
  simulation.polar.faults.push_back({"/ingest", {refusal}});

  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));

  // What fits below 8 MiB is refused once; then all but the third, the third alone, what was left.
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 4);
  int reported = 0;
  for (int i = 0; i < 90; ++i) {
    if (FindBool(simulation.Json_(record(i)), "reported") == true) ++reported;
  }
  CHECK(reported == 90);
}

TEST_CASE("end users record only events that are allowed, for subjects that are theirs") {
  Simulation simulation;

  CHECK(simulation.ErrorCodeOf(simulation.Request("POST", "/usage", kAlice, R"({"event_name":"refund"})")) ==
        "USAGE_EVENT_NOT_ALLOWED");
  CHECK(simulation.Request("POST", "/usage" + AcmeQuery(), kEve, R"({"event_name":"api_call"})").status == 403);
  CHECK(simulation.Request("POST", "/usage" + AcmeQuery(), kBob, R"({"event_name":"api_call"})").status == 202);
  const HttpResponse two =
      simulation.Request("POST", "/usage" + AcmeQuery(), kBob,
                         R"({"event_name":"api_call","organization_id":"00000000-0000-4000-8000-000000000000"})");
  CHECK(simulation.FieldOf(two) == "organization_id");
}

TEST_CASE("forged, stale and changed webhooks are refused with a diagnosis and leave nothing behind") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody()).status == 201);
  std::vector<HttpRequest> deliveries = simulation.Collect();
  REQUIRE_FALSE(deliveries.empty());
  HttpRequest forged = deliveries.front();
  forged.body[forged.body.size() / 2] ^= 1;

  const HttpResponse answer = simulation.Deliver(forged);
  CHECK(answer.status == 403);
  CHECK(simulation.ErrorCodeOf(answer) == "WEBHOOK_SIGNATURE_MISMATCH");
  CHECK(answer.body.find("diagnosis") != std::string::npos);
  simulation.clock.Advance(400);
  CHECK(simulation.ErrorCodeOf(simulation.Deliver(deliveries.front())) == "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE");
  CHECK_FALSE(simulation.Await(simulation.service->ProcessInbox()).has_value());
  CHECK(simulation.Await(simulation.store->DueWebhooks(simulation.clock.Now(), 10))->empty());
}

TEST_CASE("events that this version does not know are acknowledged") {
  Simulation simulation;
  const auto secrets = *ParseWebhookSecrets(simulation.emulator.webhook_secret());
  const std::string body = R"({"type":"moon.landed","timestamp":"2026-11-22T06:00:00Z","data":{"id":1.0}})";
  const auto headers = SignWebhook(secrets.front(), KeyDerivation::kWholeText, "evt-1", simulation.clock.Now(), body);

  CHECK(simulation.Deliver({.method = "POST", .url = "", .headers = *headers, .body = body}).status == 202);
  CHECK_FALSE(simulation.Await(simulation.service->ProcessInbox()).has_value());
}

TEST_CASE("signing up creates the customer at Polar, once, also when Polar is down at first") {
  Simulation simulation;
  const std::string body = std::string(R"({"id":"evt_1","type":"user.created","data":{"id":")") + kEve +
                           R"(","email":"eve@example.com","first_name":"Eve","last_name":"Stone"}})";
  for (int i = 0; i < 3; ++i) simulation.polar.faults.push_back({"/v1/customers/", {HttpResponse{.status = 500}}});

  CHECK(simulation.Await(simulation.service->Handle(PlintoEventRequest(body))).status == 202);
  CHECK(simulation.Await(simulation.service->Handle(PlintoEventRequest(body))).status == 202);
  CHECK(simulation.Await(simulation.service->ProcessInbox()).has_value());
  simulation.clock.Advance(10);
  CHECK_FALSE(simulation.Await(simulation.service->ProcessInbox()).has_value());

  const HttpResponse answer = simulation.Request("POST", "/customer", kEve, "{}");
  CHECK(*FindString(simulation.Json_(answer), "name") == "Eve Stone");
  HttpRequest forged = PlintoEventRequest(body);
  forged.body += " ";
  forged.body[5] ^= 1;
  CHECK(simulation.Await(simulation.service->Handle(std::move(forged))).status == 403);
}

TEST_CASE("routes answer under both mounts, and say what they do not know") {
  Simulation simulation;
  const auto status = [&](const char* method, const char* url) {
    return simulation.Await(simulation.service->Handle({.method = method, .url = url})).status;
  };

  CHECK(status("GET", "/polar/customer/data") == 401);
  CHECK(status("GET", "/api/v1/polar/customer/data") == 401);
  CHECK(status("GET", "/customer/data") == 404);
  CHECK(status("GET", "/polar") == 404);
  CHECK(status("GET", "/polarx/customer/data") == 404);
  CHECK(status("GET", "/polar/%zz") == 404);
  CHECK(status("DELETE", "/polar/checkout") == 405);
}
