// The emulator, and a server that heals: what the tests of reconciling stand on.
#pragma once

#include "server/service/deliveries/notifications.h"
#include "server/service/mirror/facts.h"
#include "server/service/mirror/reconciler.h"
#include "server/service/upstream_budget.h"
#include "simulation.h"

namespace plinto::polar::server {

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

inline const Repair* FindRepair(const std::vector<Repair>& repairs, const std::string& kind) {
  const auto found = std::find_if(repairs.begin(), repairs.end(), [&](const Repair& one) { return one.kind == kind; });
  return found == repairs.end() ? nullptr : &*found;
}

/// All that decides about the customer, without when it was told.
inline std::string StateOf(Healing& healing, const char* user = kAlice) {
  return healing.simulation.Request("GET", "/customer/state", user).body;
}

}  // namespace plinto::polar::server
