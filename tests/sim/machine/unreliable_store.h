// The one database of all servers as one process reaches it: it may be slow, refuse, or commit and lose the answer.
//
// Stands below the product's own stores, so that every statement of theirs goes through it. A crash of the process
// drops what was not committed; what was committed stays, whether or not anybody has heard.
#pragma once

#include <memory>

#include "machine/process.h"
#include "machine/weather.h"
#include "server/store/engines/sql_runner.h"

namespace plinto::polar::sim {

class UnreliableStore final : public server::SqlRunner {
 public:
  /// `committed` is called after each write that has reached the database. All outlive this.
  UnreliableStore(std::shared_ptr<server::SqlRunner> database, Process& process, const Weather& weather, Dice& dice,
                  std::function<void()> committed)
      : database_(std::move(database)),
        process_(process),
        weather_(weather),
        dice_(dice),
        committed_(std::move(committed)) {}

  void Submit(server::SqlAccess access, Job job, Finished finished) override;

 private:
  void Run(server::SqlAccess access, const Job& job, const Finished& finished);

  std::shared_ptr<server::SqlRunner> database_;
  Process& process_;
  const Weather& weather_;
  Dice& dice_;
  std::function<void()> committed_;
};

}  // namespace plinto::polar::sim
