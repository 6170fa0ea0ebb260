#include "server/store/sqlite_writer.h"

#include <optional>
#include <vector>

#include "server/store/migrations.h"

namespace plinto::polar::server {
namespace {

// Enough to share one fsync among many requests, few enough to keep each one's latency low.
constexpr std::size_t kMaxGroup = 512;

void Migrate(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  const auto steps = SqliteMigrations();
  if (version > static_cast<int>(steps.size())) {
    throw std::runtime_error("the database was written by a newer version of this server");
  }
  for (std::size_t i = static_cast<std::size_t>(version); i < steps.size(); ++i) {
    database.exec(std::string(steps[i]));
  }
  database.exec("PRAGMA user_version = " + std::to_string(steps.size()));
  transaction.commit();
}

}  // namespace

Result<std::unique_ptr<SqliteWriter>> SqliteWriter::Open(const std::string& path, Mode mode) {
  try {
    auto connection = std::make_unique<SqliteConnection>(path);
    Migrate(connection->database());
    return std::unique_ptr<SqliteWriter>(new SqliteWriter(std::move(connection), mode));
  } catch (const std::exception& problem) {
    return Error{.code = ErrorCode::kStoreFailed,
                 .message = "The database `" + path + "` can not be opened: " + problem.what() +
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

void SqliteWriter::Submit(Job job, Finished finished) {
  if (!thread_.joinable()) {
    std::deque<Entry> group;
    group.push_back({std::move(job), std::move(finished)});
    RunGroup(std::move(group));
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(job), std::move(finished)});
  }
  wake_.notify_one();
}

void SqliteWriter::Loop() {
  for (;;) {
    std::deque<Entry> group;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;  // stopping, and everything that was submitted is committed
      while (!waiting_.empty() && group.size() < kMaxGroup) {
        group.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    RunGroup(std::move(group));
  }
}

void SqliteWriter::RunGroup(std::deque<Entry> group) {
  std::vector<std::optional<std::string>> failures(group.size());
  try {
    SQLite::Transaction transaction(connection_->database(), SQLite::TransactionBehavior::IMMEDIATE);
    for (std::size_t i = 0; i < group.size(); ++i) {
      connection_->Prepare("SAVEPOINT job").Run();
      try {
        group[i].job(*connection_);
      } catch (const std::exception& problem) {
        failures[i] = problem.what();
        connection_->Prepare("ROLLBACK TO job").Run();
      }
      connection_->Prepare("RELEASE job").Run();
    }
    transaction.commit();
  } catch (const std::exception& problem) {
    for (auto& failure : failures) {
      if (!failure) failure = problem.what();
    }
  }
  for (std::size_t i = 0; i < group.size(); ++i) group[i].finished(failures[i] ? &*failures[i] : nullptr);
}

}  // namespace plinto::polar::server
