// Nothing is given up in silence: of each queue, a line with the reason and the way back, a list, and the way back
// itself.
#include <array>
#include <functional>

#include "core/foundation/sha256.h"
#include "core/webhook/signature.h"
#include "server/service/deliveries/notifications.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

/// Says no to all that is about Alice.
class Refusing final : public HttpClient {
 public:
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds) override {
    const bool is_alice = request.body.find(kAlice) != std::string::npos;
    co_return HttpResponse{.status = is_alice ? 500 : 200, .headers = {}, .body = "{}"};
  }
};

struct Place {
  Place() {
    settings.plans.push_back({.slug = "pro", .product_id = simulation.ProductId(), .tier = "gold"});
    simulation.Restart(settings);
  }
  void PassTime(std::int64_t hours, const std::function<void()>& work) {
    const Timestamp end = simulation.clock.Now().PlusSeconds(hours * 3'600);
    while (simulation.clock.Now() < end) {
      work();
      simulation.clock.Advance(600);
    }
  }
  /// Something that is taken: the application is well.
  void TellOfOther() {
    const Timestamp now = simulation.clock.Now();
    Facts facts;
    facts.customers.push_back({"other", "", "", false, now});
    REQUIRE(simulation.Await(simulation.store->ApplyFacts(std::move(facts), now)).ok());
    AccessCheck check = simulation.Await(store->DueChecks(now, 1))->front();
    Notification other{.row = 0,
                       .id = "other",
                       .polar_customer_id = "other",
                       .polar_subscription_id = "",
                       .subscription_id = "",
                       .type = "subscription.changed",
                       .data = "{}",
                       .attempts = 0,
                       .created_at = now};
    const std::string told = FormatTimestamp(now);
    REQUIRE(simulation.Await(store->FinishCheck(std::move(check), told, std::move(other), std::nullopt, now)).ok());
  }
  void ProcessInbox() { static_cast<void>(simulation.ProcessInbox()); }

  Simulation simulation;
  Settings settings;
  Refusing application;
  std::unique_ptr<NotificationStore> store = simulation.database->NotificationsOf(kDefaultTenant);
  Notifications notifications{
      {simulation.clock, simulation.random, *simulation.store, application, simulation.plinto, simulation.tokens,
       simulation.log},
      settings,
      *store,
      {"https://app.example/billing", {*WebhookSecret::Parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")}}};
};

struct Waiting {
  std::string name;  ///< by which a command takes it up again
  std::string reason;
};

/// One kind of what is worked off later.
struct Kind {
  const char* name;
  const char* command;
  void (*give_up)(Place& place);
  std::optional<Waiting> (*list)(Place& place);
  std::int64_t (*replay)(Place& place, const Waiting& one);
};

std::optional<Waiting> ListDelivery(Place& place) {
  const auto parked = *place.simulation.Await(place.simulation.store->ListParkedWebhooks(10));
  return parked.empty() ? std::nullopt : std::optional(Waiting{parked[0].event_id, parked[0].error});
}
std::int64_t ReplayDelivery(Place& place, const Waiting& one) {
  return *place.simulation.Await(place.simulation.store->ReplayWebhooks(one.name, place.simulation.clock.Now()));
}

const std::array kKinds = {
    Kind{"a delivery of Polar's", "plinto-polar replay ",
         [](Place& place) {
           HttpRequest request{.method = "POST",
                               .url = "/polar/webhooks",
                               .body = R"({"type":"order.paid","timestamp":"2026-11-22T06:00:00Z","data":{"id":1}})"};
           const auto secrets = *ParseWebhookSecrets(place.simulation.emulator.webhook_secret());
           request.headers = *SignWebhook(secrets.front(), KeyDerivation::kWholeText, "msg_broken",
                                          place.simulation.clock.Now(), request.body);
           REQUIRE(place.simulation.Deliver(request).status == 202);
           place.ProcessInbox();
         },
         ListDelivery, ReplayDelivery},
    Kind{"an event of Plinto's", "plinto-polar replay ",
         [](Place& place) {
           HttpRequest request{.method = "POST",
                               .url = "/polar/events/plinto",
                               .body = R"({"id":"evt_broken","type":"user.updated","data":{"id":"nobody"}})"};
           const std::array<std::string_view, 1> parts = {request.body};
           request.headers = {{"x-webhook-signature", ToHex(SignHmacSha256("plinto-secret", parts))}};
           REQUIRE(place.simulation.Await(place.simulation.service->Handle(request)).status == 202);
           place.ProcessInbox();
         },
         ListDelivery, ReplayDelivery},
    Kind{"usage", "plinto-polar usage replay ",
         [](Place& place) {
           REQUIRE(place.simulation.Request("POST", "/usage", kAlice, R"({"event_name":"api_call"})").status == 202);
           const HttpResponse no{.status = 422, .headers = {}, .body = R"({"detail":"never"})"};
           place.PassTime(30, [&] {
             place.simulation.polar.faults.assign(1, {"/ingest", {no}});
             static_cast<void>(place.simulation.Await(place.simulation.service->ReportUsage()));
           });
           place.simulation.polar.faults.clear();
         },
         [](Place& place) -> std::optional<Waiting> {
           const auto parked = *place.simulation.Await(place.simulation.store->ListParkedUsage(10));
           if (parked.empty()) return std::nullopt;
           return Waiting{std::to_string(parked[0].row), parked[0].error};
         },
         [](Place& place, const Waiting& one) {
           return *place.simulation.Await(
               place.simulation.store->ReplayUsage(std::stoll(one.name), std::nullopt, place.simulation.clock.Now()));
         }},
    Kind{"a notification", "plinto-polar notifications replay ",
         [](Place& place) {
           const auto bought = place.simulation.Request("POST", "/checkout", kAlice, place.simulation.CheckoutBody());
           REQUIRE(bought.status == 201);
           place.simulation.Pay(place.simulation.BodyOf(bought));
           place.simulation.DeliverAll();
           static_cast<void>(place.simulation.Await(place.notifications.Work()));
           place.PassTime(40, [&] {
             place.TellOfOther();
             static_cast<void>(place.simulation.Await(place.notifications.Work()));
           });
         },
         [](Place& place) -> std::optional<Waiting> {
           const auto parked = *place.simulation.Await(place.store->ListParked(10, 0));
           if (parked.empty()) return std::nullopt;
           return Waiting{std::to_string(parked[0].row), parked[0].error};
         },
         [](Place& place, const Waiting& one) {
           return *place.simulation.Await(
               place.store->Replay(std::stoll(one.name), std::nullopt, place.simulation.clock.Now()));
         }},
};

}  // namespace

TEST_CASE("what is given up is said with its reason and its way back, listed, and taken up again") {
  for (const Kind& kind : kKinds) {
    DYNAMIC_SECTION(kind.name) {
      Place place;

      kind.give_up(place);

      const std::optional<Waiting> listed = kind.list(place);
      REQUIRE(listed.has_value());
      CHECK_FALSE(listed->reason.empty());
      REQUIRE(place.simulation.log.given_up.size() == 1);
      const std::string& line = place.simulation.log.given_up[0];
      INFO(line);
      CHECK(line.find(listed->reason) != std::string::npos);
      CHECK(line.find(kind.command + listed->name) != std::string::npos);
      CHECK(kind.replay(place, *listed) == 1);
      CHECK_FALSE(kind.list(place).has_value());
    }
  }
}
