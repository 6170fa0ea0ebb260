// What a customer has bought grows from year to year: what it gives is decided, and stored, in time that grows with it.
#include "core/billing/access/access_explanation.h"
#include "growth.h"
#include "hostile.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::growth;
using namespace plinto::polar::server;

namespace {

// Bytes of the state for each order with its grant and its refund.
constexpr std::size_t kEach = 1'024;
// Of the most that is fetched of one customer (kMaxFetched).
constexpr std::size_t kLimit = 1'024 * kEach;
constexpr Timestamp kAsOf = {1'763'000'000'000'000};

Held<OrderView> Bought(std::size_t i) {
  OrderView order;
  order.id = "order-" + Digits(i);
  order.status = "paid";
  order.created_at = kAsOf;
  order.product_id = "product";
  return {kAsOf, order};
}
Held<GrantView> Granted(std::size_t i) {
  GrantView grant;
  grant.id = "grant-" + Digits(i);
  grant.benefit_id = "benefit-" + Digits(i);
  grant.is_granted = true;
  grant.order_id = "order-" + Digits(i);
  grant.benefit = GrantedBenefitView{"feature_flag", *ParseJson(R"({"feature":"f)" + Digits(i) + "\"}")};
  return {kAsOf, grant};
}
Held<RefundView> Refunded(std::size_t i) {
  return {kAsOf, {.id = "refund-" + Digits(i), .order_id = "order-" + Digits(i), .status = "succeeded"}};
}

BillingState StateOf(const std::string& customer, std::size_t size) {
  BillingState state{.customer_id = customer};
  state.customer = Held<CustomerView>{kAsOf, {}};
  state.customer->value.id = customer;
  for (std::size_t i = 0; i < size / kEach; ++i) {
    state.orders.push_back(Bought(i));
    state.grants.push_back(Granted(i));
    state.refunds.push_back(Refunded(i));
  }
  return state;
}

std::vector<Plan> PlansOf() {
  Plan plan{.slug = "pro", .product_id = "product", .tier = "gold"};
  for (std::size_t i = 0; i < 20; ++i) plan.benefit_features.push_back({"tied" + Digits(i), "benefit-" + Digits(i)});
  return {plan};
}

}  // namespace

TEST_CASE("what a customer may use is decided in time that grows with what they bought") {
  CheckGrowth("DecideEntitlements", kLimit, [](std::size_t size) {
    return Needed([plans = PlansOf(), state = StateOf("a", size)] { return DecideEntitlements(plans, state, kAsOf); });
  });
  CheckGrowth("ExplainAccess", kLimit, [](std::size_t size) {
    return Needed([plans = PlansOf(), state = StateOf("a", size)] {
      return ExplainAccess(plans, state, {.feature = "tied1"}, kAsOf);
    });
  });
}

TEST_CASE("a customer is fetched into the mirror, and asked about, in time that grows with what they bought") {
  Simulation simulation;
  const Subject subject{Subject::Kind::kUser, kAlice};
  REQUIRE(simulation
              .Await(simulation.store->SaveCustomer({subject, "customer", "a@b.test", "A", false, true},
                                                    simulation.clock.Now()))
              .ok());
  CheckGrowth("FillMirror", kLimit, [&](std::size_t size) {
    BillingState all = StateOf("customer", size);
    Facts facts;
    // Newest first, as Polar lists them: each belongs in front of all the others.
    for (auto order = all.orders.rbegin(); order != all.orders.rend(); ++order) {
      BillingFact fact{.customer_id = "customer"};
      fact.orders.push_back(*order);
      facts.billing.push_back(std::move(fact));
    }
    return Needed([&, facts] { return simulation.Await(simulation.store->FillMirror("customer", facts, kAsOf)).ok(); });
  });
  for (const char* path : {"/access", "/entitlements/token", "/customer/state", "/customer/benefits", "/customer/data",
                           "/customer/orders", "/customer/subscriptions", "/customer/meters"}) {
    CheckGrowth(std::string("GET ") + path, kLimit, [&](std::size_t size) {
      const auto own = std::make_shared<Simulation>();
      const auto saved =
          own->Await(own->store->SaveCustomer({subject, "customer", "a@b.test", "A", false, true}, own->clock.Now()));
      REQUIRE(saved.ok());
      Facts facts;
      facts.billing.push_back(StateOf("customer", size));
      REQUIRE(own->Await(own->store->FillMirror("customer", facts, kAsOf)).ok());
      REQUIRE(own->Request("GET", path, kAlice).status == 200);
      return Needed([own, path] { return own->Request("GET", path, kAlice).status; });
    });
  }
}
