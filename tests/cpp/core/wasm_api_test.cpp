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
    return R"({"operation":"getCustomerData","method":"GET","url":"https://a.example","headers":[],"deadline_ms":)" +
           std::string(deadline) + R"(,"attempts":)" + std::string(attempts) + "}";
  };
  const std::string_view fault = R"({"kind":"fault","fault":"network"})";

  CHECK(ContinueCall(record("1750000030000", "0"), fault, context).find("\"wait\"") != std::string::npos);
  CHECK(ContinueCall(record("9223372036854775807", "1"), fault, context).find("exchange.deadline_ms") !=
        std::string::npos);
  CHECK(ContinueCall(record("1750000030000", "-5"), fault, context).find("exchange.attempts") != std::string::npos);
  const std::string late =
      R"({"base_url":"https://a.example","now_ms":9223372036854775807,"random":0,"entropy":"00112233445566778899aabbccddeeff"})";
  CHECK(StartCall("getCustomerData", "{}", late).find("context.now_ms") != std::string::npos);
}
