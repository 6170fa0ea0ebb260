#include "server/store/engines/sqlite_writer.h"

#include <chrono>
#include <optional>
#include <vector>

#include "server/store/engines/migrations.h"

namespace plinto::polar::server {
namespace {

// Enough to share one fsync among many requests, few enough to keep each one's latency low.
constexpr std::size_t kMaxGroup = 512;
// Where several write at a time, a commit waits for those who are about to: they share its fsync and its pages. Who
// writes alone does not wait.
constexpr std::chrono::microseconds kGather(1'000);

void Migrate(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  const std::vector<std::string> steps = MigrationsFor(SqlEngine::kSqlite);
  if (version > static_cast<int>(steps.size())) {
    throw std::runtime_error("the database was written by a newer version of this server");
  }
  for (std::size_t i = static_cast<std::size_t>(version); i < steps.size(); ++i) {
    database.exec(steps[i]);
  }
  database.exec("PRAGMA user_version = " + std::to_string(steps.size()));
  transaction.commit();
}

}  // namespace

Result<std::unique_ptr<SqliteWriter>> SqliteWriter::Open(const std::string& path, Mode mode,
                                                         const Clock* shared_clock) {
  try {
    auto connection = std::make_unique<SqliteConnection>(path, shared_clock);
    Migrate(connection->database());
    std::unique_ptr<SqliteWriter> writer(new SqliteWriter(std::move(connection), mode));
    if (mode == Mode::kThread && path != ":memory:" && shared_clock == nullptr) {
      writer->reader_ = std::make_unique<SqliteConnection>(path);
      writer->long_reads_ = std::make_unique<SqliteLongReads>(path);
    }
    return writer;
  } catch (const std::exception& problem) {
    return Error{.code = ErrorCode::kStoreFailed,
                 .message = "The database `" + path + "` cannot be opened: " + problem.what() +
                            ". Check DATABASE_URL, the folder and its permissions."};
  }
}

SqliteWriter::SqliteWriter(std::unique_ptr<SqliteConnection> connection, Mode mode)
    : connection_(std::move(connection)) {
  if (mode == Mode::kThread) thread_ = std::thread([this] { Loop(); });
}

SqliteWriter::~SqliteWriter() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void SqliteWriter::Submit(SqlAccess access, Job job, Finished finished) {
  if (access == SqlAccess::kLongRead && long_reads_ != nullptr) {
    long_reads_->Submit(std::move(job), std::move(finished));
    return;
  }
  if (!thread_.joinable()) {
    std::deque<Entry> group;
    group.push_back({std::move(job), std::move(finished), {}});
    RunGroup(std::move(group));
    return;
  }
  std::deque<Entry> expired;
  {
    const std::lock_guard lock(mutex_);
    // The writer's own thread may be waiting for the disk: whoever comes sees to those before.
    expired = TakeExpired();
    waiting_.push_back({std::move(job), std::move(finished), std::chrono::steady_clock::now()});
  }
  wake_.notify_one();
  Refuse(expired);
}

std::deque<SqliteWriter::Entry> SqliteWriter::TakeExpired() {
  std::deque<Entry> expired;
  const auto now = std::chrono::steady_clock::now();
  while (!waiting_.empty() && waiting_.front().since + kPatience <= now) {
    expired.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return expired;
}

void SqliteWriter::Refuse(const std::deque<Entry>& expired) {
  const std::string reason = "the disk did not take what was to be written before in time";
  for (const Entry& entry : expired) entry.finished(&reason);
}

bool SqliteWriter::TryRead(const Job& job) {
  if (reader_ == nullptr) return false;
  const std::lock_guard lock(reader_mutex_);
  // One transaction: all statements of the job see the same moment.
  SqliteTransaction transaction(*reader_, "BEGIN");
  job(*reader_);
  transaction.Commit();
  return true;
}

void SqliteWriter::Loop() {
  bool had_company = false;
  for (;;) {
    std::deque<Entry> group;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (had_company && !stopping_) {
        lock.unlock();
        std::this_thread::sleep_for(kGather);
        lock.lock();
      }
      if (waiting_.empty()) return;  // stopping, and everything that was submitted is committed
      while (!waiting_.empty() && group.size() < kMaxGroup) {
        group.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    had_company = group.size() > 1;
    RunGroup(std::move(group));
  }
}

void SqliteWriter::RunGroup(std::deque<Entry> group) {
  std::vector<std::optional<std::string>> failures(group.size());
  try {
    SqliteTransaction transaction(*connection_, "BEGIN IMMEDIATE");
    if (group.size() == 1) group.front().job(*connection_);  // fails alone, by the transaction
    for (std::size_t i = 0; group.size() > 1 && i < group.size(); ++i) {
      connection_->Prepare("SAVEPOINT job").Run();
      try {
        group[i].job(*connection_);
      } catch (const std::exception& problem) {
        failures[i] = problem.what();
        connection_->Prepare("ROLLBACK TO job").Run();
      }
      connection_->Prepare("RELEASE job").Run();
    }
    transaction.Commit();
  } catch (const std::exception& problem) {
    for (auto& failure : failures) {
      if (!failure) failure = problem.what();
    }
  }
  for (std::size_t i = 0; i < group.size(); ++i) group[i].finished(failures[i] ? &*failures[i] : nullptr);
}

}  // namespace plinto::polar::server
