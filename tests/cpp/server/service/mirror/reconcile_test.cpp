// The mirror heals: what was never delivered is asked for, repaired and told.
#include "healing.h"

namespace plinto::polar::server {

TEST_CASE("a plan that ended and was never told of is repaired with a line, and the application is told") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.Tell();
  REQUIRE(healing.IsAllowed());
  healing.Revoke();
  healing.Lose();
  REQUIRE(healing.IsAllowed());

  const std::vector<Repair> repairs = healing.Reconcile();

  const Repair* subscription = FindRepair(repairs, "subscription");
  REQUIRE(subscription != nullptr);
  CHECK(subscription->id == healing.SubscriptionId());
  CHECK(subscription->change.starts_with("status active -> canceled"));
  CHECK(FindRepair(repairs, "grant") != nullptr);
  CHECK_FALSE(healing.IsAllowed());
  healing.Tell();
  CHECK(healing.application.types.back() == "access.revoked");
  CHECK(healing.Reconcile().empty());
}

TEST_CASE("a purchase that was never told of is repaired, and the application is told") {
  Healing healing;
  healing.Buy();
  healing.Lose();
  REQUIRE_FALSE(healing.IsAllowed());

  const std::vector<Repair> repairs = healing.Reconcile();

  REQUIRE(FindRepair(repairs, "subscription") != nullptr);
  CHECK(FindRepair(repairs, "subscription")->change == "was not known, status active");
  CHECK(FindRepair(repairs, "order") != nullptr);
  CHECK(FindRepair(repairs, "grant") != nullptr);
  CHECK(healing.IsAllowed());
  healing.Tell();
  CHECK(healing.application.types == std::vector<std::string>{"access.granted"});
}

TEST_CASE("what the mirror has after the repair is what every delivery would have made of it") {
  Healing healed;
  healed.Buy();
  healed.Lose();
  healed.Reconcile();
  Healing told;
  told.Buy();
  told.simulation.DeliverAll();

  CHECK(StateOf(healed) == StateOf(told));
  CHECK(told.Reconcile().empty());
}

TEST_CASE("a dry run tells what differs and stores nothing") {
  Healing healing;
  healing.Buy();
  healing.Lose();

  const std::vector<Repair> first = healing.Reconcile(true);
  CHECK_FALSE(first.empty());
  CHECK_FALSE(healing.IsAllowed());
  CHECK(healing.Reconcile(true) == first);
  CHECK(healing.Reconcile(false) == first);
}

TEST_CASE("news that came while Polar was asked is not overwritten, and is no repair") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.simulation.clock.Advance(100);
  // The plan ends, and is told of, between the answer with the subscriptions and the writing of it.
  healing.simulation.polar.on_request = [&](const std::string& request) {
    if (request.find("/v1/orders/") == std::string::npos) return;
    healing.simulation.polar.on_request = nullptr;
    healing.simulation.clock.Advance(1);
    healing.Revoke();
    healing.simulation.DeliverAll();
  };

  const std::vector<Repair> repairs = healing.Reconcile();

  CHECK(FindRepair(repairs, "subscription") == nullptr);
  CHECK_FALSE(healing.IsAllowed());
}

TEST_CASE("what calls for asking Polar while it is being asked has it asked once more") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.WorkFor(100);
  const auto calls = [&](const std::string& during) {
    healing.simulation.polar.on_request = [&healing, during](const std::string& request) {
      if (request.find(during) == std::string::npos) return;
      const auto once = std::exchange(healing.simulation.polar.on_request, nullptr);
      healing.simulation.clock.Advance(1);
      REQUIRE(healing.simulation.Await(
          healing.simulation.store->DemandReconcile(healing.CustomerId(), healing.simulation.clock.Now())));
    };
  };
  const auto is_due = [&] {
    return *healing.simulation.Await(healing.store->NextDue()) <= healing.simulation.clock.Now();
  };

  calls("/v1/orders/");
  static_cast<void>(healing.Reconcile());
  CHECK(is_due());
  // Due already: it is heard all the same.
  calls("/v1/orders/");
  CHECK(healing.Work().has_value());
  CHECK(is_due());

  healing.simulation.clock.Advance(1);
  CHECK(healing.Work().has_value());
  CHECK_FALSE(is_due());
}

TEST_CASE("a tenant that is ending asks Polar about nobody") {
  Healing healing;
  healing.Buy();
  healing.Lose();
  healing.simulation.clock.Advance(2 * 86'400);
  healing.settings.is_ending = true;
  healing.reconciler = healing.NewServer();
  const std::size_t asked = healing.simulation.polar.requests.size();

  CHECK_FALSE(healing.Work().has_value());

  CHECK(healing.simulation.polar.requests.size() == asked);
}

TEST_CASE("a customer that was deleted at Polar, and never told of, is known as deleted") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.Tell();
  REQUIRE(healing.simulation.AskPolar("DELETE", "/v1/customers/" + healing.CustomerId()).status == 204);
  healing.Lose();

  const std::vector<Repair> repairs = healing.Reconcile();

  REQUIRE(FindRepair(repairs, "customer") != nullptr);
  CHECK(FindRepair(repairs, "customer")->change == "deleted");
  healing.Tell();
  CHECK(healing.application.types.back() == "access.revoked");
  CHECK_FALSE(healing.simulation.Await(healing.store->NextDue())->has_value());
}

TEST_CASE("a subscription that does not exist at Polar any more ends here") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  const CustomerSnapshots known =
      *healing.simulation.Await(healing.simulation.store->ReadSnapshots(healing.CustomerId()));
  Subscription other = known.subscriptions.front();
  other.id = "0a1b2c3d-0000-4000-8000-00000000000e";
  const WebhookEvent event{"subscription.updated", healing.simulation.clock.Now(), Encode(other)};
  Facts facts;
  facts.subscriptions.push_back({other, event.timestamp, DumpJson(event.data)});
  facts.billing.push_back({.customer_id = other.customer_id});
  REQUIRE(ApplyEvent(facts.billing.front(), event).ok());
  REQUIRE(healing.simulation.Await(healing.simulation.store->ApplyFacts(facts, healing.simulation.clock.Now())).ok());
  healing.simulation.clock.Advance(5);

  const std::vector<Repair> repairs = healing.Reconcile();

  REQUIRE(repairs.size() == 1);
  CHECK(repairs[0].id == other.id);
  CHECK(repairs[0].change.starts_with("status active -> canceled"));
  CHECK(healing.Reconcile().empty());
  CHECK(healing.IsAllowed());
}

TEST_CASE("an account that knows nothing of the customers is taken for another one, and nothing is repaired") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  healing.simulation.clock.Advance(86'400);
  const HttpResponse nobody{.status = 404, .body = R"({"error":"ResourceNotFound","detail":"Not found"})"};
  const HttpResponse nothing{.status = 200, .body = R"({"items":[],"pagination":{"total_count":0,"max_page":0}})"};
  healing.simulation.polar.faults.push_back({"/state", {nobody}});
  for (int i = 0; i < 4; ++i) healing.simulation.polar.faults.push_back({"GET /v1/", {nothing}});

  static_cast<void>(healing.Work());

  REQUIRE(healing.log.warnings.size() == 1);
  CHECK(healing.log.warnings[0].find("POLAR_ACCESS_TOKEN") != std::string::npos);
  CHECK(healing.log.repairs.empty());
  CHECK(healing.IsAllowed());
}

TEST_CASE("an erased subject is not brought back") {
  Healing healing;
  healing.Buy();
  healing.simulation.DeliverAll();
  const std::string customer = healing.CustomerId();
  // Erased while Polar is asked.
  healing.simulation.polar.on_request = [&](const std::string& request) {
    if (request.find("/v1/refunds/") == std::string::npos) return;
    healing.simulation.polar.on_request = nullptr;
    REQUIRE(healing.simulation
                .Await(healing.simulation.store->EraseSubject({Subject::Kind::kUser, kAlice},
                                                              healing.simulation.clock.Now()))
                .ok());
  };

  const auto repairs = healing.simulation.Await(healing.reconciler->Reconcile(customer, false));

  REQUIRE(repairs.ok());
  CHECK(repairs->empty());
  CHECK(healing.simulation.Await(healing.simulation.store->ReadSnapshots(customer))->subscriptions.empty());
  CHECK_FALSE(healing.simulation.Await(healing.store->FindCustomer(customer))->has_value());
  CHECK_FALSE(healing.simulation.Await(healing.store->NextDue())->has_value());
}

}  // namespace plinto::polar::server
