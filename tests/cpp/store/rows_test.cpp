// The same with real rows: a million webhooks and four million usage events. Minutes and gigabytes:
// `npm run test:full -- --only rows`.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "../awaiting.h"
#include "engines.h"
#include "plans.h"
#include "server/store/database.h"
#include "server/store/engines/sqlite_writer.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

/// A folder that is gone with this.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "plinto-polar-rows-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::shared_ptr<SqlRunner> OpenOnDisk(SqlEngine engine, const std::filesystem::path& folder) {
  if (engine == SqlEngine::kPostgres) return OpenRunner(engine);
  auto writer = SqliteWriter::Open((folder / "rows.db").string(), SqliteWriter::Mode::kInline);
  REQUIRE(writer.ok());
  return std::move(*writer);
}

void Tell(SqlEngine engine, const char* what, std::chrono::steady_clock::time_point began) {
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  // Not by std::cout, which Catch2 keeps for its report.
  std::printf("%-10s  %10.2f ms  %s\n", engine == SqlEngine::kSqlite ? "SQLite" : "PostgreSQL", took.count(), what);
  std::fflush(stdout);
}

template <class T>
T Timed(SqlEngine engine, const char* what, Task<Result<T>> task) {
  const auto began = std::chrono::steady_clock::now();
  T value = Ask(std::move(task));
  Tell(engine, what, began);
  return value;
}

}  // namespace

TEST_CASE("no statement goes through a whole table or all of a tenant's rows, with millions of rows", "[.][rows]") {
  const SqlEngine engine = GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres);
  const TemporaryFolder folder;
  const auto runner = OpenOnDisk(engine, folder.path());
  const std::set<std::string> texts = StatementsOn(runner);
  auto began = std::chrono::steady_clock::now();
  Fill(*runner, 1'000'000);
  Tell(engine, "filling", began);
  // SQLite is not analyzed by anybody until an operator does it: both must do.
  if (engine == SqlEngine::kSqlite) CheckPlans(runner, engine, texts);
  began = std::chrono::steady_clock::now();
  Analyze(*runner, engine, 1);
  Tell(engine, "ANALYZE", began);

  CheckPlans(runner, engine, texts);

  const Database database(runner);
  const auto store = database.ForTenant("acme");
  const auto notifications = database.NotificationsOf("acme");
  const Subject busy{Subject::Kind::kUser, "user_0"};
  const Timestamp first{1'700'000'000'000'000};
  const Timestamp end = first.PlusSeconds(5'000'000);
  const auto time = [engine](const char* what, auto task) { return Timed(engine, what, std::move(task)); };
  for (int i = 0; i < 3; ++i) {
    CHECK(time("Prune, 500 rows of each table", database.RetentionOf("acme").Prune(end, 500)) >= 1'500);
  }
  CHECK(time("ClaimUsage, 1,000 rows", store->ClaimUsage("claim", end, 1'000)).size() == 1'000);
  CHECK(time("ClaimWebhooks, 100 rows", store->ClaimWebhooks("claim", end, 100)).size() == 100);
  CHECK(time("ClaimEvent", store->ClaimEvent(WebhookSource::kPlinto, "claim", end)).has_value());
  CHECK(time("Claim, one notification", notifications->Claim("claim", end)).notification.has_value());
  CHECK(time("PruneTold, 500 rows of each table", database.RetentionOf("acme").PruneTold(end, 500)) == 1'000);
  CHECK(time("ListAttempts, 1,000 rows", notifications->ListAttempts(std::nullopt, 1'000, 0)).size() == 1'000);
  CHECK(time("ListParkedUsage, 1,000 rows", store->ListParkedUsage(1'000)).size() == 1'000);
  CHECK(time("ListParkedWebhooks, 1,000 rows", store->ListParkedWebhooks(1'000)).size() == 1'000);
  CHECK(time("CountQueues", database.CountQueues()).usage_parked > 0);
  const auto sums = time("SummarizeUsage, a million events of one subject",
                         store->SummarizeUsage({.subject = busy, .from = first, .to = end, .by_month = true}));
  std::int64_t events = 0;
  for (const UsageSummaryRow& row : sums) events += row.events;
  CHECK(events > 1'000'000);
  const Subject one{Subject::Kind::kUser, "user_7"};
  CHECK(time("ReadSubject", store->ReadSubject(one)).customer.has_value());
  CHECK(time("EraseSubject", store->EraseSubject(one, end)).customers == 1);
}
