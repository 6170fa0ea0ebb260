// Usage on PostgreSQL is parted by time: an id counts once over all parts, and old ones go whole.
#include "../awaiting.h"
#include "../due.h"
#include "added_usage.h"
#include "engines.h"
#include "people.h"
#include "server/store/database.h"
#include "server/store/engines/run_on.h"
#include "server/store/retention.h"
#include "server/store/sql/row_ids.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

// Parts of 28 days are counted since 1970-01-01: one begins here.
const Timestamp kBegin = *ParseTimestamp("2026-07-02T00:00:00Z");
constexpr std::int64_t kDay = 86'400;

UsageRow Usage(const Subject& subject, const std::string& id, Timestamp at) {
  return {.subject = subject, .external_id = id, .event_name = "call", .properties = "{}", .created_at = at};
}

/// Names of the parts in which rows are.
std::vector<std::string> PartsWithRows(SqlRunner& runner) {
  return RowsOf(runner, "SELECT DISTINCT tableoid::regclass::text FROM polar_usage_events ORDER BY 1");
}

std::vector<std::string> Parts(SqlRunner& runner) {
  return RowsOf(runner,
                "SELECT inhrelid::regclass::text FROM pg_inherits"
                " WHERE inhparent = 'polar_usage_events'::regclass ORDER BY 1");
}

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void Report(Store& store, Timestamp at) {
  std::vector<std::int64_t> rows;
  for (const UsageRow& row : DueUsage(store, at, 100)) rows.push_back(row.row);
  Ask(store.MarkUsageReported(std::move(rows), at));
}

}  // namespace

TEST_CASE("an id that comes on both sides of a boundary between parts is one event, alone and in a batch") {
  const SqlEngine engine = GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres);
  const auto runner = OpenRunner(engine);
  SqlStore store(runner, "one");
  const Retention retention(SqlTenant(runner, "one"));
  const Timestamp before = kBegin.PlusMilliseconds(-1);
  Ask(retention.MakeParts(before));

  const UsageRow first = Ask(store.AddUsage(Usage(kAlice, "a", before)));
  const UsageRow again = Ask(store.AddUsage(Usage(kAlice, "a", kBegin)));
  CHECK(again.row == first.row);
  CHECK(again.created_at == before);
  const auto is_new = AreNew(Ask(store.AddUsageBatch({Usage(kAlice, "a", kBegin), Usage(kAlice, "b", kBegin),
                                                      Usage(kAcme, "a", kBegin), Usage(kAlice, "b", before)})));
  CHECK(is_new == std::vector<bool>{false, true, true, false});
  CHECK(AreNew(Ask(store.AddUsageBatch({Usage(kAlice, "b", before)}))) == std::vector<bool>{false});

  CHECK(DueUsage(store, kBegin, 10).size() == 3);
  if (engine == SqlEngine::kPostgres) {
    CHECK(PartsWithRows(*runner) ==
          std::vector<std::string>{"polar_usage_events_20260604", "polar_usage_events_20260702"});
    CHECK(RowsOf(*runner, "SELECT count(*)::text FROM polar_usage_ids") == std::vector<std::string>{"3"});
  }
}

TEST_CASE("an event and its id are stored together or not at all") {
  const auto runner = OpenRunner(SqlEngine::kPostgres);
  SqlStore store(runner, "one");
  UsageRow broken = Usage(kAlice, "b", kBegin);
  broken.subject.id = std::string("a\0b", 3);

  CHECK_FALSE(Await(store.AddUsageBatch({Usage(kAlice, "a", kBegin), broken})).ok());
  CHECK_FALSE(Await(store.AddUsage(broken)).ok());

  CHECK(RowsOf(*runner, "SELECT external_id FROM polar_usage_ids").empty());
  CHECK(AreNew(Ask(store.AddUsageBatch({Usage(kAlice, "a", kBegin)}))) == std::vector<bool>{true});
}

TEST_CASE("a part of which all was reported long ago is dropped; one with an event that waits is kept, and ids stay") {
  const auto runner = OpenRunner(SqlEngine::kPostgres);
  SqlStore store(runner, "one");
  SqlStore other(runner, "two");
  const Retention retention(SqlTenant(runner, "one"));
  const Timestamp next = kBegin.PlusSeconds(28 * kDay);
  const Timestamp now = kBegin.PlusSeconds(57 * kDay);
  Ask(retention.MakeParts(kBegin));
  Ask(store.AddUsageBatch({Usage(kAlice, "a", kBegin), Usage(kAlice, "b", kBegin.PlusSeconds(kDay))}));
  Ask(other.AddUsage(Usage(kAlice, "a", kBegin)));
  Ask(store.AddUsage(Usage(kAlice, "later", next)));
  Report(store, next.PlusSeconds(kDay));

  // The other tenant's event has not been reported.
  CHECK(Ask(retention.Prune(now, 100)) == 1);
  CHECK(Has(Parts(*runner), "polar_usage_events_20260702"));
  CHECK_FALSE(Has(Parts(*runner), "polar_usage_events_20260730"));
  Report(other, next.PlusSeconds(2 * kDay));
  CHECK(Ask(retention.Prune(next.PlusSeconds(2 * kDay), 100)) == 0);
  CHECK(Has(Parts(*runner), "polar_usage_events_20260702"));
  CHECK(Ask(retention.Prune(now, 100)) == 3);  // it, and the tenant's ids of 57 days ago
  CHECK_FALSE(Has(Parts(*runner), "polar_usage_events_20260702"));
  CHECK(RowsOf(*runner, "SELECT tenant || ' ' || external_id FROM polar_usage_ids ORDER BY 1") ==
        std::vector<std::string>{"one later", "two a"});

  // What is sent again late is known for 35 days more than it is kept.
  CHECK(AreNew(Ask(store.AddUsageBatch({Usage(kAlice, "later", now)}))) == std::vector<bool>{false});
  CHECK(Ask(store.AddUsage(Usage(kAlice, "later", now))).reported);
  CHECK_FALSE(Ask(store.FindUsage(kAlice, "later")).has_value());
}

TEST_CASE("an id is kept for as long as its event waits, however old it is") {
  const auto runner = OpenRunner(SqlEngine::kPostgres);
  SqlStore store(runner, "one");
  const Retention retention(SqlTenant(runner, "one"));
  Ask(retention.MakeParts(kBegin));
  Ask(store.AddUsage(Usage(kAlice, "a", kBegin)));

  while (Ask(retention.Prune(kBegin.PlusSeconds(1'000 * kDay), 100)) > 0) {
  }

  CHECK(AreNew(Ask(store.AddUsageBatch({Usage(kAlice, "a", kBegin.PlusSeconds(kDay))}))) == std::vector<bool>{false});
  CHECK(DueUsage(store, kBegin.PlusSeconds(kDay), 10).size() == 1);
}

TEST_CASE("usage for which there is no part yet is taken all the same, and is pruned row by row") {
  const auto runner = OpenRunner(SqlEngine::kPostgres);
  SqlStore store(runner, "one");
  const Retention retention(SqlTenant(runner, "one"));
  Ask(store.AddUsage(Usage(kAlice, "a", kBegin)));
  // One whose rows are there already stays where it is.
  Ask(retention.MakeParts(kBegin));
  CHECK_FALSE(Has(Parts(*runner), "polar_usage_events_20260702"));
  CHECK(Has(Parts(*runner), "polar_usage_events_20260730"));
  Report(store, kBegin.PlusSeconds(kDay));

  CHECK(PartsWithRows(*runner) == std::vector<std::string>{"polar_usage_events_default"});
  CHECK(Ask(retention.Prune(kBegin.PlusSeconds(20 * kDay), 100)) == 1);
  CHECK(PartsWithRows(*runner).empty());
}

TEST_CASE("what has become of an event is told by its id and by its row") {
  const auto store = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres))->ForTenant("one");
  Ask(store->AddUsageBatch({Usage(kAlice, "a", kBegin), Usage(kAlice, "b", kBegin), Usage(kAlice, "c", kBegin)}));
  const auto due = DueUsage(*store, kBegin, 10);
  REQUIRE(due.size() == 3);
  Ask(store->MarkUsageReported({due[0].row}, kBegin.PlusSeconds(1), true));
  Ask(store->MarkUsageFailed({due[1].row}, "not now", kBegin.PlusSeconds(9), kBegin));
  Ask(store->MarkUsageRefused(due[2].row, "no", std::nullopt, kBegin.PlusSeconds(2)));

  const UsageFate reported = *Ask(store->FindUsage(kAlice, "a"));
  CHECK(reported.reported_at == kBegin.PlusSeconds(1));
  CHECK(reported.was_duplicate == true);
  CHECK_FALSE(reported.next_attempt_at.has_value());
  const UsageFate waiting = *Ask(store->FindUsage(kAlice, "b"));
  CHECK(waiting.next_attempt_at == kBegin.PlusSeconds(9));
  CHECK(waiting.error == "not now");
  CHECK(waiting.usage.attempts == 1);
  const UsageFate parked = *Ask(store->FindUsageRow(due[2].row));
  CHECK(parked.usage.external_id == "c");
  CHECK(parked.parked_at == kBegin.PlusSeconds(2));
  CHECK(parked.usage.refusals == 1);
  CHECK_FALSE(Ask(store->FindUsage(kAcme, "a")).has_value());
  CHECK_FALSE(Ask(store->FindUsageRow(due[2].row + 100)).has_value());
}

TEST_CASE("what was recorded since a time is read subject by subject, each event once, whatever the page") {
  const auto store = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres))->ForTenant("one");
  std::vector<UsageRow> rows;
  for (int i = 0; i < 7; ++i) {
    rows.push_back(Usage(i % 2 == 0 ? kAlice : kAcme, std::to_string(i), kBegin.PlusSeconds(i / 3)));
  }
  rows.push_back(Usage(kAlice, "early", kBegin.PlusSeconds(-kDay)));
  Ask(store->AddUsageBatch(std::move(rows)));

  std::vector<std::string> seen;
  for (UsageRow after;;) {
    const auto page = Ask(store->ReadUsage(kBegin, after, 2));
    for (const UsageFate& fate : page) seen.push_back(fate.usage.external_id);
    if (page.size() < 2) break;
    after = page.back().usage;
  }

  std::sort(seen.begin(), seen.end());
  CHECK(seen == std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6"});
}
