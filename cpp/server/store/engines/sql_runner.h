// Runs the store's jobs, each in a transaction. Real: sqlite_writer.h (one writer), postgres_pool.h (several).
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "server/store/engines/sql.h"

namespace plinto::polar::server {

/// What a job may do.
enum class SqlAccess : std::uint8_t {
  kRead,      ///< all its statements see the same moment
  kLongRead,  ///< the same, and it may take seconds: it does not hold up what is short
  kWrite,     ///< each of its statements sees what is committed when it begins
};

class SqlRunner {
 public:
  /// May run more than once, each time from the start, before it is committed: it keeps its captures and overwrites
  /// what it returned before.
  using Job = std::function<void(SqlConnection&)>;
  /// `failure` is null once the job is committed to disk. Called on a thread of the runner's.
  using Finished = std::function<void(const std::string* failure)>;

  virtual ~SqlRunner() = default;
  virtual void Submit(SqlAccess access, Job job, Finished finished) = 0;
  /// Runs a job that only reads at once, on the caller's thread, over what is committed. False where the engine has to
  /// be waited for: then it was not run, and is to be submitted. Throws what the job throws.
  virtual bool TryRead(const Job&) { return false; }
};

}  // namespace plinto::polar::server
