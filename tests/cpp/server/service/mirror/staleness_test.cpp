// How long an answer holds that nobody has verified, and what it says then.
#include "server/service/mirror/staleness.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

/// A buyer whose webhooks arrived until now, and no more from here on.
struct Forgotten {
  Forgotten() {
    Settings settings;
    settings.plans = {{.slug = "pro", .product_id = simulation.ProductId(), .tier = "pro"}};
    simulation.Restart(settings);
    simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
    simulation.DeliverAll();
    simulation.polar.requests.clear();
  }

  Json Access() {
    const HttpResponse answer = simulation.Request("GET", "/access", kAlice);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return simulation.BodyOf(answer);
  }
  bool IsSaidStale() { return FindBool(Access(), "stale").value_or(false); }
  Timestamp PeriodEnd() {
    const HttpResponse answer = simulation.Request("GET", "/customer/state", kAlice);
    return *ParseTimestamp(*FindString(simulation.BodyOf(answer), "current_period_end"));
  }
  void PolarIsSilent() {
    for (int i = 0; i < 30; ++i) simulation.polar.faults.push_back({"/v1/", {TransportFault::kTimeout, false, 10}});
  }
  void PolarIsBack() { simulation.polar.faults.clear(); }

  Simulation simulation;
};

}  // namespace

TEST_CASE("for a week an answer holds, then Polar is asked by one read, and it holds again") {
  Forgotten forgotten;
  forgotten.simulation.clock.Advance(6 * 86'400);
  CHECK_FALSE(forgotten.IsSaidStale());
  CHECK(forgotten.simulation.polar.requests.empty());

  forgotten.simulation.clock.Advance(86'400);
  CHECK_FALSE(forgotten.IsSaidStale());
  const std::size_t asked = forgotten.simulation.polar.requests.size();
  CHECK(asked > 0);
  for (int i = 0; i < 10; ++i) CHECK_FALSE(forgotten.IsSaidStale());
  CHECK(forgotten.simulation.polar.requests.size() == asked);
}

TEST_CASE("an hour after a period has ended Polar is asked, and says what became of it") {
  Forgotten forgotten;
  const Timestamp end = forgotten.PeriodEnd();
  forgotten.simulation.clock.AdvanceTo(end.PlusSeconds(-86'400));
  CHECK_FALSE(forgotten.IsSaidStale());
  forgotten.simulation.polar.requests.clear();
  forgotten.simulation.clock.AdvanceTo(end.PlusSeconds(3'599));
  static_cast<void>(forgotten.simulation.Collect(0));
  CHECK_FALSE(forgotten.IsSaidStale());
  CHECK(forgotten.simulation.polar.requests.empty());

  forgotten.simulation.clock.Advance(1);
  CHECK_FALSE(forgotten.IsSaidStale());
  CHECK_FALSE(forgotten.simulation.polar.requests.empty());
  CHECK(forgotten.PeriodEnd() > end);
}

TEST_CASE("while Polar does not answer the last known answer is given, says that it is stale, and waits for nobody") {
  Forgotten forgotten;
  forgotten.simulation.clock.Advance(400 * 86'400);
  forgotten.PolarIsSilent();

  const Timestamp before = forgotten.simulation.clock.Now();
  const Json access = forgotten.Access();
  CHECK(FindBool(access, "allowed") == true);
  CHECK(FindBool(access, "stale") == true);
  CHECK(forgotten.simulation.clock.Now() <= before.PlusSeconds(4));
  const std::size_t asked = forgotten.simulation.polar.requests.size();
  CHECK(forgotten.IsSaidStale());
  CHECK(forgotten.simulation.polar.requests.size() == asked);

  forgotten.PolarIsBack();
  CHECK(forgotten.IsSaidStale());
  forgotten.simulation.clock.Advance(60);
  CHECK_FALSE(forgotten.IsSaidStale());
}

TEST_CASE("a token reaches no further than what is known, and there is none of what is too old") {
  Forgotten forgotten;
  const Timestamp end = forgotten.PeriodEnd();
  forgotten.simulation.clock.AdvanceTo(end.PlusSeconds(-3'600));
  REQUIRE_FALSE(forgotten.IsSaidStale());
  forgotten.PolarIsSilent();
  forgotten.simulation.clock.AdvanceTo(end.PlusSeconds(3'600 - 20));

  const HttpResponse answer = forgotten.simulation.Request("GET", "/entitlements/token", kAlice);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  const Json token = forgotten.simulation.BodyOf(answer);
  CHECK(*ParseTimestamp(*FindString(token, "expires_at")) <= end.PlusSeconds(3'600));

  forgotten.simulation.clock.Advance(20);
  const HttpResponse refused = forgotten.simulation.Request("GET", "/entitlements/token", kAlice);
  CHECK(forgotten.simulation.ErrorCodeOf(refused) == "UPSTREAM_FAILED");
  forgotten.PolarIsBack();
  forgotten.simulation.clock.Advance(60);
  CHECK(forgotten.simulation.Request("GET", "/entitlements/token", kAlice).status == 200);
}

TEST_CASE("a subject without a customer has no old answer") { CHECK_FALSE(IsStale({}, Timestamp{INT64_MAX})); }

TEST_CASE("a period that Polar itself has not renewed yet is no reason to ask at each read") {
  const Timestamp end = *ParseTimestamp("2026-12-22T06:00:00Z");
  SubjectState known{.customer = CustomerRow{}};
  known.verified_at = end.PlusSeconds(4'000);
  SubscriptionView running;
  running.status = SubscriptionStatus::kActive;
  running.current_period_end = end;
  known.state.subscriptions.push_back({end.PlusSeconds(4'000), running});

  CHECK_FALSE(IsStale(known, end.PlusSeconds(5'000)));
  CHECK(IsStale(known, end.PlusSeconds(4'000 + 7 * 86'400)));
}

}  // namespace plinto::polar::server
