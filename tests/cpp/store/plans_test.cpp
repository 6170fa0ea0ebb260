// How either engine goes about every statement of the store, in a database of a million webhooks and four million usage
// events: never through a whole table, nor through all that a tenant has.
//
// Every function of the stores is called once over a connection that writes down what is prepared, and the sources are
// read for statements that this has missed. The statistics are those of a few rows, multiplied; rows_test.cpp has real
// rows.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

#include "catch.h"
#include "engines.h"
#include "hand_clock.h"
#include "plans.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

TEST_CASE("no statement goes through a whole table or all of a tenant's rows, with the statistics of millions") {
  const SqlEngine engine = GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres);
  const HandClock clock;
  const auto runner = OpenShared(engine, clock);
  std::set<std::string> texts = StatementsOn(runner);
  if (engine == SqlEngine::kSqlite) texts.merge(StatementsOn(OpenRunner(engine)));  // of one server's alone
  CHECK(texts.size() > 80);
  // SQLite is not analyzed by anybody until an operator does it: both must do.
  if (engine == SqlEngine::kSqlite) CheckPlans(runner, engine, texts);
  Fill(*runner, 1'000);
  Analyze(*runner, engine, 1'000);

  CheckPlans(runner, engine, texts);
}

TEST_CASE("no statement of the sources is missing among those whose plans are checked") {
  std::set<std::string> texts;
  for (const SqlEngine engine : {SqlEngine::kSqlite, SqlEngine::kPostgres})
    texts.merge(StatementsOn(OpenRunner(engine)));
  const HandClock clock;
  texts.merge(StatementsOn(OpenShared(SqlEngine::kSqlite, clock)));
  int found = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(PLINTO_POLAR_SOURCE "/cpp/server/store")) {
    const std::string name = file.path().filename().string();
    if (!name.ends_with(".cpp") || name == "migrations.cpp" || name == "locks.cpp" || name == "postgres_pool.cpp")
      continue;
    std::ifstream stream(file.path());
    const std::string source{std::istreambuf_iterator<char>(stream), {}};
    const std::regex statement("\"((?:SELECT|INSERT|UPDATE|DELETE|WITH) [^\"]+)\"");
    for (std::sregex_iterator at(source.begin(), source.end(), statement), end; at != end; ++at) {
      const std::string begin = (*at)[1];
      ++found;
      INFO(name << ": " << begin);
      const bool is_known = std::any_of(texts.begin(), texts.end(),
                                        [&](const std::string& text) { return text.find(begin) != std::string::npos; });
      CHECK(is_known);
    }
  }
  CHECK(found > 70);
}
