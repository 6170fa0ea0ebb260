#include "server/store/engines/sqlite_long_reads.h"

#include <sqlite3.h>

namespace plinto::polar::server {

SqliteLongReads::~SqliteLongReads() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (connection_ != nullptr) sqlite3_interrupt(connection_->database().getHandle());
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void SqliteLongReads::Submit(SqlRunner::Job job, SqlRunner::Finished finished) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(job), std::move(finished)});
    if (!thread_.joinable()) thread_ = std::thread([this] { Loop(); });
  }
  wake_.notify_one();
}

void SqliteLongReads::Loop() {
  for (;;) {
    Entry entry;
    bool is_over = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      entry = std::move(waiting_.front());
      waiting_.pop_front();
      is_over = stopping_;
    }
    const std::string stopped = "the server is stopping";
    if (is_over) {
      entry.finished(&stopped);
    } else {
      Run(entry);
    }
  }
}

void SqliteLongReads::Run(const Entry& entry) {
  std::string failure;
  try {
    if (connection_ == nullptr) {
      auto opened = std::make_unique<SqliteConnection>(path_);
      const std::lock_guard lock(mutex_);
      connection_ = std::move(opened);
    }
    SqliteTransaction transaction(*connection_, "BEGIN");
    entry.job(*connection_);
    transaction.Commit();
  } catch (const std::exception& problem) {
    failure = problem.what();
  }
  entry.finished(failure.empty() ? nullptr : &failure);
}

}  // namespace plinto::polar::server
