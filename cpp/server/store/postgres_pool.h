// PostgreSQL by a few threads, each with a connection of its own: a job is one transaction on whichever is free.
//
// Transactions are REPEATABLE READ: one that would overwrite what it has not seen fails instead, and is run again. So
// the same statements are right with one writer (SQLite) and with several servers. A connection is made when a job
// needs it, and made anew when it was lost; a job whose COMMIT was not answered is not repeated, it has failed.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/foundation/result.h"
#include "server/store/sql_runner.h"

namespace plinto::polar::server {

class PostgresConnection;

class PostgresPool final : public SqlRunner {
 public:
  /// Brings the database to the newest schema, one server at a time, and starts the threads.
  /// Errors: STORE_FAILED, with PostgreSQL's reason.
  [[nodiscard]] static Result<std::unique_ptr<PostgresPool>> Open(const std::string& url, int connections);
  /// Waits for what was submitted.
  ~PostgresPool() override;

  void Submit(Job job, Finished finished) override;

 private:
  struct Entry {
    Job job;
    Finished finished;
  };

  PostgresPool(std::string url, int connections);
  void Loop();
  /// The reason why the job failed, if it did.
  [[nodiscard]] std::optional<std::string> Run(std::unique_ptr<PostgresConnection>& connection, const Job& job) const;

  std::string url_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> waiting_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace plinto::polar::server
