// When the mirror heals: after a gap, once a day, when something disagrees; gently, and by one server at a time.
#include "healing.h"

namespace plinto::polar::server {

TEST_CASE("a server that was away has everybody verified at its start, and heals both ways") {
  Healing healing;
  healing.Buy(kAlice);
  healing.simulation.DeliverAll();
  REQUIRE(healing.simulation.Request("POST", "/checkout", kBob, healing.simulation.CheckoutBody()).status == 201);
  healing.WorkFor(60);
  healing.Tell();
  // Away for two hours: Alice's plan ends, Bob buys.
  healing.Revoke();
  healing.Buy(kBob);
  healing.Lose();
  healing.simulation.clock.Advance(2 * 3'600);
  REQUIRE(healing.log.repairs.empty());

  healing.reconciler = healing.NewServer();
  healing.WorkFor(60);
  healing.Tell();

  CHECK_FALSE(healing.IsAllowed(kAlice));
  CHECK(healing.IsAllowed(kBob));
  CHECK_FALSE(healing.log.repairs.empty());
  // Of two customers neither comes first.
  std::vector<std::string> told = healing.application.types;
  std::sort(told.begin(), told.end());
  CHECK(told == std::vector<std::string>{"access.granted", "access.granted", "access.revoked"});
  CHECK(healing.log.warnings.front().find("no server was at work since") == 0);
}

TEST_CASE("a restart at once asks nobody") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.WorkFor(300);
  healing.simulation.polar.requests.clear();

  healing.reconciler = healing.NewServer();
  healing.WorkFor(300);

  CHECK(healing.simulation.polar.requests.empty());
}

TEST_CASE("everybody is verified once a day, and after the end of a period") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.simulation.polar.requests.clear();
  const auto state = "GET /v1/customers/" + healing.CustomerId() + "/state";

  healing.WorkFor(23 * 3'600);
  CHECK(healing.simulation.polar.Count(state) == 0);
  healing.WorkFor(2 * 3'600);
  CHECK(healing.simulation.polar.Count(state) == 1);
  healing.WorkFor(24 * 3'600);
  CHECK(healing.simulation.polar.Count(state) == 2);
}

TEST_CASE("a renewal that was told of in time is not asked for, one that was lost is") {
  for (const bool is_told : {true, false}) {
    INFO(is_told);
    Healing healing;
    healing.Buy();
    healing.simulation.DeliverAll();
    const Subscription bought =
        healing.simulation.Await(healing.simulation.store->ReadSnapshots(healing.CustomerId()))->subscriptions.front();
    // Verified just before the end, so that the daily look is far away.
    healing.simulation.clock.AdvanceTo(bought.current_period_end.PlusSeconds(-3'600));
    healing.Lose();
    healing.Reconcile();
    healing.simulation.polar.requests.clear();
    healing.simulation.clock.AdvanceTo(bought.current_period_end.PlusSeconds(5));
    if (is_told) healing.simulation.DeliverAll();
    if (!is_told) healing.Lose();

    healing.WorkFor(14 * 60);
    CHECK(healing.simulation.polar.requests.empty());
    healing.WorkFor(2 * 60);
    CHECK(healing.simulation.polar.requests.empty() == is_told);
    CHECK(healing.log.repairs.empty() == is_told);
  }
}

TEST_CASE("a state that disagrees with the mirror has Polar asked at once, one that agrees does not") {
  for (const bool agrees : {true, false}) {
    INFO(agrees);
    Healing healing;
    healing.Buy();
    healing.simulation.DeliverAll();
    healing.WorkFor(60);
    healing.simulation.polar.requests.clear();
    if (!agrees) healing.Revoke();
    if (!agrees) healing.Lose();
    // Only the state arrives.
    const Json state = healing.simulation.BodyOf(
        healing.simulation.AskPolar("GET", "/v1/customers/" + healing.CustomerId() + "/state"));
    const WebhookEvent event{"customer.state_changed", healing.simulation.clock.Now(), state};
    const auto facts = CollectFacts(event, DumpJson(state), {});
    REQUIRE(facts.ok());
    REQUIRE(healing.simulation.Await(healing.simulation.store->ApplyFacts(*facts, event.timestamp)).ok());

    healing.WorkFor(10);

    CHECK(healing.simulation.polar.requests.empty() == agrees);
    CHECK(healing.IsAllowed() == agrees);
  }
}

TEST_CASE("a subscription that Polar shows changed when it is to be changed has the rest asked for") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.WorkFor(60);
  const std::string id = healing.SubscriptionId();
  healing.Revoke();
  healing.Lose();

  CHECK(healing.simulation.Request("POST", "/subscriptions/" + id + "/resume", kAlice, "{}").status == 409);
  healing.simulation.polar.requests.clear();
  healing.WorkFor(10);

  CHECK_FALSE(healing.simulation.polar.requests.empty());
  CHECK_FALSE(healing.IsAllowed());
}

TEST_CASE("while Polar fails the loop waits longer and longer, and as long as Polar asks for") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.simulation.clock.Advance(86'400);
  for (int i = 0; i < 3; ++i) healing.simulation.polar.faults.push_back({"/state", {HttpResponse{.status = 503}}});

  const auto first = healing.Work();
  REQUIRE(first.has_value());
  CHECK(*first >= healing.simulation.clock.Now().PlusSeconds(4));
  healing.simulation.polar.requests.clear();
  static_cast<void>(healing.Work());
  CHECK(healing.simulation.polar.requests.empty());

  healing.simulation.clock.Advance(120);
  HttpResponse limited{.status = 429};
  limited.headers.Add("retry-after", "200");
  for (int i = 0; i < 3; ++i) healing.simulation.polar.faults.push_back({"/state", {limited}});
  const auto second = healing.Work();
  CHECK(*second >= healing.simulation.clock.Now().PlusSeconds(190));
  healing.simulation.polar.faults.clear();
  healing.simulation.clock.AdvanceTo(*second);
  static_cast<void>(healing.Work());
  CHECK(healing.simulation.Await(healing.simulation.store->ReadSubject({Subject::Kind::kUser, kAlice}))->verified_at >=
        *second);
}

TEST_CASE("a clock that was set back stops nothing") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.simulation.clock.Advance(30 * 86'400);
  healing.WorkFor(600);
  healing.simulation.clock.Set(healing.simulation.clock.Now().PlusSeconds(-20 * 86'400));
  healing.simulation.polar.requests.clear();
  // Once an hour the server pulls forward what a clock that was ahead has put off.
  REQUIRE(
      healing.simulation
          .Await(healing.simulation.database->RetentionOf(kDefaultTenant).PullForward(healing.simulation.clock.Now()))
          .ok());

  healing.WorkFor(60);

  CHECK_FALSE(healing.simulation.polar.requests.empty());
}

TEST_CASE("verifying everybody takes a fifth of what Polar allows, and no more") {
  Healing healing;
  for (int i = 0; i < 500; ++i) {
    const std::string id = "c0ffee00-0000-4000-8000-000000000" + std::to_string(100 + i);
    const CustomerRow row{{Subject::Kind::kUser, id}, id, "", "", false, true};
    REQUIRE(healing.simulation.Await(healing.simulation.store->SaveCustomer(row, healing.simulation.clock.Now())).ok());
  }
  healing.budget = std::make_unique<UpstreamBudget>(500, healing.log);
  healing.reconciler = healing.NewServer();
  healing.simulation.clock.Advance(86'400);
  healing.simulation.polar.requests.clear();

  healing.WorkFor(180);

  // A minute's worth at once, and then a fifth of 500 in each of the three minutes.
  const std::size_t asked = healing.simulation.polar.requests.size();
  CHECK(asked >= 300);
  CHECK(asked <= 400);
}

}  // namespace plinto::polar::server
