// Reads of one SQLite file that may take seconds: one thread with a connection of its own, beside the writer and beside
// the reads that do not wait.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "server/store/engines/sql_runner.h"
#include "server/store/engines/sqlite_connection.h"

namespace plinto::polar::server {

class SqliteLongReads {
 public:
  /// Opens nothing until the first job.
  explicit SqliteLongReads(std::string path) : path_(std::move(path)) {}
  /// Breaks off what is being read: who waits for it is told that it failed.
  ~SqliteLongReads();

  void Submit(SqlRunner::Job job, SqlRunner::Finished finished);

 private:
  struct Entry {
    SqlRunner::Job job;
    SqlRunner::Finished finished;
  };
  void Loop();
  void Run(const Entry& entry);

  std::string path_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> waiting_;
  std::unique_ptr<SqliteConnection> connection_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace plinto::polar::server
