// Why somebody has access: the fact that is said to decide gives the very answer of GET /access, whatever is known.
#include "catch.h"

#include <algorithm>
#include <random>

#include "core/billing/access/access_explanation.h"

using namespace plinto::polar;

namespace {

const char* const kCustomer = "c0000000-0000-4000-8000-000000000001";
const Timestamp kStart = *ParseTimestamp("2026-01-10T08:00:00Z");
constexpr std::int64_t kDay = 86'400;

std::vector<Plan> Products() {
  return {{.slug = "free", .product_id = "p-free", .tier = "free", .features = {"basic"}},
          {.slug = "pro",
           .product_id = "p-pro",
           .tier = "pro",
           .features = {"basic", "export"},
           .benefit_features = {{"sso", "b-sso"}, {"export", "b-export"}},
           .grace_days = 3},
          {.slug = "business",
           .product_id = "p-business",
           .tier = "business",
           .features = {"audit"},
           .benefit_features = {{"sso", "b-sso"}},
           .overage_meters = {"m-1"}}};
}

std::vector<AccessQuestion> Questions() {
  std::vector<AccessQuestion> questions = {{}};
  for (const char* feature : {"basic", "export", "sso", "audit", "flag", "beta", "unheard-of"}) {
    questions.push_back({.feature = feature});
  }
  for (const char* tier : {"free", "pro", "business", "unheard-of"}) questions.push_back({.tier = tier});
  return questions;
}

SubscriptionView ASubscription(const char* id, const char* product) {
  SubscriptionView one;
  one.id = id;
  one.status = SubscriptionStatus::kActive;
  one.product_id = product;
  one.current_period_start = kStart;
  one.current_period_end = kStart.PlusSeconds(30 * kDay);
  return one;
}

OrderView AnOrder(const std::string& id, const char* product) {
  OrderView order;
  order.id = id;
  order.status = "paid";
  order.created_at = kStart;
  order.product_id = product;
  return order;
}

GrantView AGrant(const std::string& id, const char* benefit) {
  GrantView grant;
  grant.id = id;
  grant.benefit_id = benefit;
  grant.is_granted = true;
  return grant;
}

/// Customers as nobody would think of them, the same natively and as Wasm.
class AnyCustomer {
 public:
  explicit AnyCustomer(std::uint32_t seed) : random_(seed) {}

  BillingState Next() {
    BillingState state;
    if (Roll(20) == 0) return state;
    state.customer_id = kCustomer;
    if (Roll(4) > 0) state.customer = Held<CustomerView>{Moment(), {kCustomer, {}, {}}};
    if (state.customer && Roll(12) == 0) state.customer->value.deleted_at = Moment();
    for (std::size_t i = 1, end = Roll(4); i <= end; ++i) state.subscriptions.push_back({Moment(), Subscription(i)});
    for (std::size_t i = 1, end = Roll(4); i <= end; ++i) AddOrder(state, "o" + std::to_string(i));
    for (std::size_t i = 1, end = Roll(4); i <= end; ++i) state.grants.push_back({Moment(), Grant(i)});
    if (Roll(2) == 0) state.customer_state = Held<CustomerStateView>{Moment(), StateView()};
    return state;
  }
  /// What somebody gave them by hand.
  std::vector<LocalGrant> NextLocalGrants() {
    constexpr const char* kTiers[] = {"free", "pro", "business", "not-listed"};
    constexpr const char* kFeatures[] = {"beta", "audit", "sso"};
    std::vector<LocalGrant> grants;
    if (Roll(3) == 0) return grants;
    for (std::size_t i = 1, end = Roll(4); i <= end; ++i) {
      LocalGrant grant{.id = "l" + std::to_string(i), .starts_at = Moment(), .ends_at = Perhaps()};
      if (Roll(2) == 0) {
        grant.tier = kTiers[Roll(4)];
      } else {
        grant.features = {kFeatures[Roll(3)]};
      }
      grants.push_back(std::move(grant));
    }
    return grants;
  }
  Timestamp Moment() { return kStart.PlusSeconds(static_cast<std::int64_t>(Roll(12)) * 5 * kDay); }

 private:
  std::size_t Roll(std::size_t sides) { return random_() % sides; }
  std::optional<Timestamp> Perhaps() { return Roll(3) == 0 ? std::optional(Moment()) : std::nullopt; }
  const char* Product() {
    constexpr const char* kProducts[] = {"p-free", "p-pro", "p-business", "p-not-listed"};
    return kProducts[Roll(4)];
  }

  SubscriptionView Subscription(std::size_t number) {
    SubscriptionView one = ASubscription(("s" + std::to_string(number)).c_str(), Product());
    one.status = static_cast<SubscriptionStatus>(Roll(8));
    if (Roll(16) == 0) one.status = OpenEnum<SubscriptionStatus>(std::string("hibernating"));
    one.current_period_end = Moment();
    one.cancel_at_period_end = Roll(4) == 0;
    one.pause_at_period_end = Roll(4) == 0;
    one.ends_at = Perhaps();
    if (Roll(6) == 0) one.ended_at = Moment();
    one.past_due_at = Perhaps();
    return one;
  }
  void AddOrder(BillingState& state, const std::string& id) {
    constexpr const char* kStatuses[] = {"paid", "paid", "refunded", "partially_refunded", "pending", "void", "new"};
    OrderView order = AnOrder(id, Product());
    order.status = kStatuses[Roll(7)];
    if (Roll(6) == 0) order.subscription_id = "s1";
    state.orders.push_back({Moment(), order});
    if (Roll(3) == 0) {
      state.refunds.push_back({Moment(), {"r-" + id, id, Roll(3) == 0 ? "failed" : "succeeded", Roll(2) == 0}});
    }
  }
  GrantView Grant(std::size_t number) {
    constexpr const char* kBenefits[] = {"b-sso", "b-export", "b-flag", "b-other"};
    const std::size_t benefit = Roll(4);
    GrantView grant = AGrant("g" + std::to_string(number), kBenefits[benefit]);
    grant.is_granted = Roll(3) > 0;
    grant.is_revoked = !grant.is_granted && Roll(2) == 0;
    if (Roll(2) == 0) grant.order_id = "o" + std::to_string(1 + Roll(3));
    if (benefit == 2) grant.benefit = GrantedBenefitView{"feature_flag", *ParseJson(R"({"feature":"flag"})")};
    return grant;
  }
  CustomerStateView StateView() {
    CustomerStateView view{kCustomer, {}, {}};
    for (std::size_t i = 1, end = Roll(4); i <= end; ++i) {
      view.granted_benefits.push_back({"g" + std::to_string(i), i == 1 ? "b-sso" : "b-export", "custom", {}, {}});
    }
    if (Roll(2) == 0) view.active_meters.push_back({"m-1", 5, 3, static_cast<double>(Roll(2))});
    return view;
  }

  std::mt19937 random_;
};

const AccessFact& Deciding(const std::vector<AccessFact>& facts) {
  const auto found = std::find_if(facts.begin(), facts.end(), [](const AccessFact& one) { return one.decides; });
  REQUIRE(found != facts.end());
  return *found;
}

std::string Said(const AccessFact& fact) {
  return fact.kind.text() + " " + fact.id + ": " + (fact.access ? fact.access->reason.text() : "nothing");
}

std::vector<AccessFact> Explain(const BillingState& state, const AccessQuestion& question = {}) {
  return ExplainAccess(Products(), state, question, kStart.PlusSeconds(kDay));
}

}  // namespace

TEST_CASE("whatever is known of a customer, one fact decides, and it gives the answer of GET /access") {
  AnyCustomer any(20'261'129);
  const std::vector<Plan> listed = Products();
  std::vector<std::string> deciding;
  for (int i = 0; i < 2'000; ++i) {
    const BillingState state = any.Next();
    const std::vector<LocalGrant> local_grants = any.NextLocalGrants();
    const Timestamp now = any.Moment();
    const std::vector<Plan> plans = i % 10 == 0 ? std::vector<Plan>() : listed;
    const CustomerEntitlements entitlements = DecideEntitlements(plans, state, now, local_grants);
    for (const AccessQuestion& question : Questions()) {
      const Access answer = AnswerQuestion(plans, entitlements, question);
      const std::vector<AccessFact> facts = ExplainAccess(plans, state, question, now, local_grants);
      const auto count = std::count_if(facts.begin(), facts.end(), [](const AccessFact& one) { return one.decides; });
      if (state.customer_id.empty() && count == 0) {
        if (answer.reason != EntitlementReason::kNoPlan) FAIL("somebody unknown is not explained");
        continue;
      }
      if (count == 1 && Deciding(facts).access == answer) {
        deciding.push_back(Deciding(facts).kind.text() + " " + answer.reason.text());
        continue;
      }
      FAIL(count << " facts decide on " << question.feature.value_or("") << question.tier.value_or("") << " at "
                 << FormatTimestamp(now) << ", where the answer is " << answer.reason.text() << ": "
                 << DumpJson(Encode(state)));
    }
  }
  // They were of every kind, and for nearly every reason.
  std::sort(deciding.begin(), deciding.end());
  deciding.erase(std::unique(deciding.begin(), deciding.end()), deciding.end());
  CHECK(deciding.size() >= 20);
  for (const char* each :
       {"subscription active", "subscription not_granted", "subscription past_due_in_grace", "order purchased",
        "order refunded", "order revoked", "grant granted", "customer no_plan", "customer customer_deleted",
        "subscription not_in_plan", "local_grant granted", "local_grant ended", "local_grant not_in_plan"}) {
    INFO(each);
    CHECK(std::binary_search(deciding.begin(), deciding.end(), each));
  }
  // What somebody bought decides nothing once they are deleted.
  CHECK_FALSE(std::binary_search(deciding.begin(), deciding.end(), "subscription customer_deleted"));
}

TEST_CASE("each purchase is named with its dates and its product, and said not to be in PRODUCTS where it is not") {
  BillingState state{.customer_id = kCustomer};
  SubscriptionView pro = ASubscription("s1", "p-pro");
  pro.status = SubscriptionStatus::kPastDue;
  pro.past_due_at = kStart;
  state.subscriptions = {{kStart, pro}, {kStart.PlusSeconds(5), ASubscription("s2", "p-not-listed")}};
  state.orders = {{kStart, AnOrder("o1", "p-business")}};
  state.refunds = {{kStart, {"r1", "o1", "succeeded", true}}};

  const std::vector<AccessFact> facts = Explain(state);

  REQUIRE(facts.size() == 4);
  CHECK(Said(facts[0]) == "subscription s1: past_due_in_grace");
  CHECK(facts[0].decides);
  CHECK(facts[0].access->until == kStart.PlusSeconds(3 * kDay));
  CHECK(facts[0].status == "past_due");
  CHECK(facts[0].past_due_at == kStart);
  CHECK(facts[0].current_period_end == kStart.PlusSeconds(30 * kDay));
  CHECK(facts[0].slug == "pro");
  CHECK(facts[0].as_of == kStart);
  CHECK(Said(facts[1]) == "subscription s2: not_in_plan");
  CHECK(facts[1].in_products == false);
  CHECK(facts[1].product_id == "p-not-listed");
  CHECK_FALSE(facts[1].tier.has_value());
  CHECK(Said(facts[2]) == "order o1: refunded");
  CHECK(facts[2].refunded == true);
  CHECK(facts[2].revoked == false);
  CHECK(Said(facts[3]) == std::string("customer ") + kCustomer + ": nothing");
}

TEST_CASE("of a feature that takes a benefit the grant decides, and without it the purchase that should have had it") {
  BillingState state{.customer_id = kCustomer};
  state.subscriptions = {{kStart, ASubscription("s1", "p-pro")}};
  state.grants = {{kStart.PlusSeconds(9), AGrant("g1", "b-sso")}};

  const std::vector<AccessFact> with = Explain(state, {.feature = "sso"});
  state.grants.front().value.is_granted = false;
  state.grants.front().value.is_revoked = true;
  const std::vector<AccessFact> without = Explain(state, {.feature = "sso"});

  CHECK(Said(Deciding(with)) == "grant g1: granted");
  CHECK(Deciding(with).as_of == kStart.PlusSeconds(9));
  CHECK(Said(with[0]) == "subscription s1: nothing");
  CHECK(Said(Deciding(without)) == "subscription s1: not_granted");
  CHECK(without[1].status == "revoked");
  CHECK(without[1].benefit_id == "b-sso");
  CHECK(Said(without[1]) == "grant g1: not_granted");
}

TEST_CASE("what only the customer's state has told is dated by it, a grant and a meter") {
  BillingState state{.customer_id = kCustomer};
  state.grants = {{kStart, AGrant("g1", "b-sso")}};
  state.customer_state = Held<CustomerStateView>{
      kStart.PlusSeconds(60), {kCustomer, {{"g2", "b-export", "custom", {}, {}}}, {{"m-1", 5, 3, -2}}}};

  const std::vector<AccessFact> facts = Explain(state);

  REQUIRE(facts.size() == 4);
  CHECK(facts[0].id == "g2");
  CHECK(facts[0].status == "granted");
  CHECK(facts[1].id == "g1");
  CHECK(facts[1].status == "not_granted");
  CHECK(Said(facts[2]) == "meter m-1: credits_used_up");
  CHECK(facts[2].remaining == 0);
  for (std::size_t i = 0; i < 3; ++i) CHECK(facts[i].as_of == kStart.PlusSeconds(60));
  CHECK(Said(Deciding(facts)) == std::string("customer ") + kCustomer + ": no_plan");
}
