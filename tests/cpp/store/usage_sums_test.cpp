// Sums of usage are read beside what is written: they wait for no writer, and hold none up.
#include <filesystem>
#include <future>
#include <latch>

#include "../awaiting.h"
#include "engines.h"
#include "people.h"
#include "server/store/engines/postgres_pool.h"
#include "server/store/engines/sqlite_writer.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

namespace fs = std::filesystem;

UsageRow Usage(const std::string& id, const std::string& properties) {
  return {.subject = kAlice,
          .external_id = id,
          .event_name = "call",
          .quantity = *Decimal::Parse("0.1"),
          .properties = properties,
          .created_at = kNow};
}

/// Occupies whoever writes until it is released.
std::future<void> Occupy(SqlRunner& runner, std::latch& entered, std::latch& release) {
  auto told = std::make_shared<std::promise<void>>();
  std::future<void> ended = told->get_future();
  runner.Submit(
      SqlAccess::kWrite,
      [&](SqlConnection&) {
        entered.count_down();
        release.wait();
      },
      [told](const std::string*) { told->set_value(); });
  return ended;
}

}  // namespace

TEST_CASE("while the writer is busy, sums of usage are answered all the same, and nothing is written by them") {
  const SqlEngine engine = GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres);
  std::string folder = (fs::temp_directory_path() / "plinto-polar-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  {
    std::shared_ptr<SqlRunner> runner;
    if (engine == SqlEngine::kSqlite) {
      runner = *SqliteWriter::Open(folder + "/sums.db", SqliteWriter::Mode::kThread);
    } else {
      runner = *PostgresPool::Open(NewPostgres(), 4);
    }
    SqlStore store(runner, "one");
    Ask(store.AddUsageBatch({Usage("1", R"({"route":"/a"})"), Usage("2", R"({"route":"/a"})"), Usage("3", "{}")}));
    UsageSummaryRequest request{.subject = kAlice, .from = kNow, .to = kNow.PlusSeconds(1), .property = "route"};
    std::latch entered(1);
    std::latch release(1);
    const std::future<void> writing = Occupy(*runner, entered, release);
    // Also where the test fails: the runner waits for its jobs.
    const std::shared_ptr<void> at_end(nullptr, [&release](void*) { release.count_down(); });
    entered.wait();

    const auto sums = Ask(store.SummarizeUsage(request));

    CHECK(writing.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
    REQUIRE(sums.size() == 2);
    CHECK(sums[0].value == "/a");
    CHECK(sums[0].quantity.Text() == "0.2");
    CHECK_FALSE(sums[1].value.has_value());
    CHECK(sums[1].events == 1);
  }
  fs::remove_all(folder);
}
