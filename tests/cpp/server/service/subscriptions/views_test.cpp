// What a billing page shows of subscriptions, orders and benefits, as Polar tells it.
#include "server/service/mirror/facts.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

std::string ProductNamed(Simulation& simulation, const std::string& name) {
  for (const auto& product : simulation.emulator.products()) {
    if (product.name == name) return product.id;
  }
  FAIL("no product " << name);
  return {};
}

void Buy(Simulation& simulation, const std::string& name, const std::string& more = "") {
  const std::string body = R"({"product_id":")" + ProductNamed(simulation, name) + "\"" + more + "}";
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, body)));
  simulation.DeliverAll();
}

Json First(Simulation& simulation, const std::string& list) {
  const HttpResponse answer = simulation.Request("GET", "/customer/" + list, kAlice);
  INFO(answer.body);
  const Json body = simulation.BodyOf(answer);
  const auto& items = *FindMember(body, "items")->get_ptr<const Json::array_t*>();
  REQUIRE_FALSE(items.empty());
  return items.front();
}

void ChangeAtPolar(Simulation& simulation, const std::string& body) {
  const std::string id = *FindString(First(simulation, "subscriptions"), "id");
  const HttpResponse answer = simulation.AskPolar("PATCH", "/v1/subscriptions/" + id, body);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  simulation.DeliverAll();
}

}  // namespace

TEST_CASE("a change that waits for the end of the period is shown with what is to come") {
  Simulation simulation;
  Buy(simulation, "Pro");
  CHECK(FindMember(First(simulation, "subscriptions"), "pending_update") == nullptr);
  const std::string yearly = ProductNamed(simulation, "Pro yearly");

  ChangeAtPolar(simulation, R"({"product_id":")" + yearly + R"(","proration_behavior":"next_period"})");

  const Json shown = First(simulation, "subscriptions");
  const Json* pending = FindMember(shown, "pending_update");
  REQUIRE(pending != nullptr);
  CHECK(*FindString(*pending, "product_id") == yearly);
  CHECK(*FindString(*pending, "applies_at") == *FindString(shown, "current_period_end"));
  CHECK(FindMember(*pending, "seats") == nullptr);
}

TEST_CASE("a pause is shown when it is scheduled, while it lasts, and not afterwards") {
  Simulation simulation;
  Buy(simulation, "Pro");
  CHECK(FindBool(First(simulation, "subscriptions"), "pause_at_period_end") == false);

  ChangeAtPolar(simulation, R"({"pause_at_period_end":true})");
  CHECK(FindBool(First(simulation, "subscriptions"), "pause_at_period_end") == true);

  simulation.clock.Advance(31 * 86'400);
  simulation.DeliverAll();
  const Json paused = First(simulation, "subscriptions");
  CHECK(*FindString(paused, "status") == "paused");
  CHECK(FindString(paused, "paused_at") != nullptr);
  CHECK(FindBool(paused, "pause_at_period_end") == false);

  ChangeAtPolar(simulation, R"({"resume":true})");
  CHECK(FindMember(First(simulation, "subscriptions"), "paused_at") == nullptr);
}

TEST_CASE("the seats of a subscription are shown, and those to come") {
  Simulation simulation;
  Buy(simulation, "Team", R"(,"seats":3)");
  CHECK(FindInteger(First(simulation, "subscriptions"), "seats") == 3);

  ChangeAtPolar(simulation, R"({"seats":5,"proration_behavior":"next_period"})");

  const Json shown = First(simulation, "subscriptions");
  CHECK(FindInteger(shown, "seats") == 3);
  CHECK(FindInteger(*FindMember(shown, "pending_update"), "seats") == 5);
}

TEST_CASE("an order shows what it was for and what was paid back of it") {
  Simulation simulation;
  Buy(simulation, "Lifetime");
  const Json paid = First(simulation, "orders");
  CHECK(*FindString(paid, "product_name") == "Lifetime");
  CHECK(FindMember(paid, "subscription_id") == nullptr);
  CHECK(FindInteger(paid, "refunded_amount") == 0);

  const HttpResponse refunded = simulation.AskPolar(
      "POST", "/v1/refunds/",
      R"({"order_id":")" + *FindString(paid, "id") + R"(","reason":"customer_request","amount":12000})");
  INFO(refunded.body);
  REQUIRE(refunded.status == 201);
  simulation.DeliverAll();

  const Json shown = First(simulation, "orders");
  CHECK(*FindString(shown, "status") == "partially_refunded");
  CHECK(FindInteger(shown, "refunded_amount") == 12'000);
}

TEST_CASE("a benefit is shown with what people read of it and what it comes from") {
  Simulation simulation;
  Buy(simulation, "Free");

  const Json benefit = First(simulation, "benefits");

  CHECK(*FindString(benefit, "benefit_type") == "custom");
  CHECK(*FindString(benefit, "description") == "Community");
  CHECK(*FindString(benefit, "note") == "Welcome.");
  CHECK(*FindString(benefit, "subscription_id") == *FindString(First(simulation, "subscriptions"), "id"));
  CHECK(FindMember(benefit, "order_id") == nullptr);
}

TEST_CASE("what people read of a benefit holds up no delivery, whatever shape it has") {
  Simulation simulation;
  Buy(simulation, "Free");
  const Json benefit = First(simulation, "benefits");
  const Json subscription = First(simulation, "subscriptions");
  const std::string customer =
      simulation.Await(simulation.store->FindCustomer({Subject::Kind::kUser, kAlice}))->value().polar_customer_id;
  const Json odd = Json::object(
      {{"id", *FindString(benefit, "id")},
       {"customer_id", customer},
       {"benefit_id", *FindString(benefit, "benefit_id")},
       {"is_granted", true},
       {"is_revoked", false},
       {"properties", Json::object({{"display_key", 7}})},
       {"benefit", Json::object({{"type", "custom"}, {"description", Json::array({1})}, {"properties", "none"}})}});
  const WebhookEvent event{"benefit_grant.updated", simulation.clock.Now().PlusSeconds(1), odd};

  const auto facts = CollectFacts(event, DumpJson(odd), {});
  REQUIRE(facts.ok());
  REQUIRE(simulation.Await(simulation.store->ApplyFacts(*facts, event.timestamp)).ok());

  const Json shown = First(simulation, "benefits");
  CHECK(FindMember(shown, "description") == nullptr);
  CHECK(FindMember(shown, "note") == nullptr);
  CHECK(FindMember(shown, "display_key") == nullptr);
}
