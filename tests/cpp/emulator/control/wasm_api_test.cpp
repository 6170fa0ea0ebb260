// The emulator behind JSON texts, as the Wasm module exports it.
#include "emulator/control/wasm_api.h"

#include <limits>

#include "harness.h"

namespace plinto::polar::emulator {
namespace {

Json Read(const std::string& envelope) {
  const auto json = ParseJson(envelope);
  REQUIRE(json.ok());
  return *json;
}

std::string RequestText(std::string_view method, std::string_view url, std::string_view body = "") {
  return DumpJson(Json::object({{"method", method},
                                {"url", url},
                                {"headers", Json::array({Json::array({"authorization", "Bearer polar_oat_test"})})},
                                {"body", body}}));
}

Config OwnConfig() {
  auto config = ReadConfig(R"({"access_token":"polar_oat_test","webhook_url":"https://app.example/hooks","seed":7})");
  REQUIRE(config.ok());
  return *std::move(config);
}

}  // namespace

TEST_CASE("as text the emulator answers as it does natively") {
  EmulatorCalls calls(OwnConfig(), kStart);
  Config config = OwnConfig();
  Emulator native(std::move(config), kStart);

  const Json answer = Read(calls.Handle(RequestText("GET", "/v1/products/"), kStart));

  const HttpResponse expected =
      native.Handle({"GET", "/v1/products/", {{"authorization", "Bearer polar_oat_test"}}, ""}, kStart);
  CHECK(At(answer, "value.status") == Json(200));
  CHECK(TextAt(answer, "value.body") == expected.body);
  CHECK(TextAt(answer, "value.route") == "/v1/products/");
  CHECK(At(answer, "value.state.now") == Json(kStart.microseconds));
  CHECK(TextAt(Read(calls.Describe()), "value.products.0.id") == native.products().front().id);
}

TEST_CASE("pages and routes that do not exist have no route's name") {
  EmulatorCalls calls(OwnConfig(), kStart);

  CHECK(TextAt(Read(calls.Handle(RequestText("GET", "/v1/products/"), kStart)), "value.route") == "/v1/products/");
  CHECK(At(Read(calls.Handle(RequestText("GET", "/_emulator/log"), kStart)), "value.route") == Json(nullptr));
  CHECK(At(Read(calls.Handle(RequestText("GET", "/v1/nothing"), kStart)), "value.route") == Json(""));
}

TEST_CASE("deliveries are signed by the receiver's clock, not by the emulated one") {
  EmulatorCalls calls(OwnConfig(), kStart);
  const std::string product = TextAt(Read(calls.Describe()), "value.products.0.id");
  const Json body = Json::object({{"products", Json::array({product})}});
  CHECK(At(Read(calls.Handle(RequestText("POST", "/v1/checkouts/", DumpJson(body)), kStart)), "value.status") ==
        Json(201));

  const Json due = Read(calls.TakeDue(kStart, Timestamp::FromSeconds(4'000'000'000)));

  const Json headers = At(due, "value.deliveries.0.headers");
  bool found = false;
  for (const Json& pair : headers) found = found || pair == Json::array({"webhook-timestamp", "4000000000"});
  CHECK(found);
  CHECK(TextAt(due, "value.deliveries.0.url") == "https://app.example/hooks");
  const std::string id = TextAt(due, "value.deliveries.0.id");
  CHECK(TextAt(Read(calls.OnDelivered(id, R"({"fault":"timeout"})", kStart)), "ok").empty());
  const Json next = At(Read(calls.TakeDue(kStart, kStart)), "value.state.next_due");
  CHECK(AsInteger(next).value_or(0) > kStart.microseconds);
}

TEST_CASE("in process the clock is moved, and given no rate") {
  EmulatorCalls calls(OwnConfig(), kStart);
  const auto set = [&](std::string_view body) {
    return Read(calls.Handle(RequestText("POST", "/_emulator/clock", body), kStart));
  };

  for (const std::string_view rate :
       {R"({"rate": 60})", R"({"mode": "frozen"})", R"({"mode": "real", "advance": "1 day"})"}) {
    const Json refused = set(rate);
    CHECK(At(refused, "value.status") == Json(409));
    CHECK(TextAt(refused, "value.body").find("ClockHasNoRate") != std::string::npos);
  }
  const Json moved = set(R"({"advance": "1 day"})");
  CHECK(At(moved, "value.status") == Json(200));
  CHECK(At(moved, "value.state.now") == Json(kStart.PlusSeconds(86'400).microseconds));
}

TEST_CASE("a test comes to a time by a span in words or in parts, five years at a time at the most") {
  EmulatorCalls calls(OwnConfig(), kStart);
  const auto goal = [&](std::string_view wish) {
    return AsInteger(At(Read(calls.Goal(wish)), "value.goal")).value_or(0) - kStart.microseconds;
  };
  const auto refused = [&](std::string_view wish) { return TextAt(Read(calls.Goal(wish)), "error.field"); };
  constexpr std::int64_t kDay = 86'400'000'000;

  CHECK(goal(R"({"advance":"2 weeks 3 days"})") == 17 * kDay);
  CHECK(goal(R"({"advance":{"hours":12,"days":1}})") == kDay + kDay / 2);
  CHECK(goal(R"({"advance":{"months":1}})") == 30 * kDay);
  CHECK(goal(R"({"advance":{"days":0}})") == 0);
  CHECK(goal(R"({"advance":"5 years"})") == 1'826 * kDay);
  CHECK(goal(DumpJson(Json::object({{"time", kStart.microseconds + 7}}))) == 7);
  for (const std::string_view wish :
       {R"({})", R"({"advance":null})", R"({"advance":5})", R"({"advance":{}})", R"({"advance":{"days":1.5}})",
        R"({"advance":{"days":-1}})", R"({"advance":{"days":1,"moons":1}})", R"({"advance":"6 years"})",
        R"({"advance":"300000 years"})", R"({"advance":"9999999999 days"})", R"({"advance":{"days":9999999999}})"}) {
    INFO(wish);
    CHECK(refused(wish) == "duration");
  }
  CHECK(refused(DumpJson(Json::object({{"time", kStart.microseconds - 1}}))) == "time");
  CHECK(refused(R"({"time":8640000000000000000})") == "time");
  CHECK(refused(R"({"time":null})") == "time");
}

TEST_CASE("no emulator starts or comes to where times are not exact any more") {
  EmulatorCalls calls(OwnConfig(), *ParseTimestamp("2254-01-01T00:00:00Z"));

  CHECK(ReadStart(0).ok());
  for (const double now : {-1.0, 8.64e18, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(ReadStart(now).error().field == "now");
  }
  CHECK(TextAt(Read(calls.Goal(R"({"advance":"2 years"})")), "error.field") == "duration");
  CHECK(TextAt(Read(calls.Goal(R"({"time":9100000000000000})")), "error.field") == "time");
}

TEST_CASE("a prefix of URLs may end in a slash") {
  CHECK(ReadConfig(R"({"url":"https://polar.example/"})")->public_url == "https://polar.example");
}

TEST_CASE("Polar's limits hold in process, too") {
  Config config = OwnConfig();
  config.rate_limit = ReadConfig(R"({"rate_limit": "sandbox"})")->rate_limit;
  EmulatorCalls calls(std::move(config), kStart);

  int limited = 0;
  for (int i = 0; i < 101; ++i) {
    if (At(Read(calls.Handle(RequestText("GET", "/v1/products/"), kStart)), "value.status") == Json(429)) ++limited;
  }

  CHECK(limited == 1);
}

TEST_CASE("texts that are no settings, requests or outcomes are refused by the field's name") {
  EmulatorCalls calls(OwnConfig(), kStart);
  const auto field = [](std::string_view config) { return ReadConfig(config).error().field; };

  CHECK(ReadConfig("{").error().code == ErrorCode::kInvalidJson);
  CHECK(ReadConfig("[]").error().code == ErrorCode::kValidationFailed);
  CHECK(field(R"({"seed":"7"})") == "seed");
  CHECK(field(R"({"seed":-1})") == "seed");
  CHECK(field(R"({"url":"nowhere"})") == "url");
  CHECK(field(R"({"access_token":1})") == "access_token");
  CHECK(field(R"({"standard_signatures":1})") == "standard_signatures");
  CHECK(field(R"({"rate_limit":"some"})") == "rate_limit");
  CHECK(field(R"({"rate_limit":100})") == "rate_limit");
  CHECK(ReadConfig(R"({"colour":1})").error().code == ErrorCode::kUnknownField);
  CHECK(TextAt(Read(calls.Handle("{}", kStart)), "error.field") == "method");
  CHECK(TextAt(Read(calls.Handle(R"({"method":"GET"})", kStart)), "error.field") == "url");
  CHECK(TextAt(Read(calls.Handle(R"({"method":"GET","url":"/","headers":[["a"]]})", kStart)), "error.field") ==
        "headers");
  CHECK(TextAt(Read(calls.OnDelivered("x", R"({"status":99})", kStart)), "error.field") == "status");
}

}  // namespace plinto::polar::emulator
