// Calls of our own API as the browser makes them, end to end through the texts that cross the boundary.
#include "catch.h"

#include "core/foundation/json.h"
#include "core/gateway/error_body.h"
#include "core/gateway/wasm_api.h"

using namespace plinto::polar;

namespace {

constexpr const char* kContext =
    R"({"base_url":"https://app.example/api/v1/polar","now_ms":1750000000000,"random":0.5,"entropy":"00112233445566778899aabbccddeeff"})";
constexpr const char* kProduct = "4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10";

Json Parsed(const std::string& text) {
  Result<Json> json = ParseJson(text);
  REQUIRE(json.ok());
  return std::move(*json);
}

// Follows a path of names.
template <class... Names>
const Json& At(const Json& json, Names... names) {
  const Json* here = &json;
  for (const char* name : {names...}) {
    here = FindMember(*here, name);
    REQUIRE(here != nullptr);
  }
  return *here;
}

std::string Text(const Json& json, const char* name) {
  const std::string* text = FindString(json, name);
  return text == nullptr ? "" : *text;
}

Json Start(const char* operation, const std::string& input) { return Parsed(StartCall(operation, input, kContext)); }

std::string RefusedField(const char* operation, const std::string& input) {
  const Json envelope = Start(operation, input);
  REQUIRE(FindBool(envelope, "ok") == false);
  return Text(At(envelope, "error"), "field");
}

std::string Checkout(const std::string& more) {
  return std::string(R"({"productId":")") + kProduct + "\"" + more + "}";
}

Json Continue(const Json& envelope, const std::string& event) {
  return Parsed(ContinueCall(DumpJson(At(envelope, "value", "exchange")), event, kContext));
}

}  // namespace

TEST_CASE("a checkout becomes one POST with an Idempotency-Key, snake_case on the wire") {
  const Json started = Start(
      "createCheckout", Checkout(R"(,"successUrl":"https://a.example/ok?c={CHECKOUT_ID}","metadata":{"myKey":1.0})"));

  const Json& request = At(started, "value", "action", "request");
  CHECK(Text(request, "method") == "POST");
  CHECK(Text(request, "url") == "https://app.example/api/v1/polar/checkout");
  CHECK(Text(request, "body") ==
        std::string(R"({"product_id":")") + kProduct +
            R"(","success_url":"https://a.example/ok?c={CHECKOUT_ID}","metadata":{"myKey":1.0}})");
  CHECK(DumpJson(At(request, "headers")).find(R"(["idempotency-key","00112233-4455-4677-8899-aabbccddeeff"])") !=
        std::string::npos);
}

TEST_CASE("a retried checkout is the same request, byte for byte") {
  const Json started = Start("createCheckout", Checkout(""));
  const Json waiting = Continue(started, R"({"kind":"fault","fault":"network"})");
  REQUIRE(Text(At(waiting, "value", "action"), "kind") == "wait");
  const Json again = Continue(waiting, R"({"kind":"timer"})");

  CHECK(At(again, "value", "action", "request") == At(started, "value", "action", "request"));
}

TEST_CASE("an answer becomes a camelCase value") {
  const Json started = Start("createCheckout", Checkout(""));
  const Json done = Continue(
      started,
      R"({"kind":"answer","status":201,"headers":[],"body":"{\"checkout_id\":\"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10\",\"checkout_url\":\"https://polar.sh/checkout/polar_c_1\",\"expires_at\":\"2026-11-23T06:00:00Z\",\"client_secret\":\"polar_c_1\",\"later\":1}"})");

  const Json& action = At(done, "value", "action");
  CHECK(Text(action, "kind") == "done");
  CHECK(Text(At(action, "value"), "checkoutUrl") == "https://polar.sh/checkout/polar_c_1");
  CHECK(Text(At(action, "value"), "expiresAt") == "2026-11-23T06:00:00Z");
}

TEST_CASE("a refusal of the server becomes its typed error") {
  const Json started = Start("getAccess", "{}");
  const Json failed = Continue(
      started,
      R"({"kind":"answer","status":403,"headers":[],"body":"{\"error\":{\"code\":\"ROLE_NOT_ALLOWED\",\"message\":\"No.\",\"details\":{\"field\":\"organization_id\"},\"request_id\":\"r1\"}}"})");

  const Json& error = At(failed, "value", "action", "error");
  CHECK(Text(error, "code") == "ROLE_NOT_ALLOWED");
  CHECK(Text(error, "family") == "caller");
  CHECK(Text(error, "field") == "organization_id");
  CHECK(Text(error, "request_id") == "r1");
}

TEST_CASE("bad input is refused before anything is sent, naming the field as it was written") {
  const std::string long_key(41, 'k');
  const std::string long_value(501, 'v');
  std::string many = "{";
  for (int i = 0; i < 51; ++i) many += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
  many += "}";

  CHECK(RefusedField("createCheckout", "{}") == "productId");
  CHECK(RefusedField("createCheckout", R"({"productId":"x"})") == "productId");
  CHECK(RefusedField("createCheckout", R"({"product_id":"x"})") == "product_id");
  CHECK(RefusedField("createCheckout", Checkout(R"(,"slug":"pro")")) == "productId");
  CHECK(RefusedField("createCheckout", Checkout(R"(,"organizationId":"acme")")) == "organizationId");
  CHECK(RefusedField("createCheckout", Checkout(R"x(,"successUrl":"javascript:alert(1)")x")) == "successUrl");
  CHECK(RefusedField("createCheckout", Checkout(R"(,"seats":0)")) == "seats");
  CHECK(RefusedField("createCheckout", Checkout(R"(,"metadata":{"a":null})")) == "metadata.a");
  CHECK(RefusedField("createCheckout", Checkout(R"(,"metadata":{"a":{"b":1}})")) == "metadata.a");
  CHECK(RefusedField("createCheckout", Checkout(R"(,"metadata":{"a":""})")) == "metadata.a");
  CHECK(RefusedField("createCheckout", Checkout(",\"metadata\":{\"" + long_key + "\":1}")) == "metadata." + long_key);
  CHECK(RefusedField("createCheckout", Checkout(",\"metadata\":{\"a\":\"" + long_value + "\"}")) == "metadata.a");
  CHECK(RefusedField("createCheckout", Checkout(",\"metadata\":" + many)) == "metadata");
  CHECK(RefusedField("ingestUsageEvent", R"({"quantity":1})") == "eventName");
  CHECK(RefusedField("ingestUsageEvent", R"({"eventName":"a","quantity":"1,5"})") == "quantity");
  CHECK(RefusedField("ingestUsageEvent", R"({"eventName":"a","properties":{"quantity":1}})") == "properties.quantity");
}

TEST_CASE("values of custom fields are those that Polar takes") {
  CHECK(RefusedField("createCheckout", Checkout(R"(,"customFieldData":{"a":2.5})")) == "customFieldData.a");
  CHECK(RefusedField("createCheckout", Checkout(R"(,"customFieldData":{"a":["b"]})")) == "customFieldData.a");
  CHECK(RefusedField("createCheckout", Checkout(R"(,"customFieldData":["a"])")) == "customFieldData");
  const Json taken =
      Start("createCheckout", Checkout(R"(,"customFieldData":{"a":"L","b":-2,"c":true,"d":null,"e":""})"));
  CHECK(Text(At(taken, "value", "action"), "kind") == "send");
}

TEST_CASE("a usage event has its id from the call on, and a quantity of 0 stays 0") {
  const Json started = Start("ingestUsageEvent", R"({"eventName":"api_call","quantity":0})");

  CHECK(Text(At(started, "value", "action", "request"), "body") ==
        R"({"event_name":"api_call","quantity":0,"external_id":"00112233-4455-4677-8899-aabbccddeeff"})");
}

TEST_CASE("ids in queries are encoded") {
  const Json started = Start("getCustomerPortalUrl", R"({"returnUrl":"https://a.example/?x=1&y=2"})");

  CHECK(Text(At(started, "value", "action", "request"), "url") ==
        "https://app.example/api/v1/polar/customer/portal?return_url=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2");
}

TEST_CASE("text with every code point class crosses the boundary unchanged") {
  const std::string strange = "\\u0000\\u001f\\\"\\\\/ \xc3\xa9 \xe2\x80\xa8 \xf0\x9f\x98\x80 \xef\xbf\xbf";
  const Json started = Start("createCheckout", Checkout(",\"metadata\":{\"a\":\"" + strange + "\"}"));
  const Json body = Parsed(Text(At(started, "value", "action", "request"), "body"));

  CHECK(At(body, "metadata", "a") == Parsed("\"" + strange + "\""));
}

TEST_CASE("nonsense from the host is an error, not a crash") {
  for (const char* text : {"", "{", "[]", "null", "{\"base_url\":1}"}) {
    CHECK(FindBool(Parsed(StartCall("createCheckout", "{}", text)), "ok") == false);
    CHECK(FindBool(Parsed(ContinueCall(text, R"({"kind":"timer"})", kContext)), "ok") == false);
  }
  CHECK(Text(At(Start("dropTables", "{}"), "error"), "code") == "NOT_FOUND");
}

TEST_CASE("an error's answer and what a client reads from it agree, for every code") {
  for (const ErrorTraits& row : AllErrorTraits()) {
    if (row.http_status == 0) continue;
    const Error error{
        .code = row.code, .message = "m", .field = "f", .details = "d", .request_id = "r", .retry_after_ms = 1'500};
    const HttpResponse answer = BuildErrorAnswer(error);
    const Error read = ErrorFromGateway(answer);

    CHECK(answer.status == row.http_status);
    CHECK(read.code == row.code);
    CHECK(read.field == "f");
    CHECK(read.details == "d");
    CHECK(read.request_id == "r");
    CHECK(read.retry_after_ms == 2'000);
  }
}

// reference: the error bodies that Plinto's APIs are known to send.
TEST_CASE("refusals by what stands before the server are read in all their shapes") {
  CHECK(ErrorFromGateway({.status = 404, .body = R"({"error":"Not Found","message":"gone"})"}).message == "gone");
  CHECK(ErrorFromGateway({.status = 401, .body = R"({"detail":"Not authenticated"})"}).message == "Not authenticated");
  CHECK(ErrorFromGateway({.status = 422, .body = R"({"detail":[{"loc":["body"],"msg":"bad","type":"t"}]})"}).message ==
        "bad");
  CHECK(ErrorFromGateway({.status = 502, .body = "<html>"}).code == ErrorCode::kUpstreamFailed);
  CHECK(ErrorFromGateway({.status = 429, .headers = {{"Retry-After", "7"}}}).retry_after_ms == 7'000);
}
