// One server for one SQLite file: two would work off the same queues, and report usage twice.
//
// A lock of the kernel's on the file itself, held as long as the process lives, however it ends. SQLite's own locks are
// of another kind (fcntl), which this one leaves alone. The commands beside a server do not take it: what they do is
// one transaction, which the server waits for.
#pragma once

#include <memory>
#include <string>

#include "core/foundation/result.h"

namespace plinto::polar::server {

class SqliteLock {
 public:
  /// Take it before the database is opened, and give it up after it was closed. A file that is not there is created,
  /// for its owner only. Errors: CONFLICT when another server has it; STORE_FAILED.
  [[nodiscard]] static Result<std::unique_ptr<SqliteLock>> Take(const std::string& path);
  ~SqliteLock();
  SqliteLock(const SqliteLock&) = delete;
  SqliteLock& operator=(const SqliteLock&) = delete;

 private:
  explicit SqliteLock(int file) : file_(file) {}
  int file_;
};

}  // namespace plinto::polar::server
