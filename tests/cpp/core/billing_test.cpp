// The reducer's and the entitlements' edges. Whole histories are in life_stories_test.cpp.
#include "catch.h"

#include "core/billing/access/entitlements.h"
#include "core/billing/fact_order.h"

using namespace plinto::polar;

namespace {

constexpr const char* kCustomer = "c0000000-0000-4000-8000-000000000001";
constexpr const char* kPro = "a0000000-0000-4000-8000-000000000001";
constexpr const char* kBusiness = "a0000000-0000-4000-8000-000000000002";
constexpr const char* kBenefit = "be000000-0000-4000-8000-000000000001";

Timestamp At(const char* text) { return *ParseTimestamp(text); }

SubscriptionView ASubscription(SubscriptionStatus status) {
  return {.id = "s1",
          .status = status,
          .product_id = kPro,
          .current_period_start = At("2026-01-10T08:00:00Z"),
          .current_period_end = At("2026-02-10T08:00:00Z"),
          .pause_at_period_end = {},
          .trial_end = {},
          .canceled_at = {},
          .ends_at = {},
          .ended_at = {},
          .past_due_at = {},
          .paused_at = {},
          .resumes_at = {},
          .seats = {}};
}

WebhookEvent AnEvent(const char* type, const char* data, const char* at = "2026-01-10T08:00:00Z") {
  return {type, At(at), *ParseJson(data)};
}

BillingState Nothing() { return {.customer_id = kCustomer}; }

std::string Said(const Access& access) {
  return access.reason.text() + (access.until ? " until " + FormatTimestamp(*access.until) : "");
}

std::vector<Plan> Products() {
  return {{.slug = "pro",
           .product_id = kPro,
           .tier = "pro",
           .features = {"export"},
           .benefit_features = {{"sso", kBenefit}}},
          {.slug = "business",
           .product_id = kBusiness,
           .tier = "business",
           .features = {"export", "audit"},
           .grace_days = 7}};
}

BillingState WithSubscriptions(std::vector<SubscriptionView> subscriptions) {
  BillingState state = Nothing();
  for (SubscriptionView& one : subscriptions)
    state.subscriptions.push_back({At("2026-01-10T08:00:00Z"), std::move(one)});
  return state;
}

}  // namespace

TEST_CASE("what a subscription gives follows its status and its dates") {
  struct Row {
    const char* what;
    SubscriptionStatus status;
    void (*change)(SubscriptionView&);
    std::int64_t grace_days;
    const char* now;
    const char* expected;
  };
  using enum SubscriptionStatus;
  const auto nothing = [](SubscriptionView&) {};
  const auto canceled = [](SubscriptionView& s) {
    s.cancel_at_period_end = true;
    s.ends_at = s.current_period_end;
  };
  const auto failed = [](SubscriptionView& s) { s.past_due_at = At("2026-02-10T08:00:00Z"); };
  const std::vector<Row> rows = {
      {"active", kActive, nothing, 0, "2026-01-20T00:00:00Z", "active"},
      {"the job that renews runs late", kActive, nothing, 0, "2026-02-10T08:00:00Z", "active"},
      {"trialing", kTrialing, nothing, 0, "2026-01-20T00:00:00Z", "trialing"},
      {"canceled", kActive, canceled, 0, "2026-01-20T00:00:00Z",
       "canceled_until_period_end until 2026-02-10T08:00:00Z"},
      {"the last moment", kActive, canceled, 0, "2026-02-10T07:59:59.999999Z",
       "canceled_until_period_end until 2026-02-10T08:00:00Z"},
      {"the period has ended, revoked is on its way", kActive, canceled, 0, "2026-02-10T08:00:00Z", "ended"},
      {"canceled without ends_at", kActive, [](SubscriptionView& s) { s.cancel_at_period_end = true; }, 0,
       "2026-01-20T00:00:00Z", "canceled_until_period_end until 2026-02-10T08:00:00Z"},
      {"canceled_at alone ends nothing", kActive,
       [](SubscriptionView& s) { s.canceled_at = At("2026-01-11T00:00:00Z"); }, 0, "2026-01-20T00:00:00Z", "active"},
      {"ended_at is the mark of being over", kActive,
       [](SubscriptionView& s) { s.ended_at = At("2026-01-11T00:00:00Z"); }, 0, "2026-01-20T00:00:00Z", "ended"},
      {"revoked", kCanceled, nothing, 0, "2026-01-20T00:00:00Z", "ended"},
      {"past due without grace", kPastDue, failed, 0, "2026-02-10T08:00:00Z", "past_due_grace_over"},
      {"past due in grace", kPastDue, failed, 3, "2026-02-13T07:59:59Z",
       "past_due_in_grace until 2026-02-13T08:00:00Z"},
      {"past due, grace over", kPastDue, failed, 3, "2026-02-13T08:00:00Z", "past_due_grace_over"},
      {"past due and canceled: the earlier end counts", kPastDue,
       [](SubscriptionView& s) {
         s.past_due_at = At("2026-02-08T08:00:00Z");
         s.cancel_at_period_end = true;
         s.ends_at = s.current_period_end;
       },
       7, "2026-02-09T00:00:00Z", "past_due_in_grace until 2026-02-10T08:00:00Z"},
      {"no past_due_at: from the unpaid period's beginning", kPastDue, nothing, 3, "2026-01-12T00:00:00Z",
       "past_due_in_grace until 2026-01-13T08:00:00Z"},
      {"paused", kPaused, nothing, 9, "2026-01-20T00:00:00Z", "paused"},
      {"unpaid is legacy, and revoked", kUnpaid, nothing, 9, "2026-01-20T00:00:00Z", "unpaid"},
      {"incomplete is legacy", kIncomplete, nothing, 0, "2026-01-20T00:00:00Z", "incomplete"},
      {"incomplete_expired is legacy", kIncompleteExpired, nothing, 0, "2026-01-20T00:00:00Z", "incomplete"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    SubscriptionView subscription = ASubscription(row.status);
    row.change(subscription);
    const Access access = DecideSubscription(subscription, row.grace_days, At(row.now));
    CHECK(Said(access) == row.expected);
    CHECK(access.allowed ==
          (access.reason == EntitlementReason::kActive || access.reason == EntitlementReason::kTrialing ||
           access.reason == EntitlementReason::kCanceledUntilPeriodEnd ||
           access.reason == EntitlementReason::kPastDueInGrace));
  }
}

TEST_CASE("a status that is new to this version gives no access") {
  SubscriptionView subscription = ASubscription(SubscriptionStatus::kActive);
  subscription.status = OpenEnum<SubscriptionStatus>(std::string("hibernating"));

  CHECK(Said(DecideSubscription(subscription, 30, At("2026-01-20T00:00:00Z"))) == "status_unknown");
}

TEST_CASE("of several subscriptions the highest product that gives access is the plan") {
  SubscriptionView pro = ASubscription(SubscriptionStatus::kActive);
  SubscriptionView business = ASubscription(SubscriptionStatus::kActive);
  business.id = "s2";
  business.product_id = kBusiness;
  const Timestamp now = At("2026-01-20T00:00:00Z");

  const CustomerEntitlements both = DecideEntitlements(Products(), WithSubscriptions({pro, business}), now);
  business.status = SubscriptionStatus::kCanceled;
  const CustomerEntitlements one = DecideEntitlements(Products(), WithSubscriptions({pro, business}), now);

  CHECK(both.tier == "business");
  CHECK(one.tier == "pro");
  CHECK(Said(FindFeature(one, "export")) == "active");
  CHECK(Said(FindFeature(one, "audit")) == "ended");
  CHECK(Said(FindFeature(one, "unheard_of")) == "not_in_plan");
}

TEST_CASE(
    "a product that is not configured gives nothing, and where none is, any is a plan without tier and features") {
  SubscriptionView subscription = ASubscription(SubscriptionStatus::kActive);
  subscription.product_id = "a0000000-0000-4000-8000-00000000ffff";

  const CustomerEntitlements listed =
      DecideEntitlements(Products(), WithSubscriptions({subscription}), At("2026-01-20T00:00:00Z"));
  const CustomerEntitlements any =
      DecideEntitlements({}, WithSubscriptions({subscription}), At("2026-01-20T00:00:00Z"));

  CHECK(Said(listed.access) == "not_in_plan");
  CHECK_FALSE(listed.tier.has_value());
  CHECK(Said(FindFeature(listed, "export")) == "not_in_plan");
  CHECK(any.access.allowed);
  CHECK_FALSE(any.tier.has_value());
}

TEST_CASE("a granted feature flag gives the feature that its metadata names") {
  BillingState state = Nothing();
  const Result<Applied> applied =
      ApplyEvent(state, AnEvent("customer.state_changed",
                                R"({"id":"c0000000-0000-4000-8000-000000000001","granted_benefits":[
                         {"id":"g2","benefit_id":"b2","benefit_type":"custom","benefit_metadata":{"feature":"no_flag"}},
                         {"id":"g1","benefit_id":"b1","benefit_type":"feature_flag","benefit_metadata":{"feature":"beta"}}],
                         "active_meters":[]})"));
  REQUIRE(applied.ok());

  const CustomerEntitlements entitlements = DecideEntitlements(Products(), state, At("2026-01-20T00:00:00Z"));

  CHECK(Said(FindFeature(entitlements, "beta")) == "granted");
  CHECK(Said(FindFeature(entitlements, "no_flag")) == "no_plan");
  CHECK(Said(FindFeature(entitlements, "sso")) == "no_plan");
}

TEST_CASE("a grant is in force as the newer of its own event and the customer's state says") {
  const auto grant = [](bool granted, const char* at) {
    return AnEvent(granted ? "benefit_grant.created" : "benefit_grant.revoked",
                   granted ? R"({"id":"g1","customer_id":"c0000000-0000-4000-8000-000000000001","benefit_id":"b1",
                                 "is_granted":true,"is_revoked":false})"
                           : R"({"id":"g1","customer_id":"c0000000-0000-4000-8000-000000000001","benefit_id":"b1",
                                 "is_granted":false,"is_revoked":true})",
                   at);
  };
  const auto state_with = [](bool granted, const char* at) {
    return AnEvent("customer.state_changed",
                   granted
                       ? R"({"id":"c0000000-0000-4000-8000-000000000001","active_meters":[],
                                 "granted_benefits":[{"id":"g1","benefit_id":"b1","benefit_type":"custom"}]})"
                       : R"({"id":"c0000000-0000-4000-8000-000000000001","active_meters":[],"granted_benefits":[]})",
                   at);
  };
  const char* early = "2026-01-10T08:00:00Z";
  const char* late = "2026-01-10T08:00:05Z";
  const auto in_force = [](const WebhookEvent& first, const WebhookEvent& second) {
    BillingState state = Nothing();
    REQUIRE(ApplyEvent(state, first).ok());
    REQUIRE(ApplyEvent(state, second).ok());
    BillingState reversed = Nothing();
    REQUIRE(ApplyEvent(reversed, second).ok());
    REQUIRE(ApplyEvent(reversed, first).ok());
    REQUIRE(state == reversed);
    return GrantsInForce(state).size();
  };

  CHECK(in_force(grant(true, early), state_with(false, late)) == 0);
  CHECK(in_force(grant(true, late), state_with(false, early)) == 1);
  CHECK(in_force(grant(false, early), state_with(true, late)) == 1);
  CHECK(in_force(grant(false, late), state_with(true, early)) == 0);
  CHECK(in_force(grant(false, late), state_with(true, late)) == 0);
  CHECK(in_force(grant(true, late), state_with(false, late)) == 1);
}

TEST_CASE("lists of a customer's state in another order are the same fact") {
  const char* one = R"({"id":"c0000000-0000-4000-8000-000000000001","granted_benefits":[
      {"id":"g1","benefit_id":"b1","benefit_type":"custom"},{"id":"g2","benefit_id":"b2","benefit_type":"custom"}],"active_meters":[
      {"meter_id":"m1","consumed_units":1.5,"credited_units":2,"balance":0.5},
      {"meter_id":"m2","consumed_units":1,"credited_units":2,"balance":1}]})";
  const char* other = R"({"id":"c0000000-0000-4000-8000-000000000001","granted_benefits":[
      {"id":"g2","benefit_id":"b2","benefit_type":"custom"},{"id":"g1","benefit_id":"b1","benefit_type":"custom"}],"active_meters":[
      {"meter_id":"m2","consumed_units":1,"credited_units":2,"balance":1},
      {"meter_id":"m1","consumed_units":1.5,"credited_units":2,"balance":0.5}]})";
  BillingState state = Nothing();
  REQUIRE(ApplyEvent(state, AnEvent("customer.state_changed", one)).ok());

  const Result<Applied> again = ApplyEvent(state, AnEvent("customer.state_changed", other));

  REQUIRE(again.ok());
  CHECK(*again == Applied::kKnown);
}

TEST_CASE("an event that is not about this customer's billing changes nothing") {
  BillingState state = Nothing();
  const auto apply = [&](const char* type, const char* data) {
    const Result<Applied> applied = ApplyEvent(state, AnEvent(type, data));
    REQUIRE(applied.ok());
    return *applied;
  };

  CHECK(apply("product.updated", R"({"id":"p"})") == Applied::kIgnored);
  CHECK(apply("member.created", R"({"id":"m"})") == Applied::kIgnored);
  CHECK(apply("never.heard_of", "{}") == Applied::kIgnored);
  CHECK(apply("customer.deleted", R"({"id":"someone else"})") == Applied::kOtherCustomer);
  CHECK(apply("subscription.updated", R"({"id":"s","customer_id":"someone else"})") == Applied::kOtherCustomer);
  CHECK(state == Nothing());
}

TEST_CASE("a payload without what the rules need is refused by its field and changes nothing") {
  BillingState state = Nothing();
  const auto refused_field = [&](const char* type, const char* data) {
    const Result<Applied> applied = ApplyEvent(state, AnEvent(type, data));
    REQUIRE_FALSE(applied.ok());
    CHECK(applied.error().code == ErrorCode::kValidationFailed);
    CHECK(state == Nothing());
    return applied.error().field;
  };

  CHECK(refused_field("subscription.updated", R"({"id":"s"})") == "data.customer_id");
  CHECK(refused_field("subscription.updated", R"({"id":"s","customer_id":"c0000000-0000-4000-8000-000000000001"})") ==
        "data.status");
  CHECK(refused_field("order.paid", R"({"id":"o","customer_id":"c0000000-0000-4000-8000-000000000001","status":1})") ==
        "data.status");
  CHECK(refused_field("customer_seat.claimed", R"({"id":"","status":"claimed"})") == "data.id");
  CHECK(refused_field("customer.state_changed",
                      R"({"id":"c0000000-0000-4000-8000-000000000001","granted_benefits":{}})") ==
        "data.granted_benefits");
}

TEST_CASE("a customer deleted without its time is deleted all the same") {
  BillingState state = Nothing();

  REQUIRE(ApplyEvent(state, AnEvent("customer.deleted", R"({"id":"c0000000-0000-4000-8000-000000000001"})")).ok());

  CHECK(IsDeleted(state));
  CHECK(DecideEntitlements(Products(), state, At("2026-01-20T00:00:00Z")).access.reason ==
        EntitlementReason::kCustomerDeleted);
}

TEST_CASE("an event names its customer, or says that it names none") {
  const auto customer_of = [](const char* type, const char* data) {
    const WebhookEvent event = AnEvent(type, data);
    const std::string* id = CustomerIdOf(event);
    return id == nullptr ? std::string("none") : *id;
  };

  CHECK(customer_of("subscription.created", R"({"customer_id":"c1"})") == "c1");
  CHECK(customer_of("customer.state_changed", R"({"id":"c1"})") == "c1");
  CHECK(customer_of("checkout.created", R"({"customer_id":null})") == "none");
  CHECK(customer_of("customer_seat.claimed", R"({"customer_id":"whoever sits there"})") == "none");
  CHECK(customer_of("product.created", R"({"id":"p","customer_id":"c1"})") == "none");
}

TEST_CASE("of two facts exactly one replaces the other, unless they are the same") {
  const std::vector<Timestamp> times = {At("2026-01-10T08:00:00Z"), At("2026-01-10T08:00:00.000001Z")};
  std::vector<Fact> facts;
  for (const Timestamp at : times) {
    for (const bool terminal : {false, true}) {
      for (const char* content : {"a", "b"}) facts.push_back({at, terminal, content});
    }
  }
  for (std::size_t i = 0; i < facts.size(); ++i) {
    for (std::size_t j = 0; j < facts.size(); ++j) {
      // They were made in rising order: time first, then status, then content.
      CHECK(Replaces(facts[i], facts[j]) == (i > j));
    }
  }
}

TEST_CASE("a one-time order gives access only once it is paid") {
  OrderView order{.id = "o1",
                  .status = "paid",
                  .created_at = At("2026-01-10T08:00:00Z"),
                  .billing_reason = {},
                  .total_amount = {},
                  .due_amount = {},
                  .refunded_amount = {},
                  .currency = {},
                  .product_id = kPro,
                  .subscription_id = {},
                  .checkout_id = {},
                  .seats = {}};
  const auto said = [&](const char* status) {
    order.status = status;
    return Said(DecideOrder(order, Nothing()));
  };

  CHECK(said("paid") == "purchased");
  CHECK(said("partially_refunded") == "purchased");
  CHECK(said("refunded") == "purchased");
  CHECK(said("pending") == "incomplete");
  CHECK(said("draft") == "incomplete");
  CHECK(said("void") == "ended");
  CHECK(said("teleported") == "status_unknown");
}
