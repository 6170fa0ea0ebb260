// A tenant that was removed goes once everybody has been told, and everything billed.
#include "server/tenants/ending.h"

#include <boost/asio/io_context.hpp>

#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

class Application final : public HttpClient {
 public:
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds) override {
    told.push_back(*FindString(*ParseJson(request.body), "type"));
    co_return HttpResponse{.status = status, .headers = {}, .body = "{}"};
  }
  int status = 200;
  std::vector<std::string> told;
};

struct Ending {
  void TellOfAccess(const std::string& customer) {
    Facts facts;
    facts.customers.push_back({customer, "", "", false, simulation.clock.Now()});
    REQUIRE(simulation.Await(tenant.store->ApplyFacts(std::move(facts), simulation.clock.Now())).ok());
    AccessCheck check = simulation.Await(tenant.notification_store->DueChecks(simulation.clock.Now(), 1))->front();
    REQUIRE(simulation
                .Await(tenant.notification_store->FinishCheck(check, R"({"allowed":true,"user_id":"a"})", std::nullopt,
                                                              std::nullopt, simulation.clock.Now()))
                .ok());
  }
  bool Work() { return *simulation.Await(WorkOffEnding(tenant, simulation.clock.Now())); }
  void Deliver() { static_cast<void>(simulation.Await(tenant.notifications.Work())); }

  Simulation simulation;
  Application application;
  boost::asio::io_context loop;
  Config config = [] {
    Config made;
    made.app_webhook_url = "https://app.example/billing";
    made.app_webhook_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    return made;
  }();
  Tenant tenant{{.id = "acme", .settings = {}, .created_at = {}, .ending_since = simulation.clock.Now()},
                {simulation.clock, simulation.random, simulation.polar, application, simulation.plinto,
                 simulation.tokens, *simulation.database, simulation.log},
                config,
                {},
                loop.get_executor()};
};

UsageRow Usage() {
  UsageRow usage;
  usage.subject = {Subject::Kind::kUser, kAlice};
  usage.external_id = "e";
  usage.event_name = "api_call";
  usage.properties = "{}";
  return usage;
}

}  // namespace

TEST_CASE("a tenant that is ending stays until each customer's end has reached its application") {
  Ending ending;
  for (int i = 0; i < 250; ++i) ending.TellOfAccess("customer-" + std::to_string(i));
  ending.application.status = 500;

  CHECK_FALSE(ending.Work());
  ending.Deliver();
  ending.simulation.clock.Advance(60);
  CHECK_FALSE(ending.Work());
  ending.application.status = 200;
  ending.application.told.clear();
  ending.Deliver();

  CHECK(ending.application.told == std::vector<std::string>(250, "access.revoked"));
  CHECK(ending.Work());
}

TEST_CASE("a tenant that is ending stays until its usage is reported, and while any of it is given up") {
  Ending ending;
  const Timestamp now = ending.simulation.clock.Now();
  const UsageRow kept = *ending.simulation.Await(ending.tenant.store->AddUsage(Usage()));
  ending.simulation.clock.Advance(60);
  CHECK_FALSE(ending.Work());

  REQUIRE(ending.simulation.Await(ending.tenant.store->MarkUsageFailed({kept.row}, "no", std::nullopt, now)).ok());
  CHECK_FALSE(ending.Work());

  REQUIRE(*ending.simulation.Await(ending.tenant.store->ReplayUsage(kept.row, std::nullopt, now)) == 1);
  REQUIRE(ending.simulation.Await(ending.tenant.store->MarkUsageReported({kept.row}, now)).ok());
  CHECK(ending.Work());
}

TEST_CASE("a tenant stays while another server may not have read that it is ending") {
  Ending ending;
  ending.simulation.clock.Advance(kEndingSeconds - 1);
  CHECK_FALSE(ending.Work());
  ending.simulation.clock.Advance(1);
  CHECK(ending.Work());
}
