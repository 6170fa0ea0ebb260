// A simulation's database that the test can break: triggers of its own refuse what a full disk or an odd row would.
#pragma once

#include <memory>

#include "server/store/engines/run_on.h"
#include "server/store/engines/sqlite_writer.h"
#include "simulation.h"

namespace plinto::polar::server {

class BreakableDatabase {
 public:
  /// Installs the simulation's service anew, on this database.
  explicit BreakableDatabase(Simulation& simulation)
      : simulation_(simulation), runner_(*SqliteWriter::Open(":memory:", SqliteWriter::Mode::kInline)) {
    simulation.service.reset();
    simulation.database = std::make_unique<Database>(runner_);
    simulation.store = simulation.database->ForTenant(kDefaultTenant);
    simulation.Restart({});
  }

  void Run(const char* sql) {
    REQUIRE(simulation_
                .Await(RunOn<Done>(*runner_,
                                   [sql](SqlConnection& connection) {
                                     Query(connection, sql).Run();
                                     return Done{};
                                   }))
                .ok());
  }

 private:
  Simulation& simulation_;
  std::shared_ptr<SqlRunner> runner_;
};

}  // namespace plinto::polar::server
