// Calls of our own API as scripted transcripts, which Wasm in Node and in Chromium run too (tests/vectors/calls.json).
#include "catch.h"

#include <fstream>
#include <sstream>

#include "core/foundation/json.h"
#include "core/gateway/wasm_api.h"

using namespace plinto::polar;

namespace {

Json ReadVectors() {
  std::ifstream file(std::string(PLINTO_POLAR_VECTORS) + "/calls.json", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  Result<Json> json = ParseJson(text.str());
  REQUIRE(json.ok());
  return std::move(*json);
}

std::string Context(const Json& step) {
  Json context = Json::object();
  SetMember(context, "base_url", "https://app.example/api/v1/polar");
  SetMember(context, "now_ms", *FindMember(step, "now_ms"));
  SetMember(context, "random", *FindMember(step, "random"));
  SetMember(context, "entropy", "00112233445566778899aabbccddeeff");
  return DumpJson(context);
}

}  // namespace

TEST_CASE("call vectors: the same transcript gives the same requests, waits and results in every build") {
  const Json vectors = ReadVectors();
  REQUIRE(vectors.size() >= 10);

  for (const Json& vector : *vectors.get_ptr<const Json::array_t*>()) {
    INFO(*FindString(vector, "name"));
    std::string exchange;
    for (const Json& step : *FindMember(vector, "steps")->get_ptr<const Json::array_t*>()) {
      const Json* event = FindMember(step, "event");
      const std::string answer = event == nullptr ? StartCall(*FindString(vector, "operation"),
                                                              DumpJson(*FindMember(vector, "input")), Context(step))
                                                  : ContinueCall(exchange, DumpJson(*event), Context(step));
      const Result<Json> envelope = ParseJson(answer);
      INFO(answer);
      REQUIRE(envelope.ok());
      const Json& expect = *FindMember(step, "expect");
      if (*FindBool(*envelope, "ok")) {
        const Json& value = *FindMember(*envelope, "value");
        CHECK(SameJson(*FindMember(value, "action"), expect));
        exchange = DumpJson(*FindMember(value, "exchange"));
      } else {
        CHECK(SameJson(*FindMember(*envelope, "error"), *FindMember(expect, "error")));
      }
    }
  }
}

TEST_CASE("whatever the host hands over, no arithmetic overflows and an envelope comes back") {
  const std::string_view context =
      R"({"base_url":"https://a.example","now_ms":1750000000000,"random":1e300,"entropy":"00112233445566778899aabbccddeeff"})";
  const auto record = [](std::string_view deadline, std::string_view attempts) {
    return R"({"operation":"getAccess","method":"GET","url":"https://a.example","headers":[],"deadline_ms":)" +
           std::string(deadline) + R"(,"attempts":)" + std::string(attempts) + "}";
  };
  const std::string_view fault = R"({"kind":"fault","fault":"network"})";

  CHECK(ContinueCall(record("1750000030000", "0"), fault, context).find("\"wait\"") != std::string::npos);
  CHECK(ContinueCall(record("9223372036854775807", "1"), fault, context).find("exchange.deadline_ms") !=
        std::string::npos);
  CHECK(ContinueCall(record("1750000030000", "-5"), fault, context).find("exchange.attempts") != std::string::npos);
  const std::string late =
      R"({"base_url":"https://a.example","now_ms":9223372036854775807,"random":0,"entropy":"00112233445566778899aabbccddeeff"})";
  CHECK(StartCall("getAccess", "{}", late).find("context.now_ms") != std::string::npos);
}

TEST_CASE("an exchange that the host began, for an operation that is not the core's, is decided like any other") {
  const std::string_view context =
      R"({"base_url":"https://a.example","now_ms":1750000000000,"random":0.5,"entropy":"00112233445566778899aabbccddeeff"})";
  const std::string_view begun =
      R"({"operation":"listOrders","method":"GET","url":"https://a.example/customer/orders?limit=5","headers":[],)"
      R"("deadline_ms":1750000030000,"attempts":1})";
  const auto answer = [](int status, std::string_view body) {
    return R"({"kind":"answer","status":)" + std::to_string(status) + R"(,"headers":[],"body":)" +
           DumpJson(Json(std::string(body))) + "}";
  };
  const auto action_of = [](const std::string& envelope) {
    const Result<Json> json = ParseJson(envelope);
    REQUIRE(json.ok());
    REQUIRE(FindMember(*json, "value") != nullptr);
    return *FindMember(*FindMember(*json, "value"), "action");
  };

  const std::string waits = ContinueCall(begun, R"({"kind":"fault","fault":"network"})", context);
  CHECK(*FindString(action_of(waits), "kind") == "wait");
  const std::string exchange = DumpJson(*FindMember(*FindMember(*ParseJson(waits), "value"), "exchange"));
  const Json sends = action_of(ContinueCall(exchange, R"({"kind":"timer"})", context));
  CHECK(*FindString(sends, "kind") == "send");
  CHECK(*FindString(*FindMember(sends, "request"), "url") == "https://a.example/customer/orders?limit=5");

  const Json refused = action_of(ContinueCall(
      begun,
      answer(422,
             R"({"error":{"code":"VALIDATION_FAILED","message":"limit: at most 100","details":{"field":"limit"}}})"),
      context));
  CHECK(*FindString(refused, "kind") == "failed");
  CHECK(*FindString(*FindMember(refused, "error"), "code") == "VALIDATION_FAILED");
  CHECK(*FindString(*FindMember(refused, "error"), "field") == "limit");

  const Json answered = action_of(ContinueCall(begun, answer(200, R"({"items":[]})"), context));
  CHECK(*FindString(*FindMember(answered, "error"), "code") == "NOT_FOUND");
}
