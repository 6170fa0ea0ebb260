// What has become of one event (GET /usage/event), and what was used per value of a property.
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const std::string kOfAcme = std::string("?organization_id=") + kAcme;

std::string StatusOf(Simulation& simulation, const std::string& query, const char* user = kBob) {
  const HttpResponse answer = simulation.Request("GET", "/usage/event" + query, user);
  if (answer.status != 200) return std::to_string(answer.status);
  return *FindString(simulation.BodyOf(answer), "status");
}

}  // namespace

TEST_CASE("an event's fate is told to its own subject: it waits, it is at Polar, Polar had it, it is given up") {
  Simulation simulation;
  const auto record = [&](const char* id) {
    const std::string body = std::string(R"({"event_name":"api_call","quantity":0.5,"external_id":")") + id + "\"}";
    REQUIRE(simulation.Request("POST", "/usage" + kOfAcme, kBob, body).status == 202);
  };
  record("1");
  CHECK(StatusOf(simulation, kOfAcme + "&event_id=1") == "waiting");
  simulation.polar.faults.push_back({"/ingest", {TransportFault::kNetwork, true, 0}});
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));

  const HttpResponse known = simulation.Request("GET", "/usage/event" + kOfAcme + "&event_id=1", kBob);
  CHECK(known.body == R"({"event_id":"1","event_name":"api_call","quantity":0.5,"status":"reported",)"
                      R"("recorded_at":"2026-11-22T06:00:00Z","reported_at":")" +
                          FormatTimestamp(simulation.clock.Now()) +
                          R"(","polar_said":"duplicate","failures":0,"refusals":0})");
  record("2");
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));
  CHECK(simulation.Request("GET", "/usage/event" + kOfAcme + "&event_id=2", kBob)
            .body.find(R"("polar_said":"inserted")") != std::string::npos);

  record("3");
  const auto due = testing::DueUsage(*simulation.store, simulation.clock.Now(), 10);
  REQUIRE(due.size() == 1);
  REQUIRE(
      simulation.Await(simulation.store->MarkUsageRefused(due[0].row, "not so", std::nullopt, simulation.clock.Now()))
          .ok());
  const HttpResponse given_up = simulation.Request("GET", "/usage/event" + kOfAcme + "&event_id=3", kBob);
  CHECK(given_up.body.find(R"("status":"parked")") != std::string::npos);
  CHECK(given_up.body.find(R"("reason":"not so")") != std::string::npos);

  CHECK(StatusOf(simulation, kOfAcme + "&event_id=4") == "404");
  CHECK(StatusOf(simulation, "?event_id=1") == "404");  // Bob's own
  CHECK(StatusOf(simulation, kOfAcme + "&event_id=1", kEve) == "403");
  CHECK(StatusOf(simulation, kOfAcme) == "422");
}

TEST_CASE(
    "a summary is per value of one property where it is asked for: the frequent ones apart, all others together") {
  Simulation simulation;
  std::string events;
  const auto add = [&](const std::string& properties, const std::string& quantity) {
    events += (events.empty() ? "" : ",") + std::string(R"({"event_name":"api_call","quantity":)") + quantity +
              (properties.empty() ? "" : ",\"properties\":" + properties) + "}";
  };
  for (int i = 0; i < 3; ++i) add(R"({"route":"/a"})", "0.1");
  for (int i = 0; i < 2; ++i) {
    add(R"({"route":7})", "1");
    add(R"({"route":true})", "0.5");
  }
  add("", "5");
  for (int i = 0; i < 60; ++i) add(R"({"route":"/r)" + std::to_string(i) + "\"}", "0");
  REQUIRE(simulation.Request("POST", "/usage/batch", kBob, R"({"events":[)" + events + "]}").status == 202);

  const HttpResponse answer = simulation.Request("GET", "/usage/summary?by=month&property=route", kBob);
  const auto has = [&](const std::string& text) { return answer.body.find(text) != std::string::npos; };

  INFO(answer.body);
  REQUIRE(answer.status == 200);
  CHECK(has(R"("value":"/a","events":3,"quantity":0.3,"quantity_decimal":"0.3",)"));
  CHECK(has(R"("value":"7","events":2,"quantity":2,)"));
  CHECK(has(R"("value":"true","events":2,"quantity":1,)"));
  CHECK(has(R"("period":"2026-11","events":1,"quantity":5,)"));
  // 63 values are told, of which 50 stand alone.
  CHECK(has(R"("other":true,"events":13,"quantity":0,)"));
  CHECK(simulation.Request("GET", "/usage/summary?property=", kBob).status == 422);
  CHECK(simulation.Request("GET", "/usage/summary?property=none", kBob).body.find(R"("events":68,)") !=
        std::string::npos);
}
