#include "server/store/engines/postgres_pool.h"

#include "core/foundation/text.h"
#include "server/base/time/backoff.h"
#include "server/store/engines/migrations.h"
#include "server/store/engines/postgres_connection.h"

namespace plinto::polar::server {
namespace {

// The pauses between tries: somewhere between zero and a bound that doubles. Two that met once do not meet again.
constexpr std::int64_t kFirstPauseUs = 10'000;
constexpr std::int64_t kLongestPauseUs = 500'000;
// Said in full: a role or a database may have defaults of its own.
constexpr const char* kBeginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
constexpr const char* kBeginRead = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
// Of eight connections, the others are for what is short.
constexpr int kMostLongReads = 2;
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
  // Those of the days to come; the job that prunes makes the next ones.
  database.Execute(
      "SELECT polar_make_parts('polar_usage_events', CAST(extract(epoch FROM now()) * 1000000 AS BIGINT))");
}

}  // namespace

Result<std::unique_ptr<PostgresPool>> PostgresPool::Open(const std::string& url, int connections,
                                                         std::chrono::milliseconds patience) {
  try {
    PostgresConnection connection(url);
    Migrate(connection);
  } catch (const std::exception& problem) {
    return Error{.code = ErrorCode::kStoreFailed,
                 .message = std::string("The database cannot be opened: ") + problem.what() +
                            ". Check DATABASE_URL, and that the role may create tables."};
  }
  return std::unique_ptr<PostgresPool>(new PostgresPool(url, connections, patience));
}

PostgresPool::PostgresPool(std::string url, int connections, std::chrono::milliseconds patience)
    : url_(std::move(url)), patience_(patience) {
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

void PostgresPool::Submit(SqlAccess access, Job job, Finished finished) {
  const Time now = std::chrono::steady_clock::now();
  std::vector<Entry> expired;
  {
    const std::lock_guard lock(mutex_);
    // Every thread may be waiting for PostgreSQL: whoever comes sees to those before.
    expired = TakeExpired();
    waiting_.emplace(now, Entry{access, std::move(job), std::move(finished), now + patience_});
  }
  wake_.notify_one();
  Refuse(expired);
}

std::vector<PostgresPool::Entry> PostgresPool::TakeExpired() {
  std::vector<Entry> expired;
  const Time now = std::chrono::steady_clock::now();
  // By when they may be tried: none that may be tried only now has waited for longer than its patience.
  for (auto one = waiting_.begin(); one != waiting_.end() && one->first + patience_ <= now;) {
    expired.push_back(std::move(one->second));
    one = waiting_.erase(one);
  }
  return expired;
}

void PostgresPool::Refuse(const std::vector<Entry>& expired) {
  const std::string reason = "no connection to PostgreSQL was free in time";
  for (const Entry& entry : expired) entry.finished(&reason);
}

void PostgresPool::Loop() {
  std::unique_ptr<PostgresConnection> connection;
  while (std::optional<Entry> entry = Take()) {
    std::optional<Failure> failure = Try(connection, *entry);
    if (failure && failure->had_old_connection) failure = Try(connection, *entry);
    if (entry->access == SqlAccess::kLongRead) EndLongRead();
    if (failure && failure->is_conflict && TryLater(*entry)) continue;
    entry->finished(failure ? &failure->reason : nullptr);
  }
}

std::optional<PostgresPool::Entry> PostgresPool::Take() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (const std::vector<Entry> expired = TakeExpired(); !expired.empty()) {
      lock.unlock();
      Refuse(expired);
      lock.lock();
    }
    const auto next = FindNext();
    if (next == waiting_.end()) {
      if (stopping_ && waiting_.empty()) return std::nullopt;
      wake_.wait(lock);
      continue;
    }
    const Time at = next->first;
    if (at > std::chrono::steady_clock::now()) {
      wake_.wait_until(lock, at);
      continue;
    }
    Entry entry = std::move(next->second);
    waiting_.erase(next);
    if (entry.access == SqlAccess::kLongRead) ++long_reads_;
    // Somebody else looks after the next one, or waits until it may be tried.
    if (!waiting_.empty()) wake_.notify_one();
    return entry;
  }
}

std::multimap<PostgresPool::Time, PostgresPool::Entry>::iterator PostgresPool::FindNext() {
  auto next = waiting_.begin();
  while (next != waiting_.end() && next->second.access == SqlAccess::kLongRead && long_reads_ >= kMostLongReads) {
    ++next;
  }
  return next;
}

void PostgresPool::EndLongRead() {
  {
    const std::lock_guard lock(mutex_);
    --long_reads_;
  }
  wake_.notify_all();  // also those that wait for the end
}

std::optional<PostgresPool::Failure> PostgresPool::Try(std::unique_ptr<PostgresConnection>& connection,
                                                       const Entry& entry) const {
  Failure failure;
  bool committing = false;
  const bool is_fresh = connection == nullptr;
  try {
    if (is_fresh) connection = std::make_unique<PostgresConnection>(url_);
    connection->ExpectAnswersBy(entry.deadline + kLastAnswer);
    connection->Execute(entry.access == SqlAccess::kWrite ? kBeginWrite : kBeginRead);
    entry.job(*connection);
    committing = true;
    connection->Commit();
    return std::nullopt;
  } catch (const PostgresSilence& problem) {
    failure.reason = problem.what();
  } catch (const PostgresError& problem) {
    const bool was_lost = connection != nullptr && connection->IsLost();
    failure = {problem.what(), problem.IsConflict(), was_lost && !is_fresh && !committing};
  } catch (const std::exception& problem) {
    failure.reason = problem.what();
  }
  if (connection != nullptr && connection->IsLost()) connection.reset();
  if (connection != nullptr) {
    try {
      connection->Execute("ROLLBACK");
    } catch (const std::exception&) {
      connection.reset();
    }
  }
  return failure;
}

bool PostgresPool::TryLater(Entry& entry) {
  const auto bound = static_cast<double>(Backoff(kFirstPauseUs, entry.conflicts, kLongestPauseUs));
  const std::chrono::microseconds pause(static_cast<std::int64_t>(bound * random_.Fraction()));
  const Time at = std::chrono::steady_clock::now() + pause;
  if (at >= entry.deadline) return false;
  ++entry.conflicts;
  {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(at, std::move(entry));
  }
  wake_.notify_one();
  return true;
}

}  // namespace plinto::polar::server
