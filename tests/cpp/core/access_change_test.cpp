// What single webhooks say of access. That those who do as told end where the whole state does: life_stories_test.cpp.
#include "catch.h"

#include "core/billing/access/access_change.h"

using namespace plinto::polar;

namespace {

constexpr std::string_view kSubscription =
    R"("id":"s1","customer_id":"c1","product_id":"p1","customer":{"external_id":"u1"},)"
    R"("current_period_start":"2026-01-10T08:00:00Z","current_period_end":"2026-02-10T08:00:00Z",)"
    R"("cancel_at_period_end":false)";
constexpr std::string_view kOrder =
    R"("id":"o1","customer_id":"c1","created_at":"2026-01-10T08:00:00Z","customer":{"external_id":"u1"})";

Result<std::optional<AccessChange>> Decide(std::string type, const std::string& data, std::int64_t grace_days = 0) {
  Result<Json> json = ParseJson("{" + data + "}");
  REQUIRE(json.ok());
  const WebhookEvent event{std::move(type), *ParseTimestamp("2026-01-20T00:00:00Z"), std::move(*json)};
  return DecideAccessChange(event, grace_days);
}

// `yes` or `no`, why, until when, and of what.
std::string Said(const std::string& type, const std::string& data, std::int64_t grace_days = 0) {
  const auto decided = Decide(type, data, grace_days);
  REQUIRE(decided.ok());
  if (!*decided) return "nothing";
  const AccessChange& change = **decided;
  std::string said = (change.access.allowed ? "yes " : "no ") + change.access.reason.text();
  if (change.access.until) said += " until " + FormatTimestamp(*change.access.until);
  for (const auto& [name, id] : {std::pair("subscription", change.subscription_id), std::pair("order", change.order_id),
                                 std::pair("product", change.product_id)}) {
    if (id) said += " " + std::string(name) + " " + *id;
  }
  return said;
}

std::string WithSubscription(const std::string& more) { return std::string(kSubscription) + "," + more; }
std::string WithOrder(const std::string& more) { return std::string(kOrder) + "," + more; }

}  // namespace

TEST_CASE("a subscription's snapshot says whether there is access, whatever the event is called") {
  for (const std::string type : {"subscription.created", "subscription.updated", "subscription.uncanceled"}) {
    CHECK(Said(type, WithSubscription(R"("status":"active")")) == "yes active subscription s1 product p1");
  }
  CHECK(Said("subscription.canceled", WithSubscription(R"("status":"active","ends_at":"2026-02-10T08:00:00Z")")) ==
        "yes canceled_until_period_end until 2026-02-10T08:00:00Z subscription s1 product p1");
  CHECK(Said("subscription.canceled", WithSubscription(R"("status":"canceled","ended_at":"2026-01-20T00:00:00Z")")) ==
        "no ended subscription s1 product p1");
  CHECK(Said("subscription.paused", WithSubscription(R"("status":"paused")")) ==
        "no paused subscription s1 product p1");
  CHECK(Said("subscription.updated", WithSubscription(R"("status":"of_a_later_version")")) ==
        "no status_unknown subscription s1 product p1");
}

TEST_CASE("a failed charge ends access unless there are days of grace") {
  const std::string data = WithSubscription(R"("status":"past_due","past_due_at":"2026-01-19T00:00:00Z")");

  CHECK(Said("subscription.past_due", data) == "no past_due_grace_over subscription s1 product p1");
  CHECK(Said("subscription.past_due", data, 7) ==
        "yes past_due_in_grace until 2026-01-26T00:00:00Z subscription s1 product p1");
}

TEST_CASE("a one-time purchase gives access once it is paid, and loses it with a refund that revokes its benefits") {
  CHECK(Said("order.paid", WithOrder(R"("status":"paid","product_id":"p2")")) == "yes purchased order o1 product p2");
  CHECK(Said("refund.created",
             R"("id":"r1","order_id":"o1","customer_id":"c1","status":"pending","revoke_benefits":true)") ==
        "no refunded order o1");
  CHECK(Said("refund.updated",
             R"("id":"r1","order_id":"o1","customer_id":"c1","status":"failed","revoke_benefits":true)") ==
        "yes purchased order o1");
}

TEST_CASE("whoever is deleted has access to nothing") {
  const auto decided = Decide("customer.deleted", R"("id":"c1","external_id":"u1")");

  REQUIRE(decided.ok());
  REQUIRE(decided->has_value());
  CHECK((*decided)->external_id == "u1");
  CHECK(Said("customer.deleted", R"("id":"c1","external_id":"u1")") == "no customer_deleted");
}

TEST_CASE("nothing is said of access by what does not decide it") {
  const std::string refund = R"("id":"r1","order_id":"o1","customer_id":"c1","status":"succeeded")";
  CHECK(Said("order.paid", WithOrder(R"("status":"paid","product_id":"p2","subscription_id":"s1")")) == "nothing");
  CHECK(Said("order.paid", WithOrder(R"("status":"paid","product_id":null)")) == "nothing");
  CHECK(Said("order.created", WithOrder(R"("status":"pending","product_id":"p2")")) == "nothing");
  CHECK(Said("order.refunded", WithOrder(R"("status":"refunded","product_id":"p2")")) == "nothing");
  CHECK(Said("refund.created", refund + R"(,"revoke_benefits":false)") == "nothing");
  CHECK(Said("refund.created", refund + R"(,"revoke_benefits":true,"subscription_id":"s1")") == "nothing");
  CHECK(Said("benefit_grant.revoked",
             R"("id":"g1","benefit_id":"b1","customer_id":"c1","is_granted":false,"is_revoked":true)") == "nothing");
  CHECK(Said("customer.updated", R"("id":"c1")") == "nothing");
  CHECK(Said("product.updated", R"("id":"p1")") == "nothing");
  CHECK(Said("order.archived", R"("id":"o1","customer_id":"c1")") == "nothing");
}

TEST_CASE("times of events are written so that texts are ordered as the times are") {
  const auto decided = Decide("subscription.active", WithSubscription(R"("status":"active")"));

  REQUIRE(decided.ok());
  CHECK((*decided)->at == "2026-01-20T00:00:00.000000Z");
  CHECK((*decided)->customer_id == "c1");
  CHECK((*decided)->external_id == "u1");
}

TEST_CASE("what the rule cannot do without is named") {
  const auto decided = Decide("subscription.active", R"("id":"s1","customer_id":"c1")");

  REQUIRE(!decided.ok());
  CHECK(decided.error().code == ErrorCode::kValidationFailed);
  CHECK(decided.error().field == "data.status");
}
