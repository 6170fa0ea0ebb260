// What was recorded beside what Polar's meters have counted: they agree, or the day is named on which they do not.
#include "server/service/usage/verification.h"

#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const Timestamp kFrom = *ParseTimestamp("2026-11-01T00:00:00Z");
const Timestamp kTo = *ParseTimestamp("2026-12-01T00:00:00Z");

std::string NewMeter(Simulation& simulation, const std::string& name, const std::string& filter,
                     const std::string& aggregation) {
  const HttpResponse made =
      simulation.AskPolar("POST", "/v1/meters/",
                          R"({"name":")" + name + R"(","filter":)" + filter + R"(,"aggregation":)" + aggregation + "}");
  INFO(made.body);
  REQUIRE(made.status == 201);
  return *FindString(simulation.BodyOf(made), "id");
}

const std::string kCallsOnly =
    R"({"conjunction":"and","clauses":[{"property":"name","operator":"eq","value":"api_call"}]})";
const std::string kSumOfQuantity = R"({"func":"sum","property":"quantity"})";

Verification VerifyNow(Simulation& simulation, std::optional<std::string> subject = {}) {
  Settings settings;
  settings.polar = {.base_url = "http://polar.test", .access_token = simulation.emulator.access_token()};
  Host host = simulation.MakeHost();
  auto found = simulation.Await(VerifyUsage(host, settings, {kFrom, kTo, std::move(subject)}));
  INFO((found.ok() ? "" : found.error().message));
  REQUIRE(found.ok());
  return *std::move(found);
}

const MeterCheck& CheckOn(const Verification& found, const std::string& meter) {
  for (const MeterCheck& check : found.meters) {
    if (check.meter_id == meter) return check;
  }
  FAIL("no such meter");
  return found.meters.front();
}

void RecordCall(Simulation& simulation, const char* user, const std::string& more) {
  const HttpResponse answer = simulation.Request("POST", "/usage", user, R"({"event_name":"api_call",)" + more + "}");
  INFO(answer.body);
  REQUIRE(answer.status == 202);
}

void ReportAll(Simulation& simulation) {
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));
  simulation.clock.Advance(120);
}

}  // namespace

TEST_CASE("what Polar has counted agrees with what was recorded, by sums, counts and filters, decimals too") {
  Simulation simulation;
  const std::string sum = NewMeter(simulation, "Calls", kCallsOnly, kSumOfQuantity);
  const std::string count = NewMeter(simulation, "Number", kCallsOnly, R"({"func":"count"})");
  const std::string some =
      NewMeter(simulation, "Some",
               R"({"conjunction":"or","clauses":[{"property":"metadata.route","operator":"like","value":"/a"},)"
               R"({"property":"metadata.size","operator":"gte","value":10}]})",
               R"({"func":"sum","property":"metadata.size"})");
  const std::string most = NewMeter(simulation, "Most", kCallsOnly, R"({"func":"max","property":"quantity"})");
  for (int i = 0; i < 10; ++i) RecordCall(simulation, kBob, R"("quantity":0.1,"properties":{"route":"/a/b","size":2})");
  RecordCall(simulation, kAlice, R"("quantity":7,"properties":{"size":20},"timestamp":"2026-11-20T10:00:00Z")");
  UsageRow taken_back{.subject = {Subject::Kind::kUser, kAlice},
                      .external_id = "back",
                      .event_name = "api_call",
                      .quantity = -1,
                      .properties = R"({"size":9,"route":"/b"})",
                      .created_at = simulation.clock.Now()};
  REQUIRE(simulation.Await(simulation.store->AddUsage(std::move(taken_back))).ok());
  ReportAll(simulation);

  const Verification found = VerifyNow(simulation);

  CHECK(found.events == 12);
  CHECK(found.waiting == 0);
  CHECK(CheckOn(found, sum).Agrees());
  CHECK(CheckOn(found, sum).recorded.Text() == "7");
  CHECK(CheckOn(found, sum).at_polar.ToDouble() == Approx(7));
  CHECK(CheckOn(found, count).Agrees());
  CHECK(CheckOn(found, count).recorded.Text() == "12");
  CHECK(CheckOn(found, some).Agrees());
  CHECK(CheckOn(found, some).recorded.Text() == "40");
  CHECK(CheckOn(found, most).not_compared.find("max") != std::string::npos);
}

TEST_CASE("an event that only Polar has is drift, on its day and of its customer") {
  Simulation simulation;
  const std::string meter = NewMeter(simulation, "Calls", kCallsOnly, kSumOfQuantity);
  RecordCall(simulation, kBob, R"("quantity":2)");
  ReportAll(simulation);
  const std::string foreign = std::string(R"({"events":[{"name":"api_call","external_customer_id":")") + kAlice +
                              R"(","timestamp":"2026-11-19T10:00:00Z","metadata":{"quantity":5}}]})";
  REQUIRE(simulation.AskPolar("POST", "/v1/events/ingest", foreign).status == 200);

  const Verification found = VerifyNow(simulation);

  const MeterCheck& check = CheckOn(found, meter);
  CHECK_FALSE(check.Agrees());
  REQUIRE(check.drift.size() == 1);
  CHECK(check.drift[0].day == *ParseTimestamp("2026-11-19T00:00:00Z"));
  CHECK(check.drift[0].recorded.Text() == "0");
  CHECK(check.drift[0].at_polar.ToDouble() == 5);
  CHECK(CheckOn(VerifyNow(simulation, kBob), meter).Agrees());
  CHECK_FALSE(CheckOn(VerifyNow(simulation, kAlice), meter).Agrees());
}

TEST_CASE("an event that was taken for reported and never reached Polar is drift") {
  Simulation simulation;
  const std::string meter = NewMeter(simulation, "Calls", kCallsOnly, kSumOfQuantity);
  RecordCall(simulation, kBob, R"("quantity":2)");
  const auto due = testing::DueUsage(*simulation.store, simulation.clock.Now(), 10);
  REQUIRE(simulation.Await(simulation.store->MarkUsageReported({due[0].row}, simulation.clock.Now())).ok());
  simulation.clock.Advance(120);

  const MeterCheck check = CheckOn(VerifyNow(simulation), meter);

  REQUIRE(check.drift.size() == 1);
  CHECK(check.drift[0].recorded.Text() == "2");
  CHECK(check.drift[0].at_polar.ToDouble() == 0);
}

TEST_CASE("what is on its way may be at Polar or not, and what was given up is not there") {
  Simulation simulation;
  const std::string meter = NewMeter(simulation, "Calls", kCallsOnly, kSumOfQuantity);
  RecordCall(simulation, kBob, R"("quantity":2)");
  CHECK(CheckOn(VerifyNow(simulation), meter).Agrees());
  CHECK(VerifyNow(simulation).waiting == 1);
  // Polar has it, and its answer is lost.
  simulation.polar.faults.push_back({"/ingest", {HttpResponse{.status = 500}, true}});
  simulation.polar.faults.push_back({"/ingest", {HttpResponse{.status = 500}}});
  simulation.polar.faults.push_back({"/ingest", {HttpResponse{.status = 500}}});
  simulation.polar.faults.push_back({"/ingest", {HttpResponse{.status = 500}}});
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));
  simulation.polar.faults.clear();

  const MeterCheck check = CheckOn(VerifyNow(simulation), meter);
  CHECK(check.Agrees());
  CHECK(check.at_polar.ToDouble() == 2);
  CHECK(check.on_its_way.Text() == "2");

  simulation.clock.Advance(300);
  ReportAll(simulation);
  RecordCall(simulation, kBob, R"("quantity":9)");
  const auto due = testing::DueUsage(*simulation.store, simulation.clock.Now(), 10);
  REQUIRE(due.size() == 1);
  REQUIRE(simulation.Await(simulation.store->MarkUsageRefused(due[0].row, "no", std::nullopt, simulation.clock.Now()))
              .ok());
  const Verification found = VerifyNow(simulation);
  CHECK(found.parked == 1);
  CHECK(CheckOn(found, meter).Agrees());
}
