// The mirror heals: what was never delivered is asked for, repaired and told, gently and by one server at a time.
#include "server/service/deliveries/notifications.h"
#include "server/service/mirror/facts.h"
#include "server/service/mirror/reconciler.h"
#include "server/service/upstream_budget.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

/// What the application is told.
class ToldApplication final : public HttpClient {
 public:
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds /*timeout*/) override {
    types.push_back(*FindString(*ParseJson(request.body), "type"));
    co_return HttpResponse{.status = 200};
  }
  std::vector<std::string> types;
};

/// The emulator, and a server that heals. Deliveries are made only where a test makes them.
struct Healing {
  Healing() { simulation.Restart(settings); }

  void Buy(const char* user = kAlice) {
    simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", user, simulation.CheckoutBody())));
  }
  /// Deliveries that are never made.
  void Lose() { static_cast<void>(simulation.Collect()); }

  std::string CustomerId(const char* user = kAlice) {
    return simulation.Await(simulation.store->FindCustomer({Subject::Kind::kUser, user}))->value().polar_customer_id;
  }
  std::string SubscriptionId() {
    const HttpResponse answer = simulation.AskPolar("GET", "/v1/subscriptions/");
    const Json body = simulation.BodyOf(answer);
    return *FindString(FindMember(body, "items")->get_ptr<const Json::array_t*>()->front(), "id");
  }
  void Revoke() { REQUIRE(simulation.AskPolar("DELETE", "/v1/subscriptions/" + SubscriptionId()).status == 200); }

  bool IsAllowed(const char* user = kAlice) {
    const HttpResponse answer = simulation.Request("GET", "/access?tier=pro", user);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return *FindBool(simulation.BodyOf(answer), "allowed");
  }

  std::vector<Repair> Reconcile(bool is_dry = false) {
    auto repairs = simulation.Await(reconciler->Reconcile(CustomerId(), is_dry));
    INFO((repairs ? "" : repairs.error().message));
    REQUIRE(repairs.ok());
    return *std::move(repairs);
  }
  std::optional<Timestamp> Work() { return simulation.Await(reconciler->Work()); }
  /// The loop for so long.
  void WorkFor(std::int64_t seconds) {
    const Timestamp end = simulation.clock.Now().PlusSeconds(seconds);
    while (simulation.clock.Now() < end) {
      const auto next = Work();
      const Timestamp half_a_minute = simulation.clock.Now().PlusSeconds(30);
      simulation.clock.AdvanceTo(std::min({next.value_or(half_a_minute), half_a_minute, end}));
    }
  }
  void Tell() { static_cast<void>(simulation.Await(notifications.Work())); }

  std::unique_ptr<Reconciler> NewServer() {
    Host host{simulation.clock,
              simulation.random,
              *simulation.store,
              simulation.polar,
              simulation.plinto,
              simulation.tokens,
              log,
              NoWorkers(),
              budget.get()};
    return std::make_unique<Reconciler>(host, WithAccount(), *store);
  }

  /// Also counts repairs.
  class RepairLog final : public OperatorLog {
   public:
    void Repaired(const std::string& line) override { repairs.push_back(line); }
    void Warn(const std::string& line) override { warnings.push_back(line); }
    std::vector<std::string> repairs;
    std::vector<std::string> warnings;
  };

  Simulation simulation;
  RepairLog log;
  Settings settings = WithPlans(simulation);
  std::unique_ptr<UpstreamBudget> budget;  ///< none: nothing bounds what Polar is asked
  std::unique_ptr<ReconcileStore> store = simulation.database->ReconcileStoreOf(kDefaultTenant);
  std::unique_ptr<Reconciler> reconciler = NewServer();
  ToldApplication application;
  std::unique_ptr<NotificationStore> notification_store = simulation.database->NotificationsOf(kDefaultTenant);
  Notifications notifications{
      {simulation.clock, simulation.random, *simulation.store, application, simulation.plinto, simulation.tokens},
      settings,
      *notification_store,
      {"https://app.example/billing", {*WebhookSecret::Parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")}}};

 private:
  Settings WithAccount() const {
    Settings with = settings;
    with.polar = {.base_url = "http://polar.test", .access_token = simulation.emulator.access_token()};
    return with;
  }
  static Settings WithPlans(Simulation& simulation) {
    Settings settings;
    settings.plans.push_back({.slug = "pro", .product_id = simulation.ProductId(), .tier = "pro"});
    return settings;
  }
};

const Repair* FindRepair(const std::vector<Repair>& repairs, const std::string& kind) {
  const auto found = std::find_if(repairs.begin(), repairs.end(), [&](const Repair& one) { return one.kind == kind; });
  return found == repairs.end() ? nullptr : &*found;
}

/// All that decides about the customer, without when it was told.
std::string StateOf(Healing& healing, const char* user = kAlice) {
  return healing.simulation.Request("GET", "/customer/state", user).body;
}

}  // namespace

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
