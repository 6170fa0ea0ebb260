// Runs the store's jobs, each in a transaction. Real: sqlite_writer.h (one writer), postgres_pool.h (several).
#pragma once

#include <functional>
#include <string>

#include "server/store/sql.h"

namespace plinto::polar::server {

class SqlRunner {
 public:
  /// May run more than once, each time from the start, before it is committed: it keeps its captures and overwrites
  /// what it returned before.
  using Job = std::function<void(SqlConnection&)>;
  /// `failure` is null once the job is committed to disk. Called on a thread of the runner's.
  using Finished = std::function<void(const std::string* failure)>;

  virtual ~SqlRunner() = default;
  virtual void Submit(Job job, Finished finished) = 0;
};

}  // namespace plinto::polar::server
