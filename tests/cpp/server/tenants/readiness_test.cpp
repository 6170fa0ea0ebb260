// Whoever asks whether the server is ready costs it no more than one write a second, and is answered in any case.
#include "server/tenants/readiness.h"

#include <boost/asio/io_context.hpp>

#include "event_loop.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

/// Hands jobs to SQLite when it is told to.
class HeldRunner final : public SqlRunner {
 public:
  void Submit(SqlAccess access, Job job, Finished finished) override {
    ++submitted;
    held_ = [this, access, job = std::move(job), finished = std::move(finished)] {
      sqlite->Submit(access, job, finished);
    };
    if (!is_holding) Release();
  }
  void Release() {
    std::exchange(held_, [] {})();
  }

  std::shared_ptr<SqlRunner> sqlite = *SqliteWriter::Open(":memory:", SqliteWriter::Mode::kInline);
  int submitted = 0;
  bool is_holding = false;

 private:
  std::function<void()> held_ = [] {};
};

struct Probed {
  /// What each of so many is answered, who ask at the same time.
  std::vector<std::string> Ask(int times) {
    std::vector<std::string> answers;
    testing::RunOn(loop, [&]() -> Task<void> {
      testing::Event all(loop);
      for (int i = 0; i < times; ++i) {
        testing::Start(loop, readiness.Ask(), [&](std::string answer) {
          answers.push_back(std::move(answer));
          if (std::ssize(answers) == times) all.Set();
        });
      }
      co_await all.Wait();
    }());
    loop.restart();
    return answers;
  }

  std::shared_ptr<HeldRunner> runner = std::make_shared<HeldRunner>();
  std::unique_ptr<Store> store = Database(runner).ForTenant(kDefaultTenant);
  boost::asio::io_context loop;
  Readiness readiness{loop.get_executor(), *store};
};

}  // namespace

TEST_CASE("however many ask within a second, one row is written") {
  Probed probed;

  CHECK(probed.Ask(50) == std::vector<std::string>(50, ""));
  CHECK(probed.Ask(50) == std::vector<std::string>(50, ""));

  CHECK(probed.runner->submitted == 1);
}

TEST_CASE("a store that takes no writes is not ready, and one that answers nothing is told of while it does not") {
  Probed probed;
  const auto run = [&](const char* sql) {
    probed.runner->sqlite->Submit(
        SqlAccess::kWrite, [sql](SqlConnection& db) { Query(db, sql).Run(); },
        [](const std::string* failure) { REQUIRE(failure == nullptr); });
  };
  run("CREATE TRIGGER full BEFORE INSERT ON job_progress BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
  CHECK(probed.Ask(1) == std::vector<std::string>{"the database takes no writes"});

  Probed silent;
  silent.runner->is_holding = true;
  CHECK(silent.Ask(3) == std::vector<std::string>(3, "the database does not answer"));
  CHECK(silent.runner->submitted == 1);
  silent.runner->Release();
  testing::RunOn(silent.loop, silent.readiness.Stop());
  silent.loop.restart();
  CHECK(silent.Ask(1) == std::vector<std::string>{""});
}
