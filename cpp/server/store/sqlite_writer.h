// One SQLite file, one connection, one thread: jobs that wait together are committed together.
//
// WAL and synchronous=FULL: a commit has reached the disk when it returns. Each job runs in a savepoint of its own, so
// one that fails takes nothing with it; if the commit itself fails, every job of the group has failed.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "core/foundation/result.h"

namespace plinto::polar::server {

/// A connection with its prepared statements.
class SqliteConnection {
 public:
  explicit SqliteConnection(const std::string& path);
  /// A statement ready to be bound; prepared once per text. Valid until the next use of the same text.
  SQLite::Statement& Prepare(const char* sql);
  SQLite::Database& database() { return database_; }

 private:
  SQLite::Database database_;
  std::map<const char*, SQLite::Statement> statements_;
};

class SqliteWriter {
 public:
  enum class Mode : std::uint8_t {
    kThread,  ///< jobs run on the writer's thread
    kInline,  ///< jobs run and commit within Submit: for tests and simulated time
  };

  /// Opens or creates the file and brings it to the newest schema, under SQLite's own lock.
  /// Errors: STORE_FAILED, with SQLite's reason.
  [[nodiscard]] static Result<std::unique_ptr<SqliteWriter>> Open(const std::string& path, Mode mode);
  ~SqliteWriter();

  /// Runs `job` in a transaction and then, once it is on disk, `done(null)`; or `done(reason)` when it failed.
  /// `done` is called on the writer's thread.
  void Submit(std::function<void(SqliteConnection&)> job, std::function<void(const std::string* failure)> done);

 private:
  struct Entry {
    std::function<void(SqliteConnection&)> job;
    std::function<void(const std::string*)> done;
  };

  SqliteWriter(std::unique_ptr<SqliteConnection> connection, Mode mode);
  void Loop();
  void RunGroup(std::deque<Entry> group);

  std::unique_ptr<SqliteConnection> connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace plinto::polar::server
