// Grants that were given by hand: what they give beside what was bought, from when on, until when, and to whom.
#include "catch.h"

#include "core/billing/access/access_explanation.h"

using namespace plinto::polar;

namespace {

const char* const kCustomer = "c0000000-0000-4000-8000-000000000001";
const Timestamp kStart = *ParseTimestamp("2026-01-10T08:00:00Z");
constexpr std::int64_t kDay = 86'400;

std::vector<Plan> Products() {
  return {{.slug = "pro-monthly", .product_id = "p-pro", .tier = "pro", .features = {"export"}},
          {.slug = "pro-yearly",
           .product_id = "p-pro-yearly",
           .tier = "pro",
           .features = {"export", "archive"},
           .benefit_features = {{"sso", "b-sso"}}},
          {.slug = "business", .product_id = "p-business", .tier = "business", .features = {"audit"}}};
}

LocalGrant OfTier(const char* id, const char* tier, std::optional<Timestamp> ends_at = {}) {
  return {.id = id, .tier = tier, .starts_at = kStart, .ends_at = ends_at, .source = "support", .reason = "A delay."};
}

SubscriptionView ASubscription(const char* product) {
  SubscriptionView one;
  one.id = "s1";
  one.status = SubscriptionStatus::kActive;
  one.product_id = product;
  one.current_period_start = kStart;
  one.current_period_end = kStart.PlusSeconds(30 * kDay);
  return one;
}

std::string Said(const Access& access) {
  return access.reason.text() + (access.until ? " until " + FormatTimestamp(*access.until) : "");
}

std::string Feature(const CustomerEntitlements& entitlements, const char* name) {
  return Said(FindFeature(entitlements, name));
}

}  // namespace

TEST_CASE("a tier that is granted by hand gives all that the tier has, also without a customer, until its date") {
  const Timestamp end = kStart.PlusSeconds(10 * kDay);
  const std::vector<LocalGrant> grants = {OfTier("l1", "pro", end)};
  const auto at = [&](Timestamp now) { return DecideEntitlements(Products(), {}, now, grants); };

  CHECK(Said(at(kStart.PlusMilliseconds(-1)).access) == "no_plan");
  const CustomerEntitlements during = at(kStart);
  CHECK(Said(during.access) == "granted until 2026-01-20T08:00:00Z");
  CHECK(during.tier == "pro");
  CHECK_FALSE(during.status.has_value());
  CHECK_FALSE(during.product_id.has_value());
  for (const char* each : {"export", "archive", "sso"}) {
    CHECK(Feature(during, each) == "granted until 2026-01-20T08:00:00Z");
  }
  CHECK(Feature(during, "audit") == "not_in_plan");
  CHECK(Feature(during, "unheard-of") == "not_in_plan");
  CHECK(at(end.PlusMilliseconds(-1)).access.allowed);
  CHECK(Said(at(end).access) == "ended");
  CHECK_FALSE(at(end).tier.has_value());
  CHECK(Feature(at(end), "sso") == "ended");
}

TEST_CASE("what was bought is the plan where a grant gives the same tier, and the grant where it gives more") {
  BillingState state{.customer_id = kCustomer};
  state.subscriptions = {{kStart, ASubscription("p-pro-yearly")}};
  const auto decide = [&](const char* tier) {
    const std::vector<LocalGrant> grants = {OfTier("l1", tier)};
    return DecideEntitlements(Products(), state, kStart, grants);
  };

  CHECK(decide("pro").subscription_id == "s1");
  CHECK(decide("pro").status == "active");
  CHECK_FALSE(decide("business").subscription_id.has_value());
  CHECK(decide("business").tier == "business");
  // What the lower plan has besides is not taken away.
  CHECK(Feature(decide("business"), "archive") == "active");
}

TEST_CASE("features that are granted by hand are added, and are no plan") {
  const LocalGrant grant{
      .id = "l1", .features = {"beta", "audit"}, .starts_at = kStart, .ends_at = kStart.PlusSeconds(kDay)};
  const auto at = [&](Timestamp now) { return DecideEntitlements(Products(), {}, now, std::vector{grant}); };

  CHECK(Said(at(kStart).access) == "no_plan");
  CHECK(Feature(at(kStart), "beta") == "granted until 2026-01-11T08:00:00Z");
  CHECK(Feature(at(kStart), "audit") == "granted until 2026-01-11T08:00:00Z");
  CHECK(Feature(at(kStart), "export") == "no_plan");
  CHECK(Feature(at(kStart.PlusSeconds(kDay)), "beta") == "ended");
  CHECK(Feature(at(kStart.PlusSeconds(-1)), "beta") == "no_plan");
}

TEST_CASE("a grant holds after the customer was deleted at Polar; what they bought does not") {
  BillingState state{.customer_id = kCustomer};
  state.customer = Held<CustomerView>{kStart, {kCustomer, {}, kStart}};
  state.subscriptions = {{kStart, ASubscription("p-business")}};
  const std::vector<LocalGrant> grants = {OfTier("l1", "pro", kStart.PlusSeconds(kDay))};

  const CustomerEntitlements with = DecideEntitlements(Products(), state, kStart, grants);
  const CustomerEntitlements after = DecideEntitlements(Products(), state, kStart.PlusSeconds(kDay), grants);

  CHECK(with.tier == "pro");
  CHECK(Feature(with, "audit") == "customer_deleted");
  CHECK(Said(after.access) == "customer_deleted");
}

TEST_CASE("a tier that PRODUCTS has no more gives nothing, and any tier gives access where PRODUCTS is empty") {
  const std::vector<LocalGrant> grants = {OfTier("l1", "gold")};

  CHECK(Said(DecideEntitlements(Products(), {}, kStart, grants).access) == "not_in_plan");
  CHECK(Said(DecideEntitlements({}, {}, kStart, grants).access) == "granted");
  CHECK(DecideEntitlements({}, {}, kStart, grants).tier == "gold");
}

TEST_CASE("of two grants of a tier the longer counts") {
  const std::vector<LocalGrant> grants = {OfTier("l1", "pro", kStart.PlusSeconds(kDay)), OfTier("l2", "pro"),
                                          OfTier("l3", "pro", kStart.PlusSeconds(9 * kDay))};

  CHECK(Said(DecideEntitlements(Products(), {}, kStart, grants).access) == "granted");
  const std::vector<AccessFact> facts = ExplainAccess(Products(), {}, {}, kStart, grants);
  REQUIRE(facts.size() == 3);
  CHECK(facts[0].id == "l2");
  CHECK(facts[0].decides);
}

TEST_CASE("an explanation names who gave a grant and why, also before it begins") {
  std::vector<LocalGrant> grants = {OfTier("l1", "pro", kStart.PlusSeconds(kDay)), OfTier("l2", "business")};
  grants[1].starts_at = kStart.PlusSeconds(5 * kDay);

  const std::vector<AccessFact> facts = ExplainAccess(Products(), {}, {}, kStart, grants);

  REQUIRE(facts.size() == 2);
  CHECK(facts[0].kind.text() == "local_grant");
  CHECK(facts[0].status == "granted");
  CHECK(facts[0].tier == "pro");
  CHECK(facts[0].source == "support");
  CHECK(facts[0].reason == "A delay.");
  CHECK(facts[0].ends_at == kStart.PlusSeconds(kDay));
  CHECK(facts[1].status == "scheduled");
  CHECK_FALSE(facts[1].access.has_value());
}

TEST_CASE("the next change of grants is the soonest of their dates") {
  std::vector<LocalGrant> grants = {OfTier("l1", "pro", kStart.PlusSeconds(9 * kDay)), OfTier("l2", "business")};
  grants[1].starts_at = kStart.PlusSeconds(5 * kDay);

  CHECK(NextChangeOf(grants, kStart.PlusSeconds(-1)) == kStart);
  CHECK(NextChangeOf(grants, kStart) == kStart.PlusSeconds(5 * kDay));
  CHECK(NextChangeOf(grants, kStart.PlusSeconds(5 * kDay)) == kStart.PlusSeconds(9 * kDay));
  CHECK_FALSE(NextChangeOf(grants, kStart.PlusSeconds(9 * kDay)).has_value());
}
