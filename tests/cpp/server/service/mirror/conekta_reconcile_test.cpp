// The mirror over two providers: read when somebody is asked about, healed when webhooks were lost, and neither taken
// for what the other does not have.
#include "conekta_scene.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

struct HealedScene : ConektaScene {
  HealedScene()
      : reconcile_store(simulation.database->ReconcileStoreOf(kDefaultTenant)),
        reconciler(std::make_unique<Reconciler>(simulation.MakeHost(), WithAccounts(), *reconcile_store)) {}

  Settings WithAccounts() {
    Settings all = settings;
    all.polar.base_url = "http://polar.test";
    all.polar.access_token = simulation.emulator.access_token();
    return all;
  }
  std::vector<Repair> Reconcile() {
    auto repairs = simulation.Await(reconciler->Reconcile(polar_id, false));
    INFO((repairs ? "" : repairs.error().message + " " + repairs.error().details));
    REQUIRE(repairs.ok());
    return *std::move(repairs);
  }

  std::unique_ptr<ReconcileStore> reconcile_store;
  std::unique_ptr<Reconciler> reconciler;
};

}  // namespace

TEST_CASE("what was lost of Conekta's webhooks is found by verifying") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.PayByCard(scene.Order());
  static_cast<void>(scene.Collect());  // never delivered
  CHECK_FALSE(scene.IsAllowed("pro"));

  const std::vector<Repair> repairs = scene.Reconcile();

  CHECK(repairs.size() >= 2);
  CHECK(scene.IsAllowed("pro"));
  CHECK(scene.IsAllowed("starter"));
  CHECK(scene.Orders().size() == 2);
  CHECK(scene.Reconcile().empty());
}

TEST_CASE("what Conekta has does not end for being in no list of Polar's") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.PayByCard(scene.Order());
  scene.DeliverAll();
  REQUIRE(scene.IsAllowed("pro"));
  REQUIRE(scene.IsAllowed("starter"));

  CHECK(scene.Reconcile().empty());

  CHECK(scene.IsAllowed("pro"));
  CHECK(scene.IsAllowed("starter"));
  for (const std::string& request : scene.simulation.polar.requests) {
    CHECK(request.find("/v1/subscriptions/sub_") == std::string::npos);
    CHECK(request.find("/v1/orders/ord_") == std::string::npos);
  }
}

TEST_CASE("the end that was told to nobody is found, of a subscription and of a purchase") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  const std::string id = scene.Subscribe();
  const Json order = scene.Order();
  scene.PayByCard(order);
  scene.DeliverAll();
  REQUIRE(scene.IsAllowed("pro"));
  scene.Ask("POST", "/customers/" + scene.conekta_id + "/subscriptions/" + id + "/cancel");
  scene.Ask("POST", "/orders/" + ConektaScene::TextIn(order, "id") + "/refunds",
            R"({"amount":34900,"reason":"requested_by_client"})");
  static_cast<void>(scene.Collect());
  CHECK(scene.IsAllowed("pro"));

  CHECK_FALSE(scene.Reconcile().empty());

  CHECK_FALSE(scene.IsAllowed("pro"));
  CHECK_FALSE(scene.IsAllowed("starter"));
}

TEST_CASE("while Conekta fails nothing that is known of its buyers changes, and they are not taken for verified") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.DeliverAll();
  for (int i = 0; i < 100; ++i) {
    scene.simulation.polar.faults.push_back({"GET /conekta/", {.outcome = HttpResponse{.status = 500}}});
  }

  const auto repairs = scene.simulation.Await(scene.reconciler->Reconcile(scene.polar_id, false));

  REQUIRE_FALSE(repairs.ok());
  CHECK(repairs.error().code == ErrorCode::kUpstreamFailed);
  CHECK(scene.IsAllowed("pro"));
}

TEST_CASE("another account's key at Conekta ends nothing, and says so") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.DeliverAll();
  for (const char* request : {"/subscriptions?limit", "GET /conekta/orders/ord_"}) {
    scene.simulation.polar.faults.push_back({request, {.outcome = HttpResponse{.status = 404}}});
  }

  CHECK(scene.Reconcile().empty());

  CHECK(scene.IsAllowed("pro"));
  REQUIRE_FALSE(scene.simulation.log.warnings.empty());
  CHECK(scene.simulation.log.warnings.back().find("CONEKTA_API_KEY") != std::string::npos);
}

TEST_CASE("a customer who is gone from Conekta while their orders are there has ended, though nobody has told") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.DeliverAll();
  REQUIRE(scene.IsAllowed("pro"));
  scene.Ask("DELETE", "/customers/" + scene.conekta_id);
  static_cast<void>(scene.Collect());  // never delivered

  CHECK_FALSE(scene.Reconcile().empty());

  CHECK_FALSE(scene.IsAllowed("pro"));
  CHECK(scene.Reconcile().empty());
}

TEST_CASE("a customer who is gone from Conekta and had nothing there makes nobody doubt the key") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Ask("DELETE", "/customers/" + scene.conekta_id);

  CHECK(scene.Reconcile().empty());

  CHECK(scene.simulation.log.warnings.empty());
}

TEST_CASE("a trial, which has no order, is not ended by another account's key at Conekta") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Ask("POST", "/plans",
            R"({"id":"tried","name":"Tried","amount":19900,"currency":"MXN","interval":"month","frequency":1,)"
            R"("trial_period_days":7})");
  scene.Ask("POST", "/customers/" + scene.conekta_id + "/subscriptions", R"({"plan_id":"tried"})");
  scene.DeliverAll();
  REQUIRE(scene.Orders().empty());
  REQUIRE(scene.Subscriptions().size() == 1);
  scene.simulation.polar.faults.push_back({"/subscriptions?limit", {.outcome = HttpResponse{.status = 404}}});

  CHECK(scene.Reconcile().empty());

  CHECK(scene.Subscriptions().front().status == "trialing");
  CHECK_FALSE(scene.simulation.log.warnings.empty());
}

TEST_CASE("who was erased here and comes back, or meets a new database, has what they bought at Conekta") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.PayByCard(scene.Order());
  scene.DeliverAll();
  REQUIRE(scene.IsAllowed("pro"));

  SECTION("erased") { REQUIRE(scene.simulation.Request("DELETE", "/customer", kAlice).status == 200); }
  SECTION("a new database") { scene.simulation.Reinstall(scene.settings); }
  SECTION("a new database, by another customer of Polar's") {
    REQUIRE(scene.simulation.AskPolar("DELETE", "/v1/customers/" + scene.polar_id).status == 204);
    scene.simulation.Reinstall(scene.settings);
    REQUIRE(scene.simulation.Request("POST", "/customer", kAlice).status == 200);
    scene.simulation.Reinstall(scene.settings);
  }

  CHECK(scene.IsAllowed("pro"));
  CHECK(scene.IsAllowed("starter"));
  const auto known = scene.simulation.Await(scene.simulation.store->FindConektaCustomer(scene.conekta_id));
  CHECK(known->has_value());
}

TEST_CASE("nobody who comes back waits for Conekta: they are verified when it is there again") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.DeliverAll();
  REQUIRE(scene.simulation.Request("DELETE", "/customer", kAlice).status == 200);
  for (int i = 0; i < 10; ++i) {
    scene.simulation.polar.faults.push_back({"GET /conekta/customers?", {.outcome = TransportFault::kNetwork}});
  }

  CHECK_FALSE(scene.IsAllowed("pro"));  // and it is an answer

  scene.simulation.polar.faults.clear();
  scene.simulation.clock.Advance(601);
  const JobRun run = scene.simulation.Await(scene.reconciler->Work());
  REQUIRE_FALSE(run.problem.has_value());
  CHECK(scene.IsAllowed("pro"));
}

TEST_CASE("who has bought at Conekta before is known at the first question") {
  HealedScene scene;
  scene.MakeCustomer();
  scene.Link();
  scene.Subscribe();
  scene.PayByCard(scene.Order());
  static_cast<void>(scene.Collect());
  scene.simulation.clock.Advance(8 * 86'400);  // what is known does not hold any more

  CHECK(scene.IsAllowed("pro"));
  CHECK(scene.IsAllowed("starter"));
}
