// A read that takes long holds up neither what is written nor what is read beside it.
#include <filesystem>
#include <future>
#include <latch>

#include "../awaiting.h"
#include "engines.h"
#include "server/store/engines/postgres_pool.h"
#include "server/store/engines/run_on.h"
#include "server/store/engines/sqlite_writer.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

namespace fs = std::filesystem;

/// Submits a job, and tells when it has ended and with which failure.
std::future<std::string> Submit(SqlRunner& runner, SqlAccess access, SqlRunner::Job job) {
  auto told = std::make_shared<std::promise<std::string>>();
  std::future<std::string> ended = told->get_future();
  runner.Submit(access, std::move(job),
                [told](const std::string* failure) { told->set_value(failure == nullptr ? "" : *failure); });
  return ended;
}

SqlRunner::Job Counting(int& count) {
  return [&count](SqlConnection& connection) {
    SqlStatement& query = connection.Prepare("SELECT count(*) FROM tenants");
    if (query.Step()) count = static_cast<int>(query.Integer(0));
    query.Reset();
  };
}

SqlRunner::Job Waiting(std::latch& entered, std::latch& release) {
  return [&](SqlConnection& connection) {
    int seen = 0;
    Counting(seen)(connection);
    entered.count_down();
    release.wait();
  };
}

}  // namespace

TEST_CASE("over SQLite, long reads have a thread and a connection of their own") {
  std::string folder = (fs::temp_directory_path() / "plinto-polar-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  {
    const auto runner = *SqliteWriter::Open(folder + "/long.db", SqliteWriter::Mode::kThread);
    std::latch entered(1);
    std::latch release(1);
    auto long_read = Submit(*runner, SqlAccess::kLongRead, Waiting(entered, release));
    entered.wait();

    auto write = Submit(*runner, SqlAccess::kWrite, [](SqlConnection& connection) {
      connection.Prepare("INSERT INTO tenants (id, settings, created_at, updated_at) VALUES ('one', '', 0, 0)").Run();
    });
    CHECK(write.get().empty());
    int seen = 0;
    CHECK(runner->TryRead(Counting(seen)));
    CHECK(seen == 1);

    release.count_down();
    CHECK(long_read.get().empty());
    auto refused = Submit(*runner, SqlAccess::kLongRead, [](SqlConnection&) { throw std::runtime_error("broken"); });
    CHECK(refused.get() == "broken");
  }
  fs::remove_all(folder);
}

TEST_CASE("over SQLite, a stop breaks a long read off, and whoever waits is told") {
  std::string folder = (fs::temp_directory_path() / "plinto-polar-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  std::future<std::string> endless;
  std::future<std::string> behind;
  {
    const auto runner = *SqliteWriter::Open(folder + "/long.db", SqliteWriter::Mode::kThread);
    std::latch entered(1);
    endless = Submit(*runner, SqlAccess::kLongRead, [&entered](SqlConnection& connection) {
      SqlStatement& query = connection.Prepare(
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i % 2 = 0");
      query.Step();
      entered.count_down();
      while (query.Step()) {
      }
    });
    int seen = 0;
    behind = Submit(*runner, SqlAccess::kLongRead, Counting(seen));
    entered.wait();
  }
  CHECK(endless.get().find("interrupt") != std::string::npos);
  CHECK(behind.get().find("stopping") != std::string::npos);
  fs::remove_all(folder);
}

TEST_CASE("over PostgreSQL, two long reads at a time leave the other connections to what is short") {
  const auto runner = *PostgresPool::Open(NewPostgres(), 4);
  std::latch two(2);
  std::latch release(1);
  std::latch third_entered(1);
  auto first = Submit(*runner, SqlAccess::kLongRead, Waiting(two, release));
  auto second = Submit(*runner, SqlAccess::kLongRead, Waiting(two, release));
  two.wait();
  auto third = Submit(*runner, SqlAccess::kLongRead, Waiting(third_entered, release));

  int seen = 1;
  for (int i = 0; i < 8; ++i) CHECK(Submit(*runner, SqlAccess::kRead, Counting(seen)).get().empty());
  CHECK(seen == 0);
  CHECK_FALSE(third_entered.try_wait());

  release.count_down();
  CHECK(first.get().empty());
  CHECK(second.get().empty());
  CHECK(third.get().empty());
  CHECK(third_entered.try_wait());
}
