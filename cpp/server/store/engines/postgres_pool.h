// PostgreSQL by a few threads, each with a connection of its own: a job is one transaction on whichever is free.
//
// Jobs that write take locks in one order and wait for each other (sql/locks.h). What gets in each other's way all the
// same is rolled back and tried again after a random pause, until its deadline; no thread sleeps meanwhile. Why so:
// docs/decisions/server/store-conflicts.md. A connection is made when a job needs it, and made anew when it was lost; a
// job whose COMMIT was not answered is not repeated, it has failed. A PostgreSQL that answers nothing fails each job
// within ten seconds or so, and none waits for a connection for longer than its patience.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/foundation/result.h"
#include "server/base/system_random.h"
#include "server/store/engines/sql_runner.h"

namespace plinto::polar::server {

class PostgresConnection;

class PostgresPool final : public SqlRunner {
 public:
  /// How long a job may get in others' way before its caller hears of it. The last try may wait for a lock for another
  /// three seconds (postgres_connection.cpp): nine together, as long as a request has for Plinto and Polar.
  static constexpr std::chrono::milliseconds kPatience{6'000};
  /// How long after the patience the last answer may come: nine and a half seconds after the job was submitted, so that
  /// its caller hears of it within ten, as long as a request lasts. A statement that begins late has as long
  /// (postgres_connection.h).
  static constexpr std::chrono::milliseconds kLastAnswer{3'500};

  /// Brings the database to the newest schema, one server at a time, and starts the threads.
  /// Errors: STORE_FAILED, with PostgreSQL's reason.
  [[nodiscard]] static Result<std::unique_ptr<PostgresPool>> Open(const std::string& url, int connections,
                                                                  std::chrono::milliseconds patience = kPatience);
  /// Waits for what was submitted, which has its deadlines.
  ~PostgresPool() override;

  void Submit(SqlAccess access, Job job, Finished finished) override;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Entry {
    SqlAccess access;
    Job job;
    Finished finished;
    Time deadline;  ///< no try begins later
    int conflicts = 0;
  };
  struct Failure {
    std::string reason;
    bool is_conflict = false;         ///< another transaction was in the way
    bool had_old_connection = false;  ///< which was lost before the job was committed, and not by waiting in vain
  };

  PostgresPool(std::string url, int connections, std::chrono::milliseconds patience);
  void Loop();
  /// Takes out those whose deadline has passed without a connection for them.
  [[nodiscard]] std::vector<Entry> TakeExpired();
  static void Refuse(const std::vector<Entry>& expired);
  /// The next entry when its time has come; none when the pool stops and nothing is left.
  [[nodiscard]] std::optional<Entry> Take();
  /// The first that may be tried but for its time: of long reads, only a few at once.
  [[nodiscard]] std::multimap<Time, Entry>::iterator FindNext();
  void EndLongRead();
  [[nodiscard]] std::optional<Failure> Try(std::unique_ptr<PostgresConnection>& connection, const Entry& entry) const;
  /// False, and the entry stays the caller's, when its deadline comes first.
  [[nodiscard]] bool TryLater(Entry& entry);

  std::string url_;
  std::chrono::milliseconds patience_;
  SystemRandom random_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<Time, Entry> waiting_;  ///< by when they may be tried
  int long_reads_ = 0;                  ///< that are being tried
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace plinto::polar::server
