// What an event may be, from the request to Polar and back: decimals, ranges, its own time, cost and model, parent and
// member.
#include "core/foundation/decimal_sum.h"
#include "server/base/secrets/service_key.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

struct Recorder {
  explicit Recorder(UsageRanges ranges = {}) {
    Settings settings;
    settings.usage_events = std::move(ranges);
    simulation.Restart(std::move(settings));
    ServiceKeyRow row{"1", HashServiceKey(key), "test", "usage:write,usage:read", simulation.clock.Now()};
    REQUIRE(simulation.Await(simulation.store->AddServiceKey(row)).ok());
  }

  /// Of Alice, by a back end; `fields` without braces.
  HttpResponse ByKey(const std::string& fields, const std::string& query = std::string("?user_id=") + kAlice) {
    return simulation.Request("POST", "/usage" + query, key, "{" + fields + "}");
  }
  HttpResponse ByAlice(const std::string& fields, const std::string& query = "") {
    return simulation.Request("POST", "/usage" + query, kAlice, "{" + fields + "}");
  }
  /// `field: message`, or the status.
  std::string Said(const HttpResponse& answer) {
    if (answer.status == 202) return "202";
    const Json body = simulation.BodyOf(answer);
    return simulation.FieldOf(answer) + ": " + *FindString(*FindMember(body, "error"), "message");
  }
  void Report() { REQUIRE_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value()); }
  /// Polar's events, by their external ids: each bears its own as the property `id`.
  std::map<std::string, Json> AtPolar() {
    const Json events = simulation.BodyOf(simulation.AskPolar("GET", "/v1/events/?source=user&limit=100"));
    std::map<std::string, Json> found;
    for (const Json& event : *FindMember(events, "items")->get_ptr<const Json::array_t*>()) {
      const std::string* id = FindString(*FindMember(event, "metadata"), "id");
      found[id == nullptr ? "" : *id] = event;
    }
    return found;
  }
  Json MeterTotal() {
    const HttpResponse made = simulation.AskPolar(
        "POST", "/v1/meters/",
        R"({"name":"Sum","aggregation":{"func":"sum","property":"quantity"},"filter":{"conjunction":"and","clauses":[]}})");
    REQUIRE(made.status == 201);
    const HttpResponse quantities = simulation.AskPolar(
        "GET",
        "/v1/meters/" + *FindString(simulation.BodyOf(made), "id") +
            "/quantities?interval=month&start_timestamp=2026-11-01T00:00:00Z&end_timestamp=2026-11-30T00:00:00Z");
    return *FindMember(simulation.BodyOf(quantities), "total");
  }

  Simulation simulation;
  std::string key = std::string(kServiceKeyPrefix) + std::string(64, 'a');
};

std::string Id(const std::string& id) {
  return R"("event_name":"api_call","external_id":")" + id + R"(","properties":{"id":")" + id + "\"}";
}

std::string TextIn(const Json& json, const char* member) {
  const std::string* text = FindString(json, member);
  return text == nullptr ? "" : *text;
}

}  // namespace

TEST_CASE("a quantity keeps its last digit from the request to Polar, its meter and the summary") {
  Recorder recorder;
  const std::vector<std::pair<std::string, std::string>> quantities = {{"0.1", "0.1"},
                                                                       {"2.0e-1", "0.2"},
                                                                       {"-0.05", "-0.05"},
                                                                       {"1e-7", "0.0000001"},
                                                                       {"0.30000000000000004", "0.30000000000000004"},
                                                                       {"\"0.1250\"", "0.125"},
                                                                       {"9007199254740991", "9007199254740991"},
                                                                       {"-9007199254740990", "-9007199254740990"},
                                                                       {"0", "0"}};
  std::string batch;
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    const auto& [sent, kept] = quantities[i];
    const std::string fields = Id(kept) + R"(,"quantity":)" + sent;
    if (i % 2 == 0) {
      batch += (batch.empty() ? "{" : ",{") + fields + "}";
      continue;
    }
    const HttpResponse answer = recorder.ByKey(fields);
    INFO(answer.body);
    REQUIRE(answer.status == 202);
    CHECK(Decimal::FromJson(*FindMember(recorder.simulation.BodyOf(answer), "quantity"))->text() == kept);
  }
  const HttpResponse together = recorder.simulation.Request("POST", std::string("/usage/batch?user_id=") + kAlice,
                                                            recorder.key, R"({"events":[)" + batch + "]}");
  CHECK(together.body.find("refused") == std::string::npos);

  recorder.Report();

  const auto at_polar = recorder.AtPolar();
  CHECK(at_polar.size() == quantities.size());
  for (const auto& [sent, kept] : quantities) {
    INFO(kept);
    REQUIRE(at_polar.contains(kept));
    const Json* quantity = FindMember(*FindMember(at_polar.at(kept), "metadata"), "quantity");
    REQUIRE(quantity->is_number());
    CHECK(Decimal::FromJson(*quantity)->text() == kept);
  }
  const HttpResponse summary = recorder.simulation.Request("GET", "/usage/summary", kAlice);
  CHECK(summary.body.find(R"("quantity_decimal":"1.67500010000000004")") != std::string::npos);
  CHECK(recorder.MeterTotal() == Json(1.67500010000000004));
}

TEST_CASE("a quantity that no double holds, that is no number or too great is refused by name, and nothing is stored") {
  Recorder recorder;
  for (const auto& [quantity, said] :
       std::vector<std::pair<std::string, std::string>>{{"0.12345678901234567890", "more digits than Polar keeps"},
                                                        {"\"0.12345678901234567890\"", "more digits than Polar keeps"},
                                                        {"9007199254740993", "more digits than Polar keeps"},
                                                        {"9007199254740992", "at most 9007199254740991"},
                                                        {"-9007199254740992", "at least -9007199254740991"},
                                                        {"1e400", ""},
                                                        {"\"1,5\"", "Must be a number"},
                                                        {"\"\"", "Must be a number"},
                                                        {"true", "Must be a number"},
                                                        {"[1]", "Must be a number"}}) {
    const HttpResponse answer = recorder.ByKey(R"("event_name":"api_call","quantity":)" + quantity);
    INFO(quantity << " " << answer.body);
    CHECK((answer.status == 422 || answer.status == 400));
    if (said.empty()) continue;
    CHECK(recorder.simulation.FieldOf(answer) == "quantity");
    CHECK(answer.body.find(said) != std::string::npos);
  }
  CHECK(testing::DueUsage(*recorder.simulation.store, recorder.simulation.clock.Now(), 10).empty());
}

TEST_CASE("end users record what is listed and within its range; a service key what it likes where no range is given") {
  Recorder recorder({{"api_call", {}}, {"tokens", {.minimum = Decimal::Parse("-0.5"), .maximum = 1'000}}});
  const auto event = [](const std::string& name, const std::string& quantity) {
    return R"("event_name":")" + name + R"(","quantity":)" + quantity;
  };

  CHECK(recorder.Said(recorder.ByAlice(event("api_call", "0"))) == "202");
  CHECK(recorder.Said(recorder.ByAlice(event("api_call", "-0.1"))) ==
        "quantity: Must be at least 0 for this event. End users take no usage back unless USAGE_EVENTS says how much.");
  CHECK(recorder.ByAlice(event("refund", "1")).status == 403);
  CHECK(recorder.Said(recorder.ByAlice(event("tokens", "-0.5"))) == "202");
  CHECK(recorder.Said(recorder.ByKey(event("api_call", "-0.1"))) == "202");
  CHECK(recorder.Said(recorder.ByKey(event("refund", "-12.5"))) == "202");
  for (const char* quantity : {"-0.51", "1000.001"}) {
    CHECK(recorder.Said(recorder.ByAlice(event("tokens", quantity))) ==
          "quantity: Must be from -0.5 to 1000 for this event.");
    CHECK(recorder.Said(recorder.ByKey(event("tokens", quantity))) ==
          "quantity: Must be from -0.5 to 1000 for this event.");
  }
  const HttpResponse batch = recorder.simulation.Request(
      "POST", "/usage/batch", kAlice,
      R"({"events":[{)" + event("tokens", "1000") + "},{" + event("tokens", "1001") + "}]}");
  const Json results = *FindMember(recorder.simulation.BodyOf(batch), "results");
  CHECK(TextIn(results.at(0), "status") == "accepted");
  CHECK(TextIn(results.at(1), "status") == "refused");
  CHECK(results.at(1).dump().find(R"("field":"quantity")") != std::string::npos);
}

TEST_CASE("an event has its own time, within what Polar counts, and not later than now") {
  Recorder recorder;
  const auto at = [](const std::string& id, const std::string& timestamp) {
    return Id(id) + R"(,"timestamp":")" + timestamp + "\"";
  };

  CHECK(recorder.Said(recorder.ByAlice(at("past", "2026-11-20T05:06:07.25Z"))) == "202");
  CHECK(recorder.Said(recorder.ByAlice(at("ahead", "2026-11-22T06:04:00Z"))) == "202");
  CHECK(recorder.Said(recorder.ByAlice(at("first", "2023-01-01T00:00:00Z"))) == "202");
  CHECK(
      recorder.Said(recorder.ByAlice(at("future", "2026-11-22T06:06:00Z"))).starts_with("timestamp: Is in the future"));
  CHECK(recorder.Said(recorder.ByAlice(at("old", "2022-12-31T23:59:59Z"))).starts_with("timestamp: Is before 2023"));
  CHECK(recorder.Said(recorder.ByAlice(at("none", "yesterday"))).starts_with("timestamp: "));
  // A sender whose clock is a day ahead: the event is an hour old, whatever it says.
  const HttpResponse shifted = recorder.simulation.Request(
      "POST", "/usage/batch", kAlice,
      R"({"sent_at":"2026-11-23T06:00:00Z","events":[{)" + at("shifted", "2026-11-23T05:00:00Z") + "}]}");
  CHECK(shifted.body.find("refused") == std::string::npos);

  recorder.Report();

  const auto at_polar = recorder.AtPolar();
  REQUIRE(at_polar.size() == 4);
  CHECK(ParseTimestamp(TextIn(at_polar.at("past"), "timestamp")) == ParseTimestamp("2026-11-20T05:06:07.25Z"));
  CHECK(ParseTimestamp(TextIn(at_polar.at("ahead"), "timestamp")) == ParseTimestamp("2026-11-22T06:00:00Z"));
  CHECK(ParseTimestamp(TextIn(at_polar.at("first"), "timestamp")) == ParseTimestamp("2023-01-01T00:00:00Z"));
  CHECK(ParseTimestamp(TextIn(at_polar.at("shifted"), "timestamp")) == ParseTimestamp("2026-11-22T05:00:00Z"));
}

TEST_CASE(
    "what an event has cost and which model it asked reach Polar, and what Polar would refuse is refused by name") {
  Recorder recorder;
  const auto with = [](const std::string& properties) {
    return R"("event_name":"api_call","properties":{)" + properties + "}";
  };
  const std::string use = R"("vendor":"v","model":"m","input_tokens":1,"output_tokens":2)";

  REQUIRE(recorder.Said(recorder.ByAlice(with(R"("id":"a","_cost":{"amount":"0.0125","currency":"usd"},"_llm":{)" +
                                              use + R"(,"total_tokens":3,"cached_input_tokens":0})"))) == "202");
  recorder.Report();
  const Json metadata = *FindMember(recorder.AtPolar().at("a"), "metadata");
  CHECK(TextIn(*FindMember(metadata, "_cost"), "amount") == "0.0125");
  CHECK(FindInteger(*FindMember(metadata, "_llm"), "total_tokens") == 3);

  for (const auto& [properties, field] : std::vector<std::pair<std::string, std::string>>{
           {R"("_cost":"five")", "properties._cost"},
           {R"("_cost":{"currency":"usd"})", "properties._cost.amount"},
           {R"("_cost":{"amount":"a lot","currency":"usd"})", "properties._cost.amount"},
           {R"("_cost":{"amount":100000,"currency":"usd"})", "properties._cost.amount"},
           {R"("_cost":{"amount":0.0000000000001,"currency":"usd"})", "properties._cost.amount"},
           {R"("_cost":{"amount":1,"currency":"eur"})", "properties._cost.currency"},
           {R"("_cost":{"amount":1,"currency":"usd","cents":1})", "properties._cost.cents"},
           {R"("_llm":{)" + use + "}", "properties._llm.total_tokens"},
           {R"("_llm":{)" + use + R"(,"total_tokens":1.5})", "properties._llm.total_tokens"},
           {R"("_llm":{)" + use + R"(,"total_tokens":3,"tokens":3})", "properties._llm.tokens"},
           {R"("other":{"amount":1})", "properties.other"},
           {R"("quantity":1)", "properties.quantity"}}) {
    const HttpResponse answer = recorder.ByAlice(with(properties));
    INFO(properties << " " << answer.body);
    CHECK(answer.status == 422);
    CHECK(recorder.simulation.FieldOf(answer) == field);
    const HttpResponse batch =
        recorder.simulation.Request("POST", "/usage/batch", kAlice, R"({"events":[{)" + with(properties) + "}]}");
    CHECK(batch.body.find(R"("field":")" + field + "\"") != std::string::npos);
  }
}

TEST_CASE("an event names the one above it, by an id of the same subject; no circle of them holds anything up") {
  Recorder recorder;
  const auto child = [](const std::string& id, const std::string& parent) {
    return Id(id) + R"(,"parent_id":")" + parent + "\"";
  };

  REQUIRE(recorder.ByAlice(child("child", "top")).status == 202);
  REQUIRE(recorder.ByAlice(Id("top")).status == 202);
  REQUIRE(recorder.simulation.Request("POST", "/usage", kBob, "{" + child("stranger", "top") + "}").status == 202);
  REQUIRE(recorder.ByAlice(child("left", "right")).status == 202);
  REQUIRE(recorder.ByAlice(child("right", "left")).status == 202);
  CHECK(recorder.Said(recorder.ByAlice(child("own", "own"))).starts_with("parent_id: Is the event's own id."));

  recorder.Report();

  const auto at_polar = recorder.AtPolar();
  REQUIRE(at_polar.size() == 5);
  const auto parent = [&](const char* id) { return TextIn(at_polar.at(id), "parent_id"); };
  CHECK(parent("child") == TextIn(at_polar.at("top"), "id"));
  CHECK(parent("top").empty());
  CHECK(parent("stranger").empty());
  CHECK((parent("left").empty() != parent("right").empty()));
  CHECK(recorder.simulation.polar.Count("POST /v1/events/ingest") == 1);
}

TEST_CASE("of an organization's usage Polar is told which member it was, where it knows members") {
  Recorder recorder;
  const std::string acme = std::string("?organization_id=") + kAcme;
  const auto of = [](const std::string& id, const char* member) {
    return Id(id) + (member == nullptr ? "" : std::string(R"(,"member_id":")") + member + "\"");
  };
  // Before it is a customer there is nobody to be a member of it.
  REQUIRE(recorder.ByAlice(of("early", nullptr), acme).status == 202);
  REQUIRE(recorder.simulation.Request("POST", "/customer" + acme, kAlice, "{}").Succeeded());

  REQUIRE(recorder.simulation.Request("POST", "/usage" + acme, kBob, "{" + of("bob", nullptr) + "}").status == 202);
  REQUIRE(recorder.ByKey(of("dan", kDan), acme).status == 202);
  REQUIRE(recorder.ByKey(of("nobody", nullptr), acme).status == 202);
  CHECK(recorder.Said(recorder.ByAlice(of("other", kBob), acme)).starts_with("member_id: A signed-in user records"));
  CHECK(recorder.Said(recorder.ByKey(of("user", kBob))).starts_with("member_id: Only organizations have members."));
  CHECK(recorder.Said(recorder.ByKey(Id("bad") + R"(,"member_id":"bob")", acme)).starts_with("member_id: "));

  recorder.Report();

  const auto at_polar = recorder.AtPolar();
  REQUIRE(at_polar.size() == 4);
  const auto member = [&](const char* id) { return TextIn(at_polar.at(id), "external_member_id"); };
  CHECK(member("early").empty());
  CHECK(member("bob") == kBob);
  CHECK(member("dan") == kDan);
  CHECK(member("nobody").empty());
}
