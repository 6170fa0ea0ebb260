#include "server/store/postgres_pool.h"

#include "core/foundation/text.h"
#include "server/store/migrations.h"
#include "server/store/postgres_connection.h"

namespace plinto::polar::server {
namespace {

constexpr int kAttempts = 8;
// Any number that nobody else locks: "plinto" in ASCII.
constexpr const char* kLock = "SELECT pg_advisory_lock(123636363621487)";

void Migrate(PostgresConnection& database) {
  // Another server's migration may take its time.
  database.Execute("SET statement_timeout = '10min'; SET lock_timeout = 0");
  database.Execute(kLock);  // held until the connection ends
  database.Execute(
      "CREATE TABLE IF NOT EXISTS migrations (version BIGINT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT "
      "now())");
  const std::vector<std::string> steps = MigrationsFor(SqlEngine::kPostgres);
  const std::int64_t version =
      ParseInteger(database.Execute("SELECT coalesce(max(version), 0) FROM migrations").value_or("0")).value_or(0);
  if (version > static_cast<std::int64_t>(steps.size())) {
    throw PostgresError("the database was written by a newer version of this server", "");
  }
  for (auto i = static_cast<std::size_t>(version); i < steps.size(); ++i) {
    database.Execute("BEGIN");
    database.Execute(steps[i]);
    database.Execute("INSERT INTO migrations (version) VALUES (" + std::to_string(i + 1) + ")");
    database.Commit();
  }
}

}  // namespace

Result<std::unique_ptr<PostgresPool>> PostgresPool::Open(const std::string& url, int connections) {
  try {
    PostgresConnection connection(url);
    Migrate(connection);
  } catch (const std::exception& problem) {
    return Error{.code = ErrorCode::kStoreFailed,
                 .message = std::string("The database can not be opened: ") + problem.what() +
                            ". Check DATABASE_URL, and that the role may create tables."};
  }
  return std::unique_ptr<PostgresPool>(new PostgresPool(url, connections));
}

PostgresPool::PostgresPool(std::string url, int connections) : url_(std::move(url)) {
  for (int i = 0; i < connections; ++i) threads_.emplace_back([this] { Loop(); });
}

PostgresPool::~PostgresPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void PostgresPool::Submit(Job job, Finished finished) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(job), std::move(finished)});
  }
  wake_.notify_one();
}

void PostgresPool::Loop() {
  std::unique_ptr<PostgresConnection> connection;
  for (;;) {
    Entry entry;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      entry = std::move(waiting_.front());
      waiting_.pop_front();
    }
    const std::optional<std::string> failure = Run(connection, entry.job);
    entry.finished(failure ? &*failure : nullptr);
  }
}

std::optional<std::string> PostgresPool::Run(std::unique_ptr<PostgresConnection>& connection, const Job& job) const {
  for (int attempt = 1;; ++attempt) {
    bool committing = false;
    bool repeatable = false;
    std::string failure;
    const bool is_fresh = connection == nullptr;
    try {
      if (is_fresh) connection = std::make_unique<PostgresConnection>(url_);
      connection->Execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
      job(*connection);
      committing = true;
      connection->Commit();
      return std::nullopt;
    } catch (const PostgresError& problem) {
      failure = problem.what();
      const bool was_lost = connection != nullptr && connection->IsLost();
      repeatable = problem.IsConflict() || (was_lost && !is_fresh && !committing);
    } catch (const std::exception& problem) {
      failure = problem.what();
    }
    if (connection != nullptr) {
      try {
        connection->Execute("ROLLBACK");
      } catch (const std::exception&) {
        connection.reset();
      }
    }
    if (!repeatable || attempt >= kAttempts) return failure;
  }
}

}  // namespace plinto::polar::server
