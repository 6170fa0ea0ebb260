// How servers share the inbox and the outbox of usage, on both engines: each row is held by one at a time, by the
// database's clock, and what comes of it is written by whoever holds it.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "../awaiting.h"
#include "../due.h"
#include "engines.h"
#include "hand_clock.h"
#include "people.h"
#include "server/store/sql/sql_notification_store.h"
#include "server/store/sql/sql_reconcile_store.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

/// Two servers on one database.
struct Servers {
  Servers() : runner(OpenShared(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres), clock)) {}

  void AddEvents(int count, int subjects) {
    for (int i = 0; i < count; ++i) {
      Ask(first.AddWebhook({.source = WebhookSource::kPlinto,
                            .event_id = "e" + std::to_string(i),
                            .event_type = "user.updated",
                            .payload = "{}",
                            .about = "subject-" + std::to_string(i % subjects)},
                           kNow));
    }
  }
  void AddDeliveries(int count) {
    for (int i = 0; i < count; ++i) {
      Ask(first.AddWebhook({.event_id = "m" + std::to_string(i), .event_type = "order.paid", .payload = "{}"}, kNow));
    }
  }
  void AddUsage(int count) {
    for (int i = 0; i < count; ++i) {
      Ask(first.AddUsage({.subject = kAlice,
                          .external_id = "u" + std::to_string(i),
                          .event_name = "call",
                          .properties = "{}",
                          .created_at = kNow}));
    }
  }
  /// Time passes for whoever holds something, by the database's clock.
  void LetClaimsEnd() {
    for (const char* end :
         {"UPDATE polar_webhook_events SET claimed_until = claimed_until - 61000000 WHERE claimed_until > 0 RETURNING "
          "id",
          "UPDATE polar_usage_events SET claimed_until = claimed_until - 61000000 WHERE claimed_until > 0"
          " RETURNING id"}) {
      static_cast<void>(RowsOf(*runner, end));
    }
  }
  std::vector<std::string> Rows(const char* sql) { return RowsOf(*runner, sql); }

  HandClock clock;
  std::shared_ptr<SqlRunner> runner;
  SqlStore first{runner, "one"};
  SqlStore second{runner, "one"};
};

std::vector<WebhookOutcome> Failed(const WebhookRow& row, std::optional<Timestamp> retry_at) {
  return {{.row = row.row, .about = row.about, .error = "no", .retry_at = retry_at, .claim = row.claim}};
}

}  // namespace

TEST_CASE("servers never hold the same event of Plinto's, nor two of one subject, and work off each once") {
  Servers servers;
  servers.AddEvents(40, 5);
  std::map<std::int64_t, int> worked_off;
  int claims = 0;

  for (int round = 0; round < 200 && worked_off.size() < 40; ++round) {
    std::vector<Task<Result<std::optional<WebhookRow>>>> tasks;
    for (int i = 0; i < 8; ++i) {
      SqlStore& store = i % 2 == 0 ? servers.first : servers.second;
      tasks.push_back(store.ClaimEvent(WebhookSource::kPlinto, "claim " + std::to_string(++claims), kNow));
    }
    std::set<std::string> subjects;
    std::vector<WebhookOutcome> outcomes;
    for (const auto& claimed : AwaitAll(std::move(tasks))) {
      REQUIRE(claimed.ok());
      if (!*claimed) continue;
      CHECK(subjects.insert((*claimed)->about).second);
      outcomes.push_back({.row = (*claimed)->row, .about = (*claimed)->about, .claim = (*claimed)->claim});
      ++worked_off[(*claimed)->row];
    }
    const std::size_t held = outcomes.size();
    if (held > 0) CHECK(Ask(servers.second.FinishWebhooks(std::move(outcomes), kNow)) == std::vector<bool>(held, true));
  }

  CHECK(worked_off.size() == 40);
  CHECK(std::all_of(worked_off.begin(), worked_off.end(), [](const auto& one) { return one.second == 1; }));
  CHECK(servers.Rows("SELECT attempts FROM polar_webhook_events WHERE processed = 1") ==
        std::vector<std::string>(40, "1"));
}

TEST_CASE("an event that waits to be tried again does not hold up a newer one of its subject; one that is held does") {
  Servers servers;
  servers.AddEvents(2, 1);
  const auto older = Ask(servers.first.ClaimEvent(WebhookSource::kPlinto, "a", kNow));
  REQUIRE(older.has_value());
  CHECK(older->event_id == "e0");
  CHECK_FALSE(Ask(servers.second.ClaimEvent(WebhookSource::kPlinto, "b", kNow)).has_value());

  Ask(servers.first.FinishWebhooks(Failed(*older, kNow.PlusSeconds(60)), kNow));

  const auto newer = Ask(servers.second.ClaimEvent(WebhookSource::kPlinto, "b", kNow));
  REQUIRE(newer.has_value());
  CHECK(newer->event_id == "e1");
  CHECK_FALSE(Ask(servers.first.ClaimEvent(WebhookSource::kPlinto, "a", kNow.PlusSeconds(120))).has_value());
}

TEST_CASE("an organization waits for what came before it about its owner, also while that waits to be tried again") {
  Servers servers;
  const auto tell = [&](const std::string& id, const std::string& about, const std::string& waits_for) {
    Ask(servers.first.AddWebhook({.source = WebhookSource::kPlinto,
                                  .event_id = id,
                                  .event_type = "t",
                                  .payload = "{}",
                                  .about = about,
                                  .waits_for = waits_for},
                                 kNow));
  };
  tell("owner", kAlice.id, "");
  tell("organization", kAcme.id, kAlice.id);
  tell("owner, later", kAlice.id, "");
  const auto owner = Ask(servers.first.ClaimEvent(WebhookSource::kPlinto, "a", kNow));
  REQUIRE(owner.has_value());
  CHECK(owner->event_id == "owner");
  CHECK_FALSE(Ask(servers.second.ClaimEvent(WebhookSource::kPlinto, "b", kNow)).has_value());
  Ask(servers.first.FinishWebhooks(Failed(*owner, kNow.PlusSeconds(5)), kNow));

  const auto later = Ask(servers.second.ClaimEvent(WebhookSource::kPlinto, "b", kNow));
  REQUIRE(later.has_value());
  CHECK(later->event_id == "owner, later");
  CHECK_FALSE(Ask(servers.second.ClaimEvent(WebhookSource::kPlinto, "c", kNow)).has_value());
  Ask(servers.second.FinishWebhooks({{.row = later->row, .claim = "b"}}, kNow));
  CHECK(Ask(servers.second.NextWebhookDue(WebhookSource::kPlinto, kNow)) == std::optional(kNow.PlusSeconds(5)));
  const auto again = Ask(servers.first.ClaimEvent(WebhookSource::kPlinto, "d", kNow.PlusSeconds(5)));
  REQUIRE(again.has_value());
  CHECK(again->event_id == "owner");
  Ask(servers.first.FinishWebhooks({{.row = again->row, .claim = "d"}}, kNow));

  const auto organization = Ask(servers.second.ClaimEvent(WebhookSource::kPlinto, "e", kNow));
  REQUIRE(organization.has_value());
  CHECK(organization->event_id == "organization");
}

TEST_CASE("a batch of deliveries is one server's, until it is given back or its claim has ended") {
  Servers servers;
  servers.AddDeliveries(5);
  CHECK(Ask(servers.first.ClaimWebhooks("a", kNow, 3)).size() == 3);
  CHECK(Ask(servers.second.ClaimWebhooks("b", kNow, 10)).size() == 2);
  CHECK(Ask(servers.first.ClaimWebhooks("c", kNow, 10)).empty());

  Ask(servers.second.GiveBackWebhooks("b"));
  CHECK(Ask(servers.first.ClaimWebhooks("c", kNow, 10)).size() == 2);

  servers.LetClaimsEnd();
  CHECK(Ask(servers.second.ClaimWebhooks("d", kNow, 10)).size() == 5);
}

TEST_CASE("what a server marks after it has lost its claim changes nothing, and each try counts once") {
  Servers servers;
  const bool is_polars = GENERATE(true, false);
  if (is_polars) servers.AddDeliveries(1);
  if (!is_polars) servers.AddEvents(1, 1);
  const auto claim = [&](SqlStore& store, const std::string& id) -> std::optional<WebhookRow> {
    if (!is_polars) return Ask(store.ClaimEvent(WebhookSource::kPlinto, id, kNow));
    const auto rows = Ask(store.ClaimWebhooks(id, kNow, 10));
    return rows.empty() ? std::nullopt : std::optional(rows.front());
  };
  const auto stopped = claim(servers.first, "a");
  REQUIRE(stopped.has_value());
  CHECK(stopped->claim == "a");
  servers.LetClaimsEnd();
  const auto taken = claim(servers.second, "b");
  REQUIRE(taken.has_value());
  CHECK(taken->row == stopped->row);

  CHECK(Ask(servers.first.FinishWebhooks(Failed(*stopped, std::nullopt), kNow)) == std::vector<bool>{false});
  Ask(servers.first.GiveBackWebhooks("a"));
  CHECK_FALSE(claim(servers.first, "c").has_value());
  CHECK(Ask(servers.second.FinishWebhooks(Failed(*taken, kNow.PlusSeconds(5)), kNow)) == std::vector<bool>{true});
  CHECK(Ask(servers.second.FinishWebhooks(Failed(*taken, std::nullopt), kNow)) == std::vector<bool>{false});

  CHECK(servers.Rows("SELECT attempts FROM polar_webhook_events") == std::vector<std::string>{"1"});
  CHECK(Ask(servers.first.ListParkedWebhooks(10)).empty());
}

TEST_CASE("a claim that has ended and that nobody else took still counts") {
  Servers servers;
  servers.AddEvents(1, 1);
  const auto slow = Ask(servers.first.ClaimEvent(WebhookSource::kPlinto, "a", kNow));
  servers.LetClaimsEnd();

  CHECK(Ask(servers.first.FinishWebhooks(Failed(*slow, std::nullopt), kNow)) == std::vector<bool>{true});
  CHECK(Ask(servers.first.ListParkedWebhooks(10)).size() == 1);
}

TEST_CASE("claims go by the database's clock, though a server's is ten minutes off") {
  Servers servers;
  servers.AddDeliveries(1);
  servers.AddEvents(1, 1);
  servers.AddUsage(1);
  const Timestamp ahead = kNow.PlusSeconds(600);
  const bool is_first_ahead = GENERATE(true, false);
  const Timestamp one = is_first_ahead ? ahead : kNow;
  const Timestamp other = is_first_ahead ? kNow : ahead;

  REQUIRE(Ask(servers.first.ClaimWebhooks("a", one, 10)).size() == 1);
  REQUIRE(Ask(servers.first.ClaimEvent(WebhookSource::kPlinto, "b", one)).has_value());
  REQUIRE(Ask(servers.first.ClaimUsage("c", one, 10)).size() == 1);

  CHECK(Ask(servers.second.ClaimWebhooks("d", other, 10)).empty());
  CHECK_FALSE(Ask(servers.second.ClaimEvent(WebhookSource::kPlinto, "e", other)).has_value());
  CHECK(Ask(servers.second.ClaimUsage("f", other, 10)).empty());
  for (const auto& [due, held_seconds] :
       {std::pair(Ask(servers.second.NextWebhookDue(WebhookSource::kPolar, other)), kWebhooksHeldSeconds),
        std::pair(Ask(servers.second.NextWebhookDue(WebhookSource::kPlinto, other)), kEventHeldSeconds),
        std::pair(Ask(servers.second.NextUsageDue(other)), kUsageHeldSeconds)}) {
    REQUIRE(due.has_value());
    CHECK(*due > other);
    CHECK(*due <= other.PlusSeconds(held_seconds));
  }
}

TEST_CASE("usage that another server has reported is neither failed nor refused by who has lost it") {
  Servers servers;
  servers.AddUsage(3);
  const auto stopped = Ask(servers.first.ClaimUsage("a", kNow, 10));
  REQUIRE(stopped.size() == 3);
  CHECK(Ask(servers.first.RenewUsage("a", kNow)) == 3);
  servers.LetClaimsEnd();
  REQUIRE(Ask(servers.second.ClaimUsage("b", kNow, 10)).size() == 3);
  CHECK(Ask(servers.first.RenewUsage("a", kNow)) == 0);
  Ask(servers.second.MarkUsageReported({stopped[0].row}, kNow));

  std::vector<std::int64_t> rows;
  for (const UsageRow& row : stopped) rows.push_back(row.row);
  CHECK(Ask(servers.first.MarkUsageFailed(rows, "late", kNow, kNow, "a")) == 0);
  CHECK(Ask(servers.first.MarkUsageRefused(rows[0], "late", std::nullopt, kNow, "a")) == 0);
  Ask(servers.first.ReleaseUsage(rows, "a"));
  CHECK(Ask(servers.first.ClaimUsage("c", kNow, 10)).empty());

  // What Polar has is reported, whoever says so.
  Ask(servers.first.MarkUsageReported({rows[1]}, kNow.PlusSeconds(1)));
  CHECK(Ask(servers.second.MarkUsageFailed(rows, "late", kNow, kNow, "b")) == 1);
  CHECK(servers.Rows("SELECT attempts FROM polar_usage_events ORDER BY id") == std::vector<std::string>{"0", "0", "1"});
  CHECK(servers.Rows("SELECT external_id FROM polar_usage_events WHERE reported_to_polar_at IS NULL") ==
        std::vector<std::string>{"u2"});
}

TEST_CASE("an erasure takes what is held about somebody away from who holds it") {
  Servers servers;
  Ask(servers.first.AddWebhook({.source = WebhookSource::kPlinto,
                                .event_id = "e",
                                .event_type = "user.updated",
                                .payload = R"({"email":"a@x.test"})",
                                .about = kAlice.id},
                               kNow));
  const auto held = Ask(servers.first.ClaimEvent(WebhookSource::kPlinto, "a", kNow));
  REQUIRE(held.has_value());

  static_cast<void>(Ask(servers.second.EraseSubject(kAlice, kNow)));

  CHECK(Ask(servers.first.FinishWebhooks(Failed(*held, kNow), kNow)) == std::vector<bool>{false});
  CHECK_FALSE(Ask(servers.second.NextWebhookDue(WebhookSource::kPlinto, kNow)).has_value());
}

TEST_CASE("a server that has an SQLite file alone claims nothing to read deliveries and usage") {
  const auto runner = OpenRunner(SqlEngine::kSqlite);
  SqlStore store(runner, "one");
  Ask(store.AddWebhook({.event_id = "m", .event_type = "order.paid", .payload = "{}"}, kNow));
  Ask(store.AddUsage(
      {.subject = kAlice, .external_id = "u", .event_name = "call", .properties = "{}", .created_at = kNow}));

  const auto deliveries = Ask(store.ClaimWebhooks("a", kNow, 10));
  const auto usage = Ask(store.ClaimUsage("a", kNow, 10));

  REQUIRE(deliveries.size() == 1);
  REQUIRE(usage.size() == 1);
  CHECK(deliveries[0].claim.empty());
  CHECK(usage[0].claim.empty());
  CHECK(Ask(store.ClaimWebhooks("b", kNow, 10)).size() == 1);
  CHECK(Ask(store.FinishWebhooks(Failed(deliveries[0], kNow.PlusSeconds(5)), kNow)) == std::vector<bool>{true});
  CHECK(Ask(store.MarkUsageFailed({usage[0].row}, "no", kNow, kNow, usage[0].claim)) == 1);
}

TEST_CASE("what a server held that was killed is due at once when its SQLite file is opened again") {
  const std::string path = (std::filesystem::temp_directory_path() / "plinto-polar-claims-test.db").string();
  const auto remove = [&] {
    for (const char* more : {"", "-wal", "-shm"}) std::filesystem::remove(path + more);
  };
  remove();
  {
    const auto database = *Database::OpenSqlite(path, SqliteWriter::Mode::kInline);
    const auto store = database->ForTenant("one");
    Ask(store->AddWebhook(
        {.source = WebhookSource::kPlinto, .event_id = "e", .event_type = "user.updated", .payload = "{}"}, kNow));
    REQUIRE(Ask(store->ClaimEvent(WebhookSource::kPlinto, "killed", kNow)).has_value());
    CHECK_FALSE(Ask(store->ClaimEvent(WebhookSource::kPlinto, "another", kNow)).has_value());
  }
  {
    const auto database = *Database::OpenSqlite(path, SqliteWriter::Mode::kInline);
    Ask(database->FreeClaims());
    const auto store = database->ForTenant("one");
    CHECK(Ask(store->NextWebhookDue(WebhookSource::kPlinto, kNow)) == kNow);
    CHECK(Ask(store->ClaimEvent(WebhookSource::kPlinto, "next", kNow)).has_value());
  }
  remove();
}

TEST_CASE("a server that starts takes nothing away from others that share the database") {
  Servers servers;
  servers.AddEvents(1, 1);
  REQUIRE(Ask(servers.first.ClaimEvent(WebhookSource::kPlinto, "a", kNow)).has_value());

  Ask(Database(servers.runner).FreeClaims());

  CHECK_FALSE(Ask(servers.second.ClaimEvent(WebhookSource::kPlinto, "b", kNow)).has_value());
}

TEST_CASE("a delivery whose word is not taken has its customer verified soon, also one who becomes known later") {
  Servers servers;
  SqlReconcileStore reconciles(SqlTenant(servers.runner, "one"));
  servers.AddDeliveries(2);
  Ask(servers.first.SaveCustomer({kAlice, kCustomer, "", "Alice", false, true}, kNow));
  REQUIRE(Ask(reconciles.DueCustomers(kNow, 10)).empty());
  const auto due = Ask(servers.first.ClaimWebhooks("a", kNow, 10));
  REQUIRE(due.size() == 2);

  const std::string stranger = "c0000000-0000-4000-8000-000000000009";
  std::vector<WebhookOutcome> outcomes = {
      {.row = due[0].row, .about = kCustomer, .claim = "a", .verify_customer = true},
      {.row = due[1].row, .about = stranger, .claim = "a", .verify_customer = true}};
  Ask(servers.first.FinishWebhooks(std::move(outcomes), kNow));

  CHECK(Ask(reconciles.DueCustomers(kNow, 10)) == std::vector<std::string>{kCustomer});
  Ask(servers.first.SaveCustomer({kAcme, stranger, "", "Acme", true, false}, kNow));
  const auto later = Ask(reconciles.DueCustomers(kNow.PlusSeconds(60), 10));
  CHECK(std::find(later.begin(), later.end(), stranger) != later.end());
}
