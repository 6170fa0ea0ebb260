// What POST /usage/batch takes: JSON or an event on each line, of which content type, and how many.
#include "core/gateway/usage_events.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const HttpHeaders kOfLines = {{"content-type", "application/x-ndjson; charset=utf-8"}};

std::string EventText(int number) {
  return R"({"event_name":"api_call","external_id":"e)" + std::to_string(number) + R"(","quantity":0.1})";
}

std::string BatchOf(int events, const std::string& more = "") {
  std::string list;
  for (int i = 0; i < events; ++i) list += (i == 0 ? "" : ",") + EventText(i);
  return R"({"events":[)" + list + more + "]}";
}

const Json::array_t& ResultsIn(const Json& answer) {
  const Json* results = FindMember(answer, "results");
  REQUIRE(results != nullptr);
  return *results->get_ptr<const Json::array_t*>();
}

}  // namespace

TEST_CASE("a batch may have an event on each line, and one that is wrong is named by its line") {
  Simulation simulation;
  const std::string body = EventText(1) + "\n\n{\n" + EventText(2) + "\r\n" + EventText(1) + "\n[1]\n" +
                           R"({"event_name":"api_call","quantity":"much"})" + "\n" + EventText(3);

  const HttpResponse answer = simulation.Request("POST", "/usage/batch", kBob, body, kOfLines);

  REQUIRE(answer.status == 202);
  const Json json = simulation.BodyOf(answer);
  std::string told;
  for (const Json& result : ResultsIn(json)) {
    told += *FindString(result, "status");
    if (const Json* error = FindMember(result, "error")) {
      told += " " + *FindString(*error, "code") + " in line " +
              std::to_string(*FindInteger(*FindMember(*error, "details"), "line"));
    }
    told += "; ";
  }
  CHECK(told ==
        "accepted; refused INVALID_JSON in line 3; accepted; duplicate; refused VALIDATION_FAILED in line 6; "
        "refused VALIDATION_FAILED in line 7; accepted; ");
  CHECK(simulation.Request("GET", "/usage/summary", kBob).body.find(R"("events":3,)") != std::string::npos);
}

TEST_CASE("what a body of lines cannot say stands in the query, and what a JSON body says may not") {
  Simulation simulation;
  const std::string sent_at = "?sent_at=2026-11-22T05:00:00Z";
  const std::string event = R"({"event_name":"api_call","external_id":"1","timestamp":"2026-11-22T04:50:00Z"})";

  REQUIRE(simulation.Request("POST", "/usage/batch" + sent_at, kBob, event, kOfLines).status == 202);

  // The sender's clock is an hour behind, so the event is ten minutes old.
  const HttpResponse told = simulation.Request("GET", "/usage/event?event_id=1", kBob);
  CHECK(told.body.find(R"("used_at":"2026-11-22T05:50:00Z")") != std::string::npos);
  const auto refused = [&](const std::string& query, const std::string& text, const HttpHeaders& headers) {
    const HttpResponse answer = simulation.Request("POST", "/usage/batch" + query, kBob, text, headers);
    return std::to_string(answer.status) + " " + simulation.FieldOf(answer);
  };
  CHECK(refused(sent_at, BatchOf(1), {}) == "422 sent_at");
  CHECK(refused("?sent_at=noon", event, kOfLines) == "422 sent_at");
  CHECK(refused("", "\n \n", kOfLines) == "422 events");
}

TEST_CASE("a content type that is not taken is answered 415, and which ones are") {
  Simulation simulation;
  const auto send = [&](const HttpHeaders& headers) {
    return simulation.Request("POST", "/usage/batch", kBob, BatchOf(1), headers);
  };

  for (const char* type : {"text/csv", "application/xml", "multipart/form-data; boundary=x"}) {
    const HttpResponse refused = send({{"content-type", type}});
    CHECK(refused.status == 415);
    CHECK(simulation.ErrorCodeOf(refused) == "UNSUPPORTED_MEDIA_TYPE");
    CHECK(simulation.FieldOf(refused) == "content-type");
    CHECK(refused.body.find("application/x-ndjson") != std::string::npos);
  }
  CHECK(send({{"content-type", "Application/JSON; charset=utf-8"}}).status == 202);
  CHECK(simulation.Request("GET", "/usage/summary", kBob).body.find(R"("events":1,)") != std::string::npos);
}

TEST_CASE("ten thousand events fit into one request, and no more; without ids a thousand") {
  Simulation simulation;
  const auto events = [&](const std::string& body, const HttpHeaders& headers = {}) {
    const HttpResponse answer = simulation.Request("POST", "/usage/batch", kBob, body, headers);
    if (answer.status != 202) return simulation.ErrorCodeOf(answer);
    int accepted = 0;
    const Json told = simulation.BodyOf(answer);
    for (const Json& one : ResultsIn(told)) accepted += *FindString(one, "status") == "accepted";
    return std::to_string(accepted);
  };

  CHECK(events(BatchOf(10'000)) == "10000");
  CHECK(simulation.Request("GET", "/usage/summary", kBob).body.find(R"("quantity_decimal":"1000",)") !=
        std::string::npos);
  CHECK(events(BatchOf(10'001)) == "VALIDATION_FAILED");
  std::string lines;
  for (int i = 0; i < 10'001; ++i) lines += EventText(i) + "\n";
  CHECK(events(lines, kOfLines) == "VALIDATION_FAILED");
  // All but the one without an id are known already.
  CHECK(events(BatchOf(999, R"(,{"event_name":"api_call"})")) == "1");
  CHECK(events(BatchOf(1'000, R"(,{"event_name":"api_call"})")) == "0");
}

TEST_CASE("whoever may not record is refused before their body is read") {
  Simulation simulation;
  const HttpResponse nobody = simulation.Request("POST", "/usage/batch", "", "{", {{"content-type", "text/csv"}});
  CHECK(nobody.status == 401);
}
