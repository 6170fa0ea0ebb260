// One SQLite file, one connection, one thread: jobs that wait together are committed together.
//
// WAL and synchronous=FULL: a commit has reached the disk when it returns. Each job runs in a savepoint of its own, so
// one that fails takes nothing with it; if the commit itself fails, every job of the group has failed. A job that was
// not begun within ten seconds is refused: a disk that hangs cannot be interrupted. Reads need not wait for any of it:
// TryRead(), and sqlite_long_reads.h for those that take long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "core/foundation/result.h"
#include "server/store/engines/sql_runner.h"
#include "server/store/engines/sqlite_connection.h"
#include "server/store/engines/sqlite_long_reads.h"

namespace plinto::polar::server {

class SqliteWriter final : public SqlRunner {
 public:
  enum class Mode : std::uint8_t {
    kThread,  ///< jobs run on the writer's thread
    kInline,  ///< jobs run and commit within Submit: for tests and simulated time
  };

  /// Opens or creates the file and brings it to the newest schema, under SQLite's own lock. With a clock, several
  /// servers use what is opened here, and share their work by it: in simulations. Errors: STORE_FAILED, with SQLite's
  /// reason.
  [[nodiscard]] static Result<std::unique_ptr<SqliteWriter>> Open(const std::string& path, Mode mode,
                                                                  const Clock* shared_clock = nullptr);
  ~SqliteWriter() override;

  void Submit(SqlAccess access, Job job, Finished finished) override;
  /// On a connection of its own, beside the writer: in a file in WAL mode nobody waits for the other.
  bool TryRead(const Job& job) override;

 private:
  struct Entry {
    Job job;
    Finished finished;
    std::chrono::steady_clock::time_point since;
  };
  static constexpr std::chrono::seconds kPatience{10};

  SqliteWriter(std::unique_ptr<SqliteConnection> connection, Mode mode);
  void Loop();
  /// Takes out those that have waited for too long.
  [[nodiscard]] std::deque<Entry> TakeExpired();
  static void Refuse(const std::deque<Entry>& expired);
  void RunGroup(std::deque<Entry> group);

  std::unique_ptr<SqliteConnection> connection_;
  std::unique_ptr<SqliteConnection> reader_;     ///< none where all is done by the writer: in memory, inline, shared
  std::unique_ptr<SqliteLongReads> long_reads_;  ///< the same
  std::mutex reader_mutex_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace plinto::polar::server
