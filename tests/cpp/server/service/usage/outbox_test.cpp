// Usage on its way from POST /usage to Polar: stored first, reported once, whatever is lost or refused.
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

}  // namespace

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
  CHECK(FindBool(simulation.BodyOf(after), "reported") == true);
  const HttpResponse listed =
      simulation.emulator.Handle({.method = "GET",
                                  .url = std::string("/v1/events/?source=user&external_customer_id=") + kAlice,
                                  .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()}}},
                                 simulation.clock.Now());
  const Json events = simulation.BodyOf(listed);
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
  CHECK(FindMember(simulation.BodyOf(listed), "items")->size() == 2);
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
    const Json again = simulation.BodyOf(simulation.Request("POST", "/usage", kAlice, usage(i)));
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
    if (FindBool(simulation.BodyOf(record(i)), "reported") == true) ++reported;
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
