// Polar bills usage by the time at which it hears of it: what was used in a period is sent before that ends.
#include "core/billing/usage/usage_period.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

/// A customer of Polar's with a subscription whose period ends then.
void SubscribeUntil(Simulation& simulation, const char* user, Timestamp period_end) {
  const std::string customer = std::string("c") + std::string(user).substr(1);
  CustomerRow row{{Subject::Kind::kUser, user}, customer, "a@example.com", "A", false};
  REQUIRE(simulation.Await(simulation.store->SaveCustomer(row, simulation.clock.Now())).ok());
  Subscription subscription;
  subscription.id = std::string("5") + std::string(user).substr(1);
  subscription.customer_id = customer;
  subscription.status = OpenEnum<SubscriptionStatus>("active");
  subscription.current_period_end = period_end;
  Facts facts;
  facts.subscriptions.push_back({subscription, simulation.clock.Now(), "{}"});
  REQUIRE(simulation.Await(simulation.store->ApplyFacts(facts, simulation.clock.Now())).ok());
}

void RecordFor(Simulation& simulation, const char* user, const std::string& id, Timestamp at) {
  UsageRow row{.subject = {Subject::Kind::kUser, user},
               .external_id = id,
               .event_name = "api_call",
               .properties = "{}",
               .created_at = at};
  REQUIRE(simulation.Await(simulation.store->AddUsage(std::move(row))).ok());
}

UsageFate FateOf(Simulation& simulation, const char* user, const std::string& id) {
  const auto fate = simulation.Await(simulation.store->FindUsage({Subject::Kind::kUser, user}, id));
  REQUIRE(fate.ok());
  REQUIRE(fate->has_value());
  return **fate;
}

}  // namespace

TEST_CASE("usage of customers whose period ends soon is sent first, the soonest before all") {
  Simulation simulation;
  const Timestamp now = simulation.clock.Now();
  SubscribeUntil(simulation, kAlice, now.PlusSeconds(1'800));
  SubscribeUntil(simulation, kBob, now.PlusSeconds(600));
  SubscribeUntil(simulation, kDan, now.PlusSeconds(2 * 3'600));
  RecordFor(simulation, kEve, "waits for longest", now.PlusSeconds(-60));
  RecordFor(simulation, kDan, "period is long", now.PlusSeconds(-50));
  RecordFor(simulation, kAlice, "later", now.PlusSeconds(-10));
  RecordFor(simulation, kBob, "sooner", now.PlusSeconds(-5));

  const auto first = simulation.Await(simulation.store->ClaimUsage("claim", now, 3));

  REQUIRE(first.ok());
  REQUIRE(first->size() == 3);
  CHECK((*first)[0].external_id == "sooner");
  CHECK((*first)[0].period_end == now.PlusSeconds(600));
  CHECK((*first)[1].external_id == "later");
  CHECK((*first)[2].external_id == "waits for longest");
  CHECK_FALSE((*first)[2].period_end.has_value());
  CHECK(simulation.Await(simulation.store->SoonestUsageEnd(now)).value() == now.PlusSeconds(600));
}

TEST_CASE("while Polar is down, usage is tried again before the period ends, and no sooner than others without need") {
  Simulation simulation;
  const Timestamp start = simulation.clock.Now();
  const Timestamp end = start.PlusSeconds(100);
  SubscribeUntil(simulation, kAlice, end);
  RecordFor(simulation, kAlice, "in time", start);
  RecordFor(simulation, kBob, "whenever", start);
  for (int i = 0; i < 1'000; ++i) simulation.polar.faults.push_back({"/ingest", {HttpResponse{.status = 500}}});
  std::vector<std::int64_t> tries;
  simulation.polar.on_request = [&](const std::string& request) {
    if (request.find("/ingest") == std::string::npos) return;
    tries.push_back((end.microseconds - simulation.clock.Now().microseconds) / 1'000'000);
    // Polar is back for the last of them.
    if (tries.back() <= 5) simulation.polar.faults.clear();
  };

  while (simulation.clock.Now() < end.PlusSeconds(-1)) {
    const auto next = simulation.Await(simulation.service->ReportUsage());
    if (!next) break;
    REQUIRE(*next > simulation.clock.Now());
    simulation.clock.AdvanceTo(*next);
  }

  const UsageFate in_time = FateOf(simulation, kAlice, "in time");
  REQUIRE(in_time.reported_at.has_value());
  CHECK(*in_time.reported_at < end);
  CHECK(tries.size() < 40);
}

TEST_CASE("the last tries are a minute, twenty and five seconds before the end, whatever the backoff says") {
  const Timestamp now = *ParseTimestamp("2026-11-22T06:00:00Z");
  const Timestamp late = now.PlusSeconds(300);
  const auto retry = [&](std::int64_t seconds_left) {
    return (RetryWithinPeriod(now, late, now.PlusSeconds(seconds_left)).microseconds - now.microseconds) / 1'000'000;
  };

  CHECK(RetryWithinPeriod(now, late, std::nullopt) == late);
  CHECK(retry(1'000) == 300);
  CHECK(retry(200) == 140);
  CHECK(retry(60) == 40);
  CHECK(retry(20) == 15);
  CHECK(retry(5) == 300);
  CHECK(retry(-1) == 300);
  // Polar writes bills each quarter of an hour: what it hears of later is billed with the next period.
  CHECK(LastBilled(now.PlusSeconds(901)) == now.PlusSeconds(900));
  CHECK(LastBilled(now.PlusSeconds(900)) == now);
  CHECK(RetryWithinPeriod(now, now.PlusSeconds(5'000), now.PlusSeconds(1'000)) == now.PlusSeconds(840));
  CHECK(RetryWithinPeriod(now.PlusSeconds(890), now.PlusSeconds(5'000), now.PlusSeconds(1'000)) ==
        now.PlusSeconds(895));
  CHECK(RetryWithinPeriod(now.PlusSeconds(895), now.PlusSeconds(5'000), now.PlusSeconds(1'000)) ==
        now.PlusSeconds(940));
  CHECK(IsPressing(now.PlusSeconds(850), now.PlusSeconds(1'000)));
  CHECK_FALSE(IsPressing(now.PlusSeconds(900), now.PlusSeconds(1'000)));
  CHECK(IsPressing(now, now.PlusSeconds(60)));
  CHECK_FALSE(IsPressing(now, now.PlusSeconds(61)));
  CHECK_FALSE(IsPressing(now, now));
  CHECK_FALSE(IsPressing(now, std::nullopt));
}

TEST_CASE("just before a period's end usage does not wait for what the budget leaves to others") {
  Settings settings;
  settings.polar_requests_per_minute = 60;
  const auto waited = [&](bool ends_soon) {
    Simulation simulation(settings);
    const auto left = [&] { return *simulation.budget->TokensLeft(simulation.clock.Now()); };
    if (ends_soon) SubscribeUntil(simulation, kAlice, simulation.clock.Now().PlusSeconds(30));
    RecordFor(simulation, kAlice, "1", simulation.clock.Now());
    // What is left is the reserve of checkouts, the portal and reads.
    for (const std::int64_t burst = left(); left() > burst / 2;) {
      const Timestamp now = simulation.clock.Now();
      auto place = simulation.budget->Enter({now.PlusSeconds(1), Priority::kCheckout});
      REQUIRE(place.ok());
      REQUIRE(simulation.budget->Admit(*place, now).ok());
      simulation.budget->OnAnswer(*place, HttpResponse{.status = 200}, now);
    }
    const Timestamp begun = simulation.clock.Now();
    static_cast<void>(simulation.Await(simulation.service->ReportUsage()));
    const auto reported_at = FateOf(simulation, kAlice, "1").reported_at;
    REQUIRE(reported_at.has_value());
    return reported_at->microseconds - begun.microseconds;
  };

  CHECK(waited(true) == 0);
  CHECK(waited(false) > 1'000'000);
}
