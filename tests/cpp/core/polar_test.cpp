// Polar's API: requests as its documentation has them, refusals in all their shapes; the rules on top.
#include "catch.h"

#include <algorithm>

#include "core/billing/access/access_policy.h"
#include "core/billing/fact_order.h"
#include "core/polar/client.h"
#include "core/polar/errors.h"

using namespace plinto::polar;

namespace {

const PolarAccount kAccount{.base_url = "https://sandbox-api.polar.sh", .access_token = "polar_oat_x"};

}  // namespace

TEST_CASE("requests bear the token and the API version, and Polar's exact paths") {
  const HttpRequest checkout = BuildCreateCheckout(kAccount, {.products = {"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10"}});

  CHECK(checkout.method == "POST");
  CHECK(checkout.url == "https://sandbox-api.polar.sh/v1/checkouts/");
  CHECK(*checkout.headers.Find("Authorization") == "Bearer polar_oat_x");
  CHECK(*checkout.headers.Find("Polar-Version") == "2026-04");
  CHECK(checkout.body == R"({"products":["4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10"]})");
  CHECK(BuildIngestUsage(kAccount, {}).url == "https://sandbox-api.polar.sh/v1/events/ingest");
  CHECK(BuildCreateCustomer(kAccount, {}).url == "https://sandbox-api.polar.sh/v1/customers/");
  CHECK(BuildCreateCustomerSession(kAccount, {}).url == "https://sandbox-api.polar.sh/v1/customer-sessions/");
  CHECK(BuildGetCustomerByExternalId(kAccount, "a/b").url ==
        "https://sandbox-api.polar.sh/v1/customers/external/a%2Fb");
}

TEST_CASE("a usage event carries its id, its time and its quantity as metadata") {
  const UsageEvent event{"api_call", "user-1", "evt-1", *ParseTimestamp("2026-11-22T06:00:00Z"),
                         *ParseJson(R"({"quantity":3,"route":"/x"})")};
  const std::string text = DumpJson(Encode(event));
  const std::string_view events[] = {text};

  CHECK(BuildIngestUsage(kAccount, events).body ==
        R"({"events":[{"name":"api_call","external_customer_id":"user-1","external_id":"evt-1",)"
        R"("timestamp":"2026-11-22T06:00:00Z","metadata":{"quantity":3,"route":"/x"}}]})");
}

TEST_CASE("each of Polar's refusals becomes the error that fits") {
  const auto code = [](int status, const char* body) { return ErrorFromPolar({.status = status, .body = body}).code; };

  CHECK(code(422, R"({"error":"PolarRequestValidationError","detail":[]})") == ErrorCode::kValidationFailed);
  CHECK(code(404, R"({"error":"ResourceNotFound","detail":"Not found"})") == ErrorCode::kNotFound);
  CHECK(code(401, R"({"error":"invalid_token","error_description":"x"})") == ErrorCode::kUpstreamFailed);
  CHECK(code(403, R"({"error":"insufficient_scope"})") == ErrorCode::kUpstreamFailed);
  CHECK(code(403, R"({"error":"AlreadyCanceledSubscription","detail":"x"})") == ErrorCode::kConflict);
  CHECK(code(402, R"({"error":"PaymentFailed","detail":"x"})") == ErrorCode::kConflict);
  CHECK(code(409, "{}") == ErrorCode::kConflict);
  CHECK(code(410, R"({"error":"ExpiredCheckoutError","detail":"x"})") == ErrorCode::kConflict);
  CHECK(code(412, R"({"error":"OrderNotDraft","detail":"x"})") == ErrorCode::kConflict);
  CHECK(code(429, "Too Many Requests") == ErrorCode::kUpstreamRateLimited);
  CHECK(code(500, "<html>") == ErrorCode::kUpstreamFailed);
}

TEST_CASE("a refused field is named without Polar's prefixes and union tags") {
  const auto field = [](const char* loc) {
    return ErrorFromPolar(
               {.status = 422, .body = std::string(R"({"detail":[{"type":"t","msg":"m","loc":)") + loc + "}]}"})
        .field;
  };

  CHECK(field(R"(["body","products",0])") == "products[0]");
  CHECK(field(R"(["body","CustomerIndividualCreate","email"])") == "email");
  CHECK(field(R"(["body","owner","email"])") == "owner.email");
  CHECK(field(R"(["body","","email",null])") == "email");
}

TEST_CASE("a refusal keeps Polar's class and sentence, and all lines of a validation list") {
  const auto details = [](int status, const char* body) {
    return ErrorFromPolar({.status = status, .body = body}).details;
  };

  CHECK(details(403, R"({"error":"AlreadyCanceledSubscription","detail":"It is canceled."})") ==
        "AlreadyCanceledSubscription: It is canceled.");
  CHECK(details(401, R"({"error":"invalid_token","error_description":"It is expired."})") == "It is expired.");
  CHECK(details(422, R"({"error":"MissingInvoiceBillingDetails","detail":"No address."})") ==
        "MissingInvoiceBillingDetails: No address.");
  CHECK(details(422, R"({"detail":[{"loc":["body","a"],"msg":"no"},{"loc":["body","b",1],"msg":"never"}]})") ==
        "a: no; b[1]: never");
  CHECK(details(429, "Too Many Requests").empty());
  CHECK(details(500, "[]").empty());
}

TEST_CASE("an answer that cannot be read says so, whatever it holds") {
  for (const char* body : {"", "{", "[]", "null", R"({"id":1})", R"({"id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10"})"}) {
    const auto checkout = ParseCheckout({.status = 201, .body = body});
    REQUIRE_FALSE(checkout.ok());
    CHECK(checkout.error().code == ErrorCode::kUpstreamAnswerInvalid);
    const auto opened = ParseOpenedCheckout({.status = 201, .body = body});
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == ErrorCode::kUpstreamAnswerInvalid);
  }
}

TEST_CASE("of a checkout that was opened only what is wanted is read, and it is what the whole says") {
  const std::string start =
      R"({"products": [{"id": "x", "name": "}\"]{"}], "id" : "4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10", "status":"open",)"
      R"( "u\u0072l":"https://polar.sh/checkout/s\u0061","client_secret":"polar_c_\"1", "expires_at":)"
      R"("2026-11-23T06:00:00Z","product_id":null,"metadata":{"id":"not this one"})";
  const HttpResponse answer{.status = 201, .body = start + "}"};
  const auto opened = ParseOpenedCheckout(answer);
  REQUIRE(opened.ok());
  CHECK(opened->id == "4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10");
  CHECK(opened->status.text() == "open");
  CHECK(opened->url == "https://polar.sh/checkout/sa");
  CHECK(opened->client_secret == "polar_c_\"1");
  CHECK(opened->expires_at == *ParseTimestamp("2026-11-23T06:00:00Z"));
  CHECK_FALSE(opened->product_id.has_value());

  for (const std::string end :
       {"", "]", "},", ",\"id\":\"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10\"}", ",\"more\":[}]}", "} x"}) {
    INFO(end);
    CHECK_FALSE(ParseOpenedCheckout({.status = 201, .body = start + end}).ok());
  }
  const auto link = ParsePortalLink(
      {.status = 201,
       .body = R"({"token":"polar_cst_1","customer":{"expires_at":1},"expires_at":"2026-11-22T07:00:00Z",)"
               R"("customer_portal_url":"https://polar.sh/acme/portal?customer_session_token=polar_cst_1"})"});
  REQUIRE(link.ok());
  CHECK(link->customer_portal_url == "https://polar.sh/acme/portal?customer_session_token=polar_cst_1");
  CHECK(ParseOpenedCheckout({.status = 401, .body = answer.body}).error().code != ErrorCode::kUpstreamAnswerInvalid);
}

TEST_CASE("the newer fact wins, in whatever order facts arrive") {
  const Timestamp early = Timestamp::FromSeconds(1);
  const Timestamp late = Timestamp::FromSeconds(2);
  std::vector<Fact> facts = {
      {early, true, "canceled"}, {late, false, "a"}, {late, false, "b"}, {late, true, "c"}, {late, true, "d"}};
  std::sort(facts.begin(), facts.end(), [](const Fact& a, const Fact& b) { return a.content < b.content; });

  do {
    Fact held = facts.front();
    for (const Fact& fact : facts) {
      if (Replaces(fact, held)) held = fact;
    }
    REQUIRE(held.content == "d");
  } while (std::next_permutation(facts.begin(), facts.end(),
                                 [](const Fact& a, const Fact& b) { return a.content < b.content; }));
}

// Polar's subscription/service.py revokes on canceled and unpaid; `ended_at` alone is enough.
TEST_CASE("what ends a subscription or an order is one rule") {
  for (const char* status : {"canceled", "unpaid", "incomplete_expired"}) CHECK(IsTerminalSubscription(status, false));
  for (const char* status : {"active", "trialing", "past_due", "paused", "incomplete", "later"}) {
    CHECK_FALSE(IsTerminalSubscription(status, false));
    CHECK(IsTerminalSubscription(status, true));
  }
  CHECK(IsTerminalOrder("refunded"));
  CHECK(IsTerminalOrder("void"));
  CHECK_FALSE(IsTerminalOrder("paid"));
  CHECK_FALSE(IsTerminalOrder("partially_refunded"));
}

TEST_CASE("the access policy is the table of the documentation") {
  const auto allowed = [](Role role, Action action) { return DecideOrganizationAccess(role, action).ok(); };
  for (const Action action : {Action::kCreateCheckout, Action::kEnsureCustomer, Action::kOpenPortal}) {
    CHECK(allowed(Role::kOwner, action));
    CHECK(allowed(Role::kAdmin, action));
    CHECK_FALSE(allowed(Role::kMember, action));
    CHECK_FALSE(allowed(Role::kViewer, action));
  }
  for (const Action action : {Action::kReadCustomerData, Action::kRecordUsage}) {
    CHECK(allowed(Role::kMember, action));
    CHECK_FALSE(allowed(Role::kViewer, action));
  }

  CHECK(DecideOrganizationAccess(Role::kNone, Action::kReadCustomerData).error().code ==
        ErrorCode::kOrganizationAccessDenied);
  CHECK(DecideOrganizationAccess(Role::kViewer, Action::kOpenPortal).error().code == ErrorCode::kRoleNotAllowed);
  CHECK(RoleFromText("superuser") == Role::kNone);
}
