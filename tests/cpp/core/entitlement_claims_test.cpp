// Entitlement tokens: what the claims say, what is refused, and what a stale one may still be used for.
#include "catch.h"

#include "core/billing/access/entitlement_claims.h"

using namespace plinto::polar;

namespace {

constexpr std::int64_t kNow = 1'770'000'000;
Timestamp Seconds(std::int64_t after) { return Timestamp::FromSeconds(kNow + after); }

TokenSubject ASubject() { return {"https://billing.acme.test", "acme", "user-1", "org-1"}; }

CustomerEntitlements SomeEntitlements() {
  CustomerEntitlements entitlements;
  entitlements.access = {true, EntitlementReason::kActive, {}};
  entitlements.tier = "pro";
  entitlements.features = {{"audit", {false, EntitlementReason::kNotInPlan, {}}},
                           {"export", {true, EntitlementReason::kActive, {}}}};
  entitlements.meters = {{"m1", {true, EntitlementReason::kCreditsLeft, {}}, 39.5, 60.5, 100}};
  return entitlements;
}

EntitlementClaims SomeClaims() { return BuildEntitlementClaims(ASubject(), SomeEntitlements(), Seconds(0), 300); }

Result<EntitlementClaims> Read(const Json& payload, std::int64_t after = 0) {
  return ReadEntitlementClaims(payload, "https://billing.acme.test", "acme", Seconds(after));
}

std::string Said(const ClaimDecision& decision) {
  const std::string answer = decision.allowed ? "allow " : "deny ";
  return answer + std::string(ToText(decision.reason)) +
         (decision.until ? " +" + std::to_string(decision.until->Seconds() - kNow) : "");
}

}  // namespace

TEST_CASE("claims that are signed are read back as they were") {
  const Json payload = Encode(SomeClaims());

  const Result<EntitlementClaims> read = Read(payload);

  REQUIRE(read.ok());
  CHECK(SameJson(Encode(*read), payload));
  CHECK(DumpJson(payload) ==
        R"({"iss":"https://billing.acme.test","aud":"acme","sub":"user-1","org":"org-1","iat":1770000000,)"
        R"("exp":1770000300,"version":1,"access":{"allowed":true,"reason":"active"},"tier":"pro","features":[)"
        R"({"feature":"audit","access":{"allowed":false,"reason":"not_in_plan"}},)"
        R"({"feature":"export","access":{"allowed":true,"reason":"active"}}],"meters":[{"meter_id":"m1","access":)"
        R"({"allowed":true,"reason":"credits_left"},"remaining":39.5,"consumed":60.5,"credited":100}]})");
}

TEST_CASE("a token ends when the first access in it ends, so that exp alone is enough to be right") {
  CustomerEntitlements entitlements = SomeEntitlements();
  entitlements.features[1].access.until = Seconds(120);
  CHECK(BuildEntitlementClaims(ASubject(), entitlements, Seconds(0), 300).exp == kNow + 120);

  entitlements.features[1].access.until = Seconds(3'000);
  CHECK(BuildEntitlementClaims(ASubject(), entitlements, Seconds(0), 300).exp == kNow + 300);

  entitlements.features[1].access = {false, EntitlementReason::kEnded, Seconds(10)};
  CHECK(BuildEntitlementClaims(ASubject(), entitlements, Seconds(0), 300).exp == kNow + 300);
  CHECK(BuildEntitlementClaims(ASubject(), entitlements, Seconds(0), 0).exp == kNow + 1);
  CHECK(BuildEntitlementClaims(ASubject(), entitlements, Seconds(0), 1'000'000).exp == kNow + 86'400);
}

TEST_CASE("claims that are not ours, or not right, are refused by name") {
  const auto refused = [](const char* claim, Json value) {
    Json payload = Encode(SomeClaims());
    SetMember(payload, claim, std::move(value));
    const Result<EntitlementClaims> read = Read(payload);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == ErrorCode::kTokenInvalid);
    return read.error().field;
  };
  const auto list = [](const char* text) { return *ParseJson(text); };

  CHECK(refused("iss", "https://elsewhere.test") == "iss");
  CHECK(refused("aud", "other") == "aud");
  CHECK(refused("aud", Json::array({"acme"})) == "aud");
  CHECK(refused("sub", "") == "sub");
  CHECK(refused("version", 2) == "version");
  CHECK(refused("exp", kNow) == "exp");
  CHECK(refused("exp", kNow + 86'401) == "exp");
  CHECK(refused("exp", "soon") == "exp");
  CHECK(refused("iat", kNow + 61) == "iat");
  CHECK(refused("access", list(R"({"allowed":true,"reason":"ended"})")) == "access");
  CHECK(refused("features", list(R"([{"feature":"a","access":{"allowed":false,"reason":"active"}}])")) ==
        "features[0].access");
  CHECK(refused("features", list(R"([{"feature":"a","access":{"allowed":true,"reason":"because"}}])")) ==
        "features[0].access");
  CHECK(refused("features", list(R"([{"feature":"a","access":{"allowed":true,"reason":"active"}},
                                     {"feature":"a","access":{"allowed":false,"reason":"ended"}}])")) == "features[1]");
  CHECK(refused("features", nullptr) == "features");
  for (const char* text : {"null", "[]", "1", "{}"}) CHECK_FALSE(Read(*ParseJson(text)).ok());
}

TEST_CASE("claims of others beside ours are ignored, and an expired token is still read") {
  Json payload = Encode(SomeClaims());
  SetMember(payload, "jti", "1");
  SetMember(payload, "nbf", 0);

  CHECK(Read(payload).ok());
  CHECK(Read(payload, 1'000'000).ok());
}

TEST_CASE("a stale token is worth what the feature's policy says, and never more than the token itself") {
  struct Row {
    const char* feature;
    StalenessPolicy policy;
    std::int64_t after;
    const char* expected;
  };
  const std::vector<Row> rows = {
      {"export", StalenessPolicy::Deny(), 0, "allow fresh +300"},
      {"export", StalenessPolicy::Deny(), 299, "allow fresh +300"},
      {"export", StalenessPolicy::Deny(), 300, "deny stale"},
      {"export", StalenessPolicy::Allow(), 300, "allow stale_allowed"},
      {"export", StalenessPolicy::Allow(), 10'000'000, "allow stale_allowed"},
      {"export", StalenessPolicy::Grace(60), 300, "allow stale_in_grace +360"},
      {"export", StalenessPolicy::Grace(60), 359, "allow stale_in_grace +360"},
      {"export", StalenessPolicy::Grace(60), 360, "deny stale_grace_over"},
      {"export", StalenessPolicy::Grace(0), 300, "deny stale_grace_over"},
      {"audit", StalenessPolicy::Allow(), 0, "deny denied_by_token"},
      {"audit", StalenessPolicy::Allow(), 300, "deny denied_by_token"},
      {"unheard_of", StalenessPolicy::Allow(), 0, "deny not_in_token"},
      {"export", StalenessPolicy::Deny(), -60, "allow fresh +300"},
      {"export", StalenessPolicy::Allow(), -61, "deny not_yet_valid"},
  };
  for (const Row& row : rows) {
    INFO(row.feature << " after " << row.after);
    CHECK(Said(EvaluateFeature(SomeClaims(), row.feature, row.policy, Seconds(row.after))) == row.expected);
  }
}

TEST_CASE("no staleness outlives the end of the access itself") {
  EntitlementClaims claims = SomeClaims();
  claims.features[1].access.until = Seconds(320);
  const auto said = [&](StalenessPolicy policy, std::int64_t after) {
    return Said(EvaluateFeature(claims, "export", policy, Seconds(after)));
  };

  CHECK(said(StalenessPolicy::Allow(), 310) == "allow stale_allowed +320");
  CHECK(said(StalenessPolicy::Grace(60), 310) == "allow stale_in_grace +320");
  CHECK(said(StalenessPolicy::Allow(), 320) == "deny access_ended");
  CHECK(said(StalenessPolicy::Grace(60), 320) == "deny access_ended");
}
