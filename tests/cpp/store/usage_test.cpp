// Usage in the store, on both engines: many events at once, rows given back, sums, whose customer they are for.
#include <algorithm>

#include "../awaiting.h"
#include "../due.h"
#include "added_usage.h"
#include "engines.h"
#include "people.h"
#include "plans.h"
#include "server/store/engines/postgres_connection.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

const Timestamp kMorning = *ParseTimestamp("2026-11-22T06:00:00Z");
constexpr std::int64_t kGreatest = 9'007'199'254'740'991;

std::unique_ptr<Store> OpenStore() {
  return OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres))->ForTenant("acme");
}

UsageRow Usage(const Subject& subject, const std::string& id, Timestamp at = kMorning, const std::string& name = "call",
               std::int64_t quantity = 2) {
  return {.subject = subject,
          .external_id = id,
          .event_name = name,
          .quantity = quantity,
          .properties = R"({"k":"'\"\\ \u00e9"})",
          .created_at = at};
}

}  // namespace

TEST_CASE("many usage events are stored together, each id of a subject once") {
  const auto store = OpenStore();
  Ask(store->AddUsage(Usage(kAlice, "old")));

  const auto is_new = AreNew(Ask(store->AddUsageBatch({Usage(kAlice, "a"), Usage(kAlice, "old"), Usage(kAcme, "a"),
                                                       Usage(kAlice, "a"), Usage(kAlice, "\"quoted\" \xE2\x82\xAC")})));

  CHECK(is_new == std::vector<bool>{true, false, true, false, true});
  const auto due = DueUsage(*store, kMorning, 10);
  REQUIRE(due.size() == 4);
  CHECK(due[1].subject == kAlice);
  CHECK(due[1].external_id == "a");
  CHECK(due[1].properties == Usage(kAlice, "a").properties);
  CHECK(due[1].quantity == 2);
  CHECK(due[2].subject == kAcme);
  CHECK(due[3].external_id == "\"quoted\" \xE2\x82\xAC");
  CHECK(AreNew(Ask(store->AddUsageBatch({Usage(kAlice, "a"), Usage(kAcme, "a")}))) == std::vector<bool>{false, false});
  CHECK(Ask(store->AddUsageBatch({})).empty());
}

TEST_CASE("rows that are given back are due at once") {
  const auto store = OpenStore();
  Ask(store->AddUsageBatch({Usage(kAlice, "a"), Usage(kAlice, "b"), Usage(kAlice, "c")}));
  const auto due = Ask(store->ClaimUsage("claim", kMorning, 10));
  REQUIRE(due.size() == 3);

  Ask(store->MarkUsageReported({due[0].row}, kMorning));
  Ask(store->ReleaseUsage({due[1].row, due[2].row}, "claim"));
  Ask(store->MarkUsageReported({}, kMorning));

  CHECK(Ask(store->NextUsageDue(kMorning)) == std::optional(kMorning));
  CHECK(DueUsage(*store, kMorning, 10).size() == 2);
}

TEST_CASE("sums are per event and day or month of one subject, with what became of the events") {
  const auto store = OpenStore();
  const auto at = [](const char* text) { return *ParseTimestamp(text); };
  Ask(store->AddUsageBatch(
      {Usage(kAcme, "1", at("2026-10-31T23:59:59.999999Z")), Usage(kAcme, "2", at("2026-11-01T00:00:00Z")),
       Usage(kAcme, "3", at("2026-11-01T23:59:59Z"), "call", 5), Usage(kAcme, "4", at("2026-11-02T00:00:00Z"), "email"),
       Usage(kAcme, "5", at("2026-11-02T12:00:00Z")), Usage(kAlice, "6", kMorning)}));
  const auto due = DueUsage(*store, kMorning, 10);
  REQUIRE(due.size() == 6);
  Ask(store->MarkUsageReported({due[1].row}, kMorning));
  Ask(store->MarkUsageFailed({due[2].row}, "refused", std::nullopt, kMorning));
  UsageSummaryRequest november{.subject = kAcme, .from = at("2026-11-01T00:00:00Z"), .to = at("2026-12-01T00:00:00Z")};

  CHECK(Ask(store->SummarizeUsage(november)) == std::vector<UsageSummaryRow>{{"call", "2026-11-01", 2, 7, 1, 0, 1},
                                                                             {"call", "2026-11-02", 1, 2, 0, 1, 0},
                                                                             {"email", "2026-11-02", 1, 2, 0, 1, 0}});
  november.event_name = "email";
  CHECK(Ask(store->SummarizeUsage(november)).size() == 1);
  november.event_name = {};
  november.limit = 1;
  november.offset = 1;
  CHECK(Ask(store->SummarizeUsage(november)).front().period == "2026-11-02");
  UsageSummaryRequest year{
      .subject = kAcme, .from = at("2026-01-01T00:00:00Z"), .to = at("2027-01-01T00:00:00Z"), .by_month = true};
  CHECK(Ask(store->SummarizeUsage(year)) == std::vector<UsageSummaryRow>{{"call", "2026-10", 1, 2, 0, 1, 0},
                                                                         {"call", "2026-11", 3, 9, 1, 1, 1},
                                                                         {"email", "2026-11", 1, 2, 0, 1, 0}});
}

TEST_CASE("a sum that does not fit into 64 bits is exact") {
  const auto store = OpenStore();
  std::vector<UsageRow> rows;
  for (int i = 0; i < 3; ++i) rows.push_back(Usage(kAcme, std::to_string(i), kMorning, "some", kGreatest));
  for (int i = 0; i < 1'100; ++i)
    rows.push_back(Usage(kAcme, "m" + std::to_string(i), kMorning, "too many", kGreatest));
  Ask(store->AddUsageBatch(std::move(rows)));

  const auto sums = Ask(store->SummarizeUsage({.subject = kAcme, .from = kMorning, .to = kMorning.PlusSeconds(1)}));

  REQUIRE(sums.size() == 2);
  CHECK(sums[0].quantity == 3 * kGreatest);
  CHECK(sums[1].quantity.Text() == "9907919180215090100");
  CHECK(sums[1].events == 1'100);
}

TEST_CASE("an event that was reported bears the customer whom it was for, also one who became one only then") {
  const std::string url = NewPostgres();
  const auto opened = Database::OpenPostgres(url, 1);
  REQUIRE(opened.ok());
  const auto store = (*opened)->ForTenant("acme");
  PostgresConnection look(url);
  const auto customers = [&] {
    return look.Execute("SELECT string_agg(coalesce(polar_customer_id, '-'), ',' ORDER BY id) FROM polar_usage_events");
  };
  Ask(store->SaveCustomer({kAcme, "polar-acme", "", "Acme", true}, kMorning));
  Ask(store->AddUsage(Usage(kAcme, "1")));
  Ask(store->AddUsageBatch({Usage(kAlice, "2"), Usage(kAcme, "3")}));
  CHECK(customers() == "-,-,-");

  Ask(store->SaveCustomer({kAlice, "polar-alice", "alice@example.com", "Alice", false}, kMorning));
  const auto due = DueUsage(*store, kMorning, 10);
  Ask(store->MarkUsageReported({due[0].row, due[1].row, due[2].row}, kMorning));

  CHECK(customers() == "polar-acme,polar-alice,polar-acme");
}

TEST_CASE("queues are counted over all tenants, by what waits and what is parked") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto acme = database->ForTenant("acme");
  const auto other = database->ForTenant("other");
  Ask(acme->AddUsageBatch({Usage(kAlice, "a"), Usage(kAlice, "b"), Usage(kAlice, "c")}));
  Ask(other->AddUsage(Usage(kAlice, "a")));
  Ask(other->AddWebhook({.event_id = "m", .event_type = "order.paid", .payload = "{}"}, kMorning));
  Ask(acme->AddWebhook({.event_id = "m", .event_type = "order.paid", .payload = "{}"}, kMorning));
  const auto due = DueUsage(*acme, kMorning, 10);
  Ask(acme->MarkUsageReported({due[0].row}, kMorning));
  Ask(acme->MarkUsageFailed({due[1].row}, "refused", std::nullopt, kMorning));
  Ask(acme->FinishWebhooks({{.row = DueWebhooks(*acme, kMorning, 1).front().row, .error = "parked"}}, kMorning));

  CHECK(Ask(database->CountQueues()) ==
        QueueDepths{.webhooks_waiting = 1, .webhooks_parked = 1, .usage_waiting = 2, .usage_parked = 1});
}

TEST_CASE("a subscription is found for its own subject only") {
  const auto store = OpenStore();
  const std::string text =
      R"({"id":"5b000000-0000-4000-8000-000000000001","status":"active","amount":2000,"currency":"usd",)"
      R"("recurring_interval":"month","recurring_interval_count":1,"current_period_start":"2026-11-01T00:00:00Z",)"
      R"("current_period_end":"2026-12-01T00:00:00Z","cancel_at_period_end":false,"customer_id":"c5000000-0000-4000-8000-000000000001",)"
      R"("product_id":"9a000000-0000-4000-8000-000000000001","created_at":"2026-11-01T00:00:00Z"})";
  const Result<Subscription> subscription = DecodeText<Subscription>(text);
  INFO((subscription.ok() ? "" : subscription.error().field + subscription.error().message));
  REQUIRE(subscription.ok());
  Ask(store->SaveCustomer({kAcme, "c5000000-0000-4000-8000-000000000001", "", "Acme", true}, kMorning));
  Facts facts;
  facts.subscriptions.push_back({*subscription, kMorning, text});
  Ask(store->ApplyFacts(facts, kMorning));

  CHECK(Ask(store->FindSubscription(kAcme, subscription->id)).has_value());
  CHECK_FALSE(Ask(store->FindSubscription(kAlice, subscription->id)).has_value());
  CHECK_FALSE(Ask(store->FindSubscription({Subject::Kind::kUser, kAcme.id}, subscription->id)).has_value());
  CHECK_FALSE(Ask(store->FindSubscription(kAcme, "5b000000-0000-4000-8000-000000000002")).has_value());
}

TEST_CASE("parked usage is listed page by page with its reason, and due again by its row, by time or all") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  for (const char* id : {"e-1", "e-2", "e-3"}) {
    Ask(store->AddUsage({.subject = {Subject::Kind::kUser, "u"},
                         .external_id = id,
                         .event_name = "call",
                         .quantity = 7,
                         .properties = "{}",
                         .created_at = kMorning}));
  }
  const auto due = DueUsage(*store, kMorning, 10);
  REQUIRE(due.size() == 3);
  Ask(store->MarkUsageRefused(due[0].row, "no", kMorning.PlusSeconds(60), kMorning));
  Ask(store->MarkUsageRefused(due[0].row, std::string("no\0 more", 8), std::nullopt, kMorning.PlusSeconds(60)));
  Ask(store->MarkUsageFailed({due[1].row, due[2].row}, "too large", std::nullopt, kMorning.PlusSeconds(120)));

  const auto first = Ask(store->ListParkedUsage(1));
  REQUIRE(first.size() == 1);
  CHECK(first[0].external_id == "e-1");
  CHECK(first[0].subject.id == "u");
  CHECK(first[0].event_name == "call");
  CHECK(first[0].quantity == 7);
  CHECK(first[0].error == "no  more");
  CHECK(first[0].parked_at == kMorning.PlusSeconds(60));
  CHECK(Ask(store->ListParkedUsage(10, first[0].row)).size() == 2);
  CHECK(Ask(database->ForTenant("two")->ListParkedUsage(10)).empty());
  CHECK(Ask(database->ForTenant("two")->ReplayUsage(std::nullopt, std::nullopt, kMorning)) == 0);

  CHECK(Ask(store->ReplayUsage(due[1].row, std::nullopt, kMorning)) == 1);
  CHECK(Ask(store->ReplayUsage(due[1].row, std::nullopt, kMorning)) == 0);
  CHECK(Ask(store->ReplayUsage(std::nullopt, kMorning.PlusSeconds(90), kMorning)) == 1);
  CHECK(Ask(store->ReplayUsage(std::nullopt, std::nullopt, kMorning)) == 1);
  const auto again = DueUsage(*store, kMorning, 10);
  REQUIRE(again.size() == 3);
  CHECK(again[0].refusals == 0);
  CHECK(again[0].attempts == 0);
  CHECK_FALSE(again[0].refused_at.has_value());
}

TEST_CASE("a quantity, its time, its parent and its member come back as they were stored, one by one and together") {
  const auto store = OpenStore();
  std::vector<UsageRow> rows;
  for (const char* text : {"0", "0.1", "-1", "0.0000001", "9007199254740991", "-0.30000000000000004"}) {
    UsageRow row = Usage(kAcme, text);
    row.quantity = *Decimal::Parse(text);
    row.used_at = kMorning.PlusSeconds(-86'400);
    row.parent_id = "the parent";
    row.member_id = kAlice.id;
    rows.push_back(row);
  }
  Ask(store->AddUsage(rows[0]));
  Ask(store->AddUsage(Usage(kAlice, "plain")));
  CHECK(AreNew(Ask(store->AddUsageBatch(rows))) == std::vector<bool>{false, true, true, true, true, true});

  const auto due = DueUsage(*store, kMorning, 10);
  REQUIRE(due.size() == 7);
  for (const UsageRow& row : due) {
    INFO(row.external_id);
    if (row.external_id == "plain") {
      CHECK_FALSE(row.used_at.has_value());
      CHECK((row.parent_id.empty() && row.member_id.empty()));
      continue;
    }
    CHECK(row.quantity.text() == row.external_id);
    CHECK(row.used_at == kMorning.PlusSeconds(-86'400));
    CHECK(row.parent_id == "the parent");
    CHECK(row.member_id == kAlice.id);
  }
}

namespace {

/// The sum of so many events of a tenth each. They are copies of the first: what is told of them is the sum, not their
/// way in.
std::string SumOfTenths(SqlEngine engine, int count) {
  constexpr int kAtOnce = 50'000;
  const auto runner = OpenRunner(engine);
  SqlStore store(runner, "acme");
  UsageRow tenth = Usage(kAcme, "0");
  tenth.quantity = *Decimal::Parse("0.1");
  Ask(store.AddUsage(tenth));
  for (int first = 1; first < count; first += kAtOnce) {
    const std::string from = std::to_string(first);
    const std::string to = std::to_string(std::min(first + kAtOnce, count) - 1);
    const std::string numbers = engine == SqlEngine::kSqlite
                                    ? "WITH RECURSIVE numbers (n) AS (SELECT " + from +
                                          " UNION ALL SELECT n + 1 FROM numbers WHERE n < " + to + ")"
                                    : "WITH numbers (n) AS (SELECT generate_series(" + from + ", " + to + "))";
    // PostgreSQL's ids are of the second in which an event was recorded, and SQLite's follow by themselves.
    const bool is_postgres = engine == SqlEngine::kPostgres;
    const std::string copy = numbers + " INSERT INTO polar_usage_events (" + (is_postgres ? "id, " : "") +
                             "tenant, organization_id, external_id, event_name, quantity, created_at)"
                             " SELECT " +
                             (is_postgres ? "id + n, " : "") +
                             "tenant, organization_id, CAST(n AS TEXT), event_name, quantity, created_at"
                             " FROM polar_usage_events, numbers WHERE external_id = '0'";
    Execute(*runner, copy);
  }
  const auto sums =
      Ask(store.SummarizeUsage({.subject = kAcme, .from = kMorning, .to = kMorning.PlusSeconds(1), .limit = 10}));
  REQUIRE(sums.size() == 1);
  CHECK(sums[0].events == count);
  return sums[0].quantity.Text();
}

}  // namespace

TEST_CASE("0.1 added ten thousand times is 1,000") {
  CHECK(SumOfTenths(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres), 10'000) == "1000");
}

// Half a minute: `npm run test:full -- --only rows`.
TEST_CASE("0.1 added a million times is 100,000", "[.][rows]") {
  CHECK(SumOfTenths(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres), 1'000'000) == "100000");
}

TEST_CASE("sums are exact to the last digit, on both sides of zero") {
  const auto store = OpenStore();
  const std::vector<std::string> quantities = {"9007199254740991", "0.0000001", "-9007199254740991", "0.2", "-0.3"};
  std::vector<UsageRow> rows;
  for (const std::string& text : quantities) {
    UsageRow row = Usage(kAcme, text);
    row.quantity = *Decimal::Parse(text);
    rows.push_back(row);
  }
  Ask(store->AddUsageBatch(rows));

  const auto sums =
      Ask(store->SummarizeUsage({.subject = kAcme, .from = kMorning, .to = kMorning.PlusSeconds(1), .limit = 10}));

  REQUIRE(sums.size() == 1);
  CHECK(sums[0].quantity.Text() == "-0.0999999");
}
