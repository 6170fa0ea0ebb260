// Usage on its way from POST /usage to Polar: stored first, reported once, whatever is lost or refused.
#include "breakable_database.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const Json& First(const Json& json, const char* list) {
  const auto* items = FindMember(json, list)->get_ptr<const Json::array_t*>();
  REQUIRE(items != nullptr);
  REQUIRE_FALSE(items->empty());
  return items->front();
}

void Record(Simulation& simulation, const std::string& id, const std::string& properties) {
  UsageRow row{.subject = {Subject::Kind::kUser, kAlice},
               .external_id = id,
               .event_name = "api_call",
               .properties = properties,
               .created_at = simulation.clock.Now()};
  REQUIRE(simulation.Await(simulation.store->AddUsage(std::move(row))).ok());
}

}  // namespace

TEST_CASE("usage is stored before it is answered and reported once, whatever is lost") {
  Simulation simulation;
  const std::string body =
      R"({"event_name":"api_call","quantity":3,"external_id":"call-1","properties":{"route":"/x"}})";
  simulation.polar.faults.push_back({"/v1/events/ingest", {TransportFault::kNetwork, true, 0}});

  const HttpResponse first = simulation.Request("POST", "/usage", kAlice, body);
  const HttpResponse again = simulation.Request("POST", "/usage", kAlice, body);
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));
  const HttpResponse after = simulation.Request("POST", "/usage", kAlice, body);

  REQUIRE(first.status == 202);
  CHECK(first.body == R"({"event_id":"call-1","event_name":"api_call","quantity":3,"reported":false})");
  CHECK(again.body == first.body);
  CHECK(FindBool(simulation.BodyOf(after), "reported") == true);
  const HttpResponse listed =
      simulation.emulator.Handle({.method = "GET",
                                  .url = std::string("/v1/events/?source=user&external_customer_id=") + kAlice,
                                  .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()}}},
                                 simulation.clock.Now());
  const Json events = simulation.BodyOf(listed);
  REQUIRE(FindMember(events, "items")->size() == 1);
  CHECK(FindInteger(*FindMember(First(events, "items"), "metadata"), "quantity") == 3);
}

TEST_CASE("two users may choose the same id for their events, and both are billed") {
  Simulation simulation;
  const std::string body = R"({"event_name":"api_call","external_id":"1"})";
  REQUIRE(simulation.Request("POST", "/usage", kAlice, body).status == 202);
  REQUIRE(simulation.Request("POST", "/usage", kBob, body).status == 202);
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));

  const HttpResponse listed =
      simulation.emulator.Handle({.method = "GET",
                                  .url = "/v1/events/?source=user",
                                  .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()}}},
                                 simulation.clock.Now());
  CHECK(FindMember(simulation.BodyOf(listed), "items")->size() == 2);
}

TEST_CASE("while Polar is down usage waits, and is reported once it is back") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/usage", kAlice, R"({"event_name":"api_call"})").status == 202);
  for (int i = 0; i < 3; ++i) simulation.polar.faults.push_back({"/ingest", {HttpResponse{.status = 500}}});

  const auto next = simulation.Await(simulation.service->ReportUsage());

  REQUIRE(next.has_value());
  CHECK(*next > simulation.clock.Now());
  CHECK(*next <= simulation.clock.Now().PlusSeconds(300));
  simulation.clock.Advance(300);
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
}

TEST_CASE("one event that Polar refuses does not hold up the others, and is sent again by itself") {
  Simulation simulation;
  const auto usage = [](int i) { return R"({"event_name":"api_call","external_id":")" + std::to_string(i) + "\"}"; };
  for (int i = 0; i < 8; ++i) REQUIRE(simulation.Request("POST", "/usage", kAlice, usage(i)).status == 202);
  // Polar refuses a batch as a whole: the eight, then takes the seven others, and refuses the bad event alone.
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",0],"msg":"m","type":"t"}]})"};
  const HttpResponse taken{.status = 200, .body = R"({"inserted":7,"duplicates":0})"};
  simulation.polar.faults.push_back({"/ingest", {refusal}});
  simulation.polar.faults.push_back({"/ingest", {taken, true}});
  simulation.polar.faults.push_back({"/ingest", {refusal}});

  CHECK(simulation.Await(simulation.service->ReportUsage()) == simulation.clock.Now().PlusSeconds(60));

  const auto is_reported = [&](int i) {
    return FindBool(simulation.BodyOf(simulation.Request("POST", "/usage", kAlice, usage(i))), "reported") == true;
  };
  for (int i = 0; i < 8; ++i) CHECK(is_reported(i) == (i != 0));
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 3);
  simulation.clock.Advance(60);
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
  CHECK(is_reported(0));
}

TEST_CASE("while Polar refuses every event, little is sent and nothing is given up; afterwards all of it arrives") {
  Simulation simulation;
  for (int i = 0; i < 1'000; ++i) Record(simulation, "event-" + std::to_string(i), "{}");
  for (int i = 0; i < 2'000; ++i) simulation.polar.faults.push_back({"/ingest", {HttpResponse{.status = 422}}});
  const Timestamp end = simulation.clock.Now().PlusSeconds(12 * 3'600);

  int runs = 0;
  while (simulation.clock.Now() < end) {
    const auto next = simulation.Await(simulation.service->ReportUsage());
    ++runs;
    REQUIRE(next.has_value());
    REQUIRE(*next > simulation.clock.Now());
    simulation.clock.AdvanceTo(*next);
  }

  CHECK(runs < 12 * 60 + 20);
  CHECK(simulation.polar.Count("POST /v1/events/ingest") <= 4 * runs);
  CHECK(simulation.log.given_up.empty());
  CHECK_FALSE(simulation.log.warnings.empty());
  CHECK(simulation.Await(simulation.store->ListParkedUsage(10))->empty());
  simulation.polar.faults.clear();
  simulation.clock.Advance(300);
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
  CHECK(testing::DueUsage(*simulation.store, simulation.clock.Now().PlusSeconds(86'400), 10).empty());
}

TEST_CASE("usage that Polar goes on refusing alone is given up after hours: said, listed with the reason, sent again") {
  Simulation simulation;
  Record(simulation, "bad", R"({"_cost":"five"})");
  const Timestamp start = simulation.clock.Now();

  std::vector<ParkedUsage> parked;
  while (parked.empty() && simulation.clock.Now() < start.PlusSeconds(86'400)) {
    Record(simulation, "good-" + std::to_string(simulation.clock.Now().microseconds), "{}");
    const auto next = simulation.Await(simulation.service->ReportUsage());
    parked = *simulation.Await(simulation.store->ListParkedUsage(10));
    if (next) simulation.clock.AdvanceTo(*next);
  }

  REQUIRE(parked.size() == 1);
  CHECK(parked[0].external_id == "bad");
  CHECK(parked[0].subject == Subject{Subject::Kind::kUser, kAlice});
  CHECK(parked[0].error.find("_cost") != std::string::npos);
  CHECK(parked[0].parked_at >= start.PlusSeconds(6 * 3'600));
  REQUIRE(simulation.log.given_up.size() == 1);
  CHECK(simulation.log.given_up[0].find(parked[0].error) != std::string::npos);
  CHECK(simulation.log.given_up[0].find("usage replay " + std::to_string(parked[0].row)) != std::string::npos);

  const HttpResponse taken{.status = 200, .body = R"({"inserted":1,"duplicates":0})"};
  simulation.polar.faults.push_back({"/ingest", {taken}});
  CHECK(*simulation.Await(simulation.store->ReplayUsage(parked[0].row, std::nullopt, simulation.clock.Now())) == 1);
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
  CHECK(simulation.Await(simulation.store->ListParkedUsage(10))->empty());
}

TEST_CASE("an event from a clock that was ahead is reported once the clock is right") {
  Simulation simulation;
  simulation.clock.Advance(365 * 86'400);
  Record(simulation, "from next year", "{}");
  const Timestamp ahead = simulation.clock.Now();
  simulation.clock.Set(ahead.PlusSeconds(-365 * 86'400));

  const auto due = testing::DueUsage(*simulation.store, ahead, 10);
  REQUIRE(due.size() == 1);
  REQUIRE(simulation.Await(
      simulation.store->MarkUsageFailed({due.front().row}, "put off", simulation.clock.Now(), simulation.clock.Now())));
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
}

TEST_CASE("a clock ahead of Polar's delays usage, it loses none") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/usage", kAlice, R"({"event_name":"api_call"})").status == 202);
  const HttpResponse refusal{
      .status = 422, .body = R"({"detail":[{"loc":["body","events",0,"timestamp"],"msg":"future","type":"t"}]})"};
  simulation.polar.faults.push_back({"/ingest", {refusal}});

  CHECK(simulation.Await(simulation.service->ReportUsage()).has_value());
  simulation.clock.Advance(10);
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
}

TEST_CASE("our clock ten minutes ahead of Polar's: usage is reported all the same, as of Polar's time") {
  Simulation simulation;
  simulation.polar.ahead_seconds = -600;
  simulation.clock.Advance(1'200);
  const auto times = [&] {
    const HttpResponse listed =
        simulation.emulator.Handle({.method = "GET",
                                    .url = std::string("/v1/events/?source=user&external_customer_id=") + kAlice,
                                    .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()}}},
                                   simulation.polar.Now());
    std::vector<Timestamp> found;
    const Json events = simulation.BodyOf(listed);
    for (const Json& event : *FindMember(events, "items")) {
      found.push_back(*ParseTimestamp(*FindString(event, "timestamp")));
    }
    return found;
  };

  Record(simulation, "one", "{}");
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
  REQUIRE(times().size() == 1);
  CHECK(times()[0] > simulation.polar.Now().PlusSeconds(-2));
  // Refused once: only Polar's answer tells how late it is there.
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 2);
  Record(simulation, "two", "{}");
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
  CHECK(times().size() == 2);
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 3);

  // Set right, it is believed at once.
  simulation.clock.Set(simulation.polar.Now().PlusSeconds(5));
  simulation.polar.ahead_seconds = 0;
  Record(simulation, "three", "{}");
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
  REQUIRE(times().size() == 3);
  CHECK(times()[0] == simulation.clock.Now());
}

TEST_CASE("usage that is too much for one request goes in several") {
  Simulation simulation;
  std::string text;
  for (int i = 0; i < 500; ++i) text += "\xF0\x9F\x92\xB0";
  std::string properties;
  for (int i = 0; i < 49; ++i) properties += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":\"" + text + "\"";
  const auto record = [&](int id) {
    return simulation.Request(
        "POST", "/usage", kAlice,
        R"({"event_name":"api_call","external_id":")" + std::to_string(id) + R"(","properties":{)" + properties + "}}");
  };
  for (int i = 0; i < 90; ++i) REQUIRE(record(i).status == 202);
  // The first request is refused for its third event.
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",2],"msg":"m","type":"t"}]})"};
  simulation.polar.faults.push_back({"/ingest", {refusal}});

  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));

  // What fits below 8 MiB is refused once; then all but the third, the third alone, what was left.
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 4);
  int reported = 0;
  for (int i = 0; i < 90; ++i) {
    if (FindBool(simulation.BodyOf(record(i)), "reported") == true) ++reported;
  }
  CHECK(reported == 90);
}

TEST_CASE("end users record only events that are allowed, for subjects that are theirs") {
  Simulation simulation;

  CHECK(simulation.ErrorCodeOf(simulation.Request("POST", "/usage", kAlice, R"({"event_name":"refund"})")) ==
        "USAGE_EVENT_NOT_ALLOWED");
  CHECK(simulation.Request("POST", "/usage" + AcmeQuery(), kEve, R"({"event_name":"api_call"})").status == 403);
  CHECK(simulation.Request("POST", "/usage" + AcmeQuery(), kBob, R"({"event_name":"api_call"})").status == 202);
  const HttpResponse two =
      simulation.Request("POST", "/usage" + AcmeQuery(), kBob,
                         R"({"event_name":"api_call","organization_id":"00000000-0000-4000-8000-000000000000"})");
  CHECK(simulation.FieldOf(two) == "organization_id");
}

TEST_CASE(
    "while what Polar took cannot be written down, it is not sent again, and the store is tried less and less often") {
  Simulation simulation;
  BreakableDatabase database(simulation);
  for (int i = 0; i < 5; ++i) Record(simulation, "event-" + std::to_string(i), "{}");
  simulation.polar.on_request = [&](const std::string&) {
    simulation.polar.on_request = nullptr;
    database.Run(
        "CREATE TRIGGER full BEFORE UPDATE ON polar_usage_events"
        " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
  };

  int runs = 0;
  for (const Timestamp end = simulation.clock.Now().PlusSeconds(600); simulation.clock.Now() < end; ++runs) {
    const auto next = simulation.Await(simulation.service->ReportUsage());
    REQUIRE(next.has_value());
    REQUIRE(*next > simulation.clock.Now());
    REQUIRE(next.problem);
    CHECK(next.problem->details.find("disk is full") != std::string::npos);
    simulation.clock.AdvanceTo(*next);
  }
  CHECK(runs <= 20);
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 1);
  CHECK(simulation.log.warnings.empty());

  database.Run("DROP TRIGGER full");
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 1);
  Record(simulation, "event-6", "{}");
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 2);
}

TEST_CASE("a stop ends the reporting after the request in hand; what it cancels, and what is left, counts as no try") {
  Simulation simulation;
  for (int i = 0; i < 5; ++i) Record(simulation, "event-" + std::to_string(i), "{}");
  const bool is_canceled = GENERATE(true, false);
  // The other answer asks for further requests.
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",2],"msg":"m","type":"t"}]})"};
  if (is_canceled) simulation.polar.faults.push_back({"/ingest", {TransportFault::kCanceled}});
  if (!is_canceled) simulation.polar.faults.push_back({"/ingest", {refusal}});
  simulation.polar.on_request = [&](const std::string&) { simulation.service->BeginStop(); };

  CHECK(simulation.Await(simulation.service->ReportUsage()).has_value());

  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 1);
  const auto due = testing::DueUsage(*simulation.store, simulation.clock.Now(), 10);
  REQUIRE(due.size() == 5);
  for (const UsageRow& row : due) CHECK(row.attempts == 0);
  if (is_canceled) CHECK(simulation.log.warnings.empty());
  static_cast<void>(simulation.Await(simulation.service->ReportUsage()));
  CHECK(simulation.polar.Count("POST /v1/events/ingest") == 1);

  simulation.polar.on_request = nullptr;
  simulation.Restart({});
  CHECK_FALSE(simulation.Await(simulation.service->ReportUsage()).has_value());
}

namespace {

/// Two servers on one database. The other reports while the first has its first request on its way, for longer than its
/// claim lasts.
struct Overtaken {
  Overtaken() {
    simulation.service.reset();
    simulation.database = *Database::OpenSqlite(":memory:", SqliteWriter::Mode::kInline, &simulation.clock);
    simulation.store = simulation.database->ForTenant(kDefaultTenant);
    simulation.Restart({});
    Settings settings;
    settings.polar = {.base_url = "http://polar.test", .access_token = simulation.emulator.access_token()};
    other = std::make_unique<Service>(simulation.MakeHost(), std::move(settings));
    for (int i = 0; i < 5; ++i) Record(simulation, "event-" + std::to_string(i), "{}");
    simulation.polar.on_request = [this](const std::string&) {
      simulation.polar.on_request = nullptr;
      std::deque<std::pair<std::string, EmulatedPolar::Fault>> kept = std::exchange(simulation.polar.faults, {});
      CHECK(simulation.Await(other->ReportUsage()).has_value());
      simulation.clock.Advance(kUsageHeldSeconds + 1);
      static_cast<void>(simulation.Await(other->ReportUsage()));
      simulation.polar.faults = std::move(kept);
    };
  }
  void Report() { static_cast<void>(simulation.Await(simulation.service->ReportUsage())); }
  void CheckReportedOnce() {
    CHECK(testing::DueUsage(*simulation.store, simulation.clock.Now().PlusSeconds(86'400), 10).empty());
    CHECK(simulation.Await(simulation.store->ListParkedUsage(10))->empty());
    const Timestamp now = simulation.clock.Now();
    const auto sums = *simulation.Await(simulation.store->SummarizeUsage({.subject = {Subject::Kind::kUser, kAlice},
                                                                          .event_name = {},
                                                                          .from = now.PlusSeconds(-3'600),
                                                                          .to = now.PlusSeconds(3'600)}));
    REQUIRE(sums.size() == 1);
    CHECK(sums[0].reported == 5);
  }

  Simulation simulation;
  std::unique_ptr<Service> other;
};

}  // namespace

TEST_CASE("a server that was stopped within its request puts off nothing that another has reported meanwhile") {
  Overtaken servers;
  for (int i = 0; i < 3; ++i) servers.simulation.polar.faults.push_back({"/ingest", {HttpResponse{.status = 500}}});

  servers.Report();

  servers.CheckReportedOnce();
}

TEST_CASE("a server that has lost its claim sends nothing more of the batch") {
  Overtaken servers;
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",2],"msg":"m","type":"t"}]})"};
  servers.simulation.polar.faults.push_back({"/ingest", {refusal}});

  servers.Report();

  CHECK(servers.simulation.polar.Count("POST /v1/events/ingest") == 2);
  servers.CheckReportedOnce();
}

TEST_CASE("a claim that is not fresh any more is renewed before the next request of its batch") {
  Overtaken servers;
  int requests = 0;
  servers.simulation.polar.on_request = [&](const std::string&) {
    ++requests;
    servers.simulation.clock.Advance(25);
    CHECK(servers.simulation.Await(servers.simulation.store->ClaimUsage("another", servers.simulation.clock.Now(), 10))
              ->empty());
  };
  const HttpResponse refusal{.status = 422, .body = R"({"detail":[{"loc":["body","events",2],"msg":"m","type":"t"}]})"};
  for (int i = 0; i < 2; ++i) servers.simulation.polar.faults.push_back({"/ingest", {refusal}});

  servers.Report();

  CHECK(requests >= 4);
  servers.CheckReportedOnce();
}
