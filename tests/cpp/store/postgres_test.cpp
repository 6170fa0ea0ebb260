// What only PostgreSQL can be asked for: several servers at once, lost connections, and the same schema as SQLite's.
#include "../awaiting.h"
#include "../due.h"
#include "engines.h"

#include <sys/types.h>
#include <csignal>

#include <algorithm>
#include <future>
#include <set>
#include <thread>

#include "people.h"
#include "server/store/engines/migrations.h"
#include "server/store/engines/postgres_connection.h"
#include "server/store/engines/postgres_pool.h"
#include "server/store/engines/run_on.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

std::unique_ptr<Database> OpenAt(const std::string& url) {
  auto opened = Database::OpenPostgres(url, 4);
  INFO((opened.ok() ? std::string() : opened.error().message));
  REQUIRE(opened.ok());
  return std::move(*opened);
}

UsageRow Usage(int number) {
  return {.subject = kAlice,
          .external_id = "e-" + std::to_string(number),
          .event_name = "call",
          .properties = "{}",
          .created_at = kNow};
}

}  // namespace

TEST_CASE("servers that share a PostgreSQL store an event once, though all are told of it at the same time") {
  const std::string url = NewPostgres();
  const auto first = OpenAt(url)->ForTenant("acme");
  const auto second = OpenAt(url)->ForTenant("acme");
  std::vector<Task<Result<UsageRow>>> tasks;
  for (int i = 0; i < 100; ++i) {
    tasks.push_back(first->AddUsage(Usage(i % 10)));
    tasks.push_back(second->AddUsage(Usage(i % 10)));
  }

  std::set<std::int64_t> rows;
  for (const auto& result : AwaitAll(std::move(tasks))) {
    INFO((result.ok() ? std::string() : result.error().details));
    REQUIRE(result.ok());
    rows.insert(result->row);
  }

  CHECK(rows.size() == 10);
}

TEST_CASE("an idempotency key that servers claim at the same time is given to one of them") {
  const std::string url = NewPostgres();
  const auto first = OpenAt(url)->ForTenant("acme");
  const auto second = OpenAt(url)->ForTenant("acme");
  std::vector<Task<Result<std::optional<IdempotencyRow>>>> tasks;
  for (int i = 0; i < 8; ++i) {
    tasks.push_back((i % 2 == 0 ? first : second)->ClaimIdempotencyKey({"actor", "key", "digest", ""}, kNow));
  }

  int free = 0;
  for (const auto& result : AwaitAll(std::move(tasks))) {
    REQUIRE(result.ok());
    if (!result->has_value()) ++free;
  }

  CHECK(free == 1);
}

TEST_CASE("rows that one server has taken are due to no other until its lease is over") {
  const std::string url = NewPostgres();
  const auto first = OpenAt(url)->ForTenant("acme");
  const auto second = OpenAt(url)->ForTenant("acme");
  for (int i = 0; i < 40; ++i) Ask(first->AddUsage(Usage(i)));
  std::vector<Task<Result<std::vector<UsageRow>>>> tasks;
  for (int i = 0; i < 4; ++i)
    tasks.push_back((i % 2 == 0 ? first : second)->ClaimUsage("claim " + std::to_string(i), kNow, 10));

  std::multiset<std::int64_t> taken;
  for (const auto& result : AwaitAll(std::move(tasks))) {
    REQUIRE(result.ok());
    for (const UsageRow& row : *result) taken.insert(row.row);
  }

  CHECK(std::set<std::int64_t>(taken.begin(), taken.end()).size() == taken.size());
  const auto rest = Ask(second->ClaimUsage("rest", kNow, 100));
  CHECK(taken.size() + rest.size() == 40);
  CHECK(Ask(second->ClaimUsage("another", kNow, 100)).empty());
  CHECK(Ask(second->ClaimUsage("later by its own clock", kNow.PlusSeconds(3'600), 100)).empty());
  PostgresConnection(url).Execute("UPDATE polar_usage_events SET claimed_until = claimed_until - 61000000");
  CHECK(Ask(second->ClaimUsage("once they have ended", kNow, 100)).size() == 40);
}

TEST_CASE("servers that start at the same time bring an empty PostgreSQL to the newest schema once") {
  const std::string url = NewPostgres();
  std::vector<std::thread> servers;
  std::vector<int> ready(4);
  for (int& one : ready) {
    servers.emplace_back([&url, &one] { one = Database::OpenPostgres(url, 1).ok() ? 1 : 0; });
  }
  for (std::thread& server : servers) server.join();

  CHECK(std::count(ready.begin(), ready.end(), 1) == 4);
}

TEST_CASE("a PostgreSQL of a newer version of this server is refused") {
  const std::string url = NewPostgres();
  static_cast<void>(OpenAt(url));
  PostgresConnection(url).Execute("INSERT INTO migrations (version) VALUES (1000)");

  const auto opened = Database::OpenPostgres(url, 1);

  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().message.find("newer version") != std::string::npos);
}

TEST_CASE("a connection that was cut is made anew, and the job is not lost") {
  const std::string url = NewPostgres() + "&application_name=to-be-cut";
  const auto store = OpenAt(url)->ForTenant("acme");
  for (int i = 0; i < 8; ++i) Ask(store->AddUsage(Usage(i)));
  PostgresConnection(url + "&application_name=surgeon")
      .Execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'to-be-cut'");

  for (int i = 8; i < 16; ++i) Ask(store->AddUsage(Usage(i)));

  CHECK(DueUsage(*store, kNow, 100).size() == 16);
}

TEST_CASE("a PostgreSQL that is frozen fails what it was asked in bounded time, and nothing waits for it any more") {
  const std::string url = NewPostgres();
  const auto pool = *PostgresPool::Open(url, 1, std::chrono::milliseconds(1'000));
  const auto ask = [&pool](const char* text) {
    const std::function<std::string(SqlConnection&)> job = [text](SqlConnection& db) {
      Query query(db, text);
      return query.Step() ? query.Text(0) : std::string();
    };
    return Await(RunOn<std::string>(*pool, job));
  };
  const Result<std::string> backend = ask("SELECT pg_backend_pid()");
  REQUIRE(backend.ok());
  const auto process = static_cast<pid_t>(std::stoi(*backend));

  REQUIRE(kill(process, SIGSTOP) == 0);
  const Result<std::string> silent = ask("SELECT 1");
  const Result<std::string> after = ask("SELECT 2");
  REQUIRE(kill(process, SIGCONT) == 0);

  REQUIRE_FALSE(silent.ok());
  CHECK(silent.error().code == ErrorCode::kStoreFailed);
  CHECK(silent.error().details == "PostgreSQL: it does not answer");
  // By a connection of its own.
  REQUIRE(after.ok());
  CHECK(*after == "2");
}

TEST_CASE("a job that no connection is free for in time is refused, while another is at work") {
  const auto pool = *PostgresPool::Open(NewPostgres(), 1, std::chrono::milliseconds(200));
  std::promise<void> begun;
  std::promise<void> may_end;
  std::promise<bool> has_failed;
  pool->Submit(
      SqlAccess::kRead,
      [&](SqlConnection&) {
        begun.set_value();
        may_end.get_future().wait();
      },
      [](const std::string*) {});
  begun.get_future().wait();
  pool->Submit(
      SqlAccess::kRead, [](SqlConnection&) {},
      [&](const std::string* failure) { has_failed.set_value(failure != nullptr); });
  std::future<bool> refused = has_failed.get_future();
  // Whoever comes sees to those before.
  while (refused.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready) {
    pool->Submit(
        SqlAccess::kRead, [](SqlConnection&) {}, [](const std::string*) {});
  }
  may_end.set_value();

  CHECK(refused.get());
}

TEST_CASE("a PostgreSQL that is not there is told of, without the password") {
  const auto opened = Database::OpenPostgres("postgres://user:hunter2@127.0.0.1:1/nothing", 1);

  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == ErrorCode::kStoreFailed);
  CHECK(opened.error().message.find("hunter2") == std::string::npos);
  CHECK(opened.error().message.find("Check DATABASE_URL") != std::string::npos);
}

TEST_CASE("a text with a NUL is refused, not cut short") {
  const auto store = OpenEmpty(SqlEngine::kPostgres)->ForTenant("acme");
  UsageRow usage = Usage(1);
  usage.event_name = std::string("a\0b", 3);

  CHECK_FALSE(Await(store->AddUsage(usage)).ok());
  CHECK(DueUsage(*store, kNow, 10).empty());
}

TEST_CASE(
    "PostgreSQL and SQLite have the same tables and columns, and every key of PostgreSQL begins with the tenant") {
  const std::string url = NewPostgres();
  static_cast<void>(OpenAt(url));
  SqliteConnection sqlite(":memory:");
  for (const std::string& step : MigrationsFor(SqlEngine::kSqlite)) sqlite.database().exec(step);
  PostgresConnection postgres(url);

  std::string columns;
  Query query(sqlite,
              "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
              " AND m.name <> 'sqlite_sequence'"
              " ORDER BY 1");
  while (query.Step()) columns += (columns.empty() ? "" : ",") + query.Text(0);

  CHECK(postgres.Execute(
            "SELECT string_agg(n, ',' ORDER BY n COLLATE \"C\") FROM (SELECT table_name || '.' || column_name AS n"
            " FROM information_schema.columns WHERE table_schema = current_schema()"
            " AND table_name <> 'migrations' AND table_name <> 'polar_usage_ids'"
            " AND NOT (SELECT relispartition FROM pg_class WHERE oid = table_name::regclass)) AS t") == columns);
  // Of a part's age only the least and the greatest of a block's rows are known, for all tenants.
  CHECK(postgres.Execute("SELECT string_agg(indexrelid::regclass::text, ',') FROM pg_index i JOIN pg_class c ON"
                         " c.oid = i.indrelid WHERE pg_get_indexdef(indexrelid) NOT LIKE '% USING brin %' AND "
                         "c.relnamespace = current_schema()::regnamespace"
                         " AND c.relname NOT IN ('tenants', 'migrations')"
                         " AND pg_get_indexdef(indexrelid, 1, true) <> 'tenant'") == std::nullopt);
}
