#include "server/store/engines/sqlite_connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "server/store/engines/sqlite_functions.h"

namespace plinto::polar::server {
namespace {

// A new database is for its owner only: it holds e-mail addresses and, without a key to seal them, secrets. SQLite
// gives the files beside it (-wal, -shm) the same mode. SQLite refuses, with its reason, what cannot be created here.
const std::string& CreatedForOwner(const std::string& path) {
  if (path == ":memory:") return path;
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file != -1) close(file);
  return path;
}

// SQLite counts what it has allocated, for nobody here, under a mutex that each allocation of each connection takes. Of
// no effect once the library is in use.
void CountNoMemory() {
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(done);
}

// A connection is one thread's at a time (sqlite_writer.h), so that it needs no mutex of SQLite's.
int OpenFlags() {
  CountNoMemory();
  return SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX;
}

// SQLite has one writer at a time, and no words for locks on rows.
std::string WithoutRowLocks(std::string sql) {
  for (const std::string_view words : {" FOR UPDATE OF u SKIP LOCKED", " FOR UPDATE SKIP LOCKED", " FOR UPDATE"}) {
    for (std::size_t at = sql.find(words); at != std::string::npos; at = sql.find(words)) sql.erase(at, words.size());
  }
  return sql;
}

}  // namespace

SqliteConnection::SqliteConnection(const std::string& path, const Clock* shared_clock)
    : database_(CreatedForOwner(path), OpenFlags(), 5'000), shared_clock_(shared_clock) {
  database_.exec("PRAGMA journal_mode = WAL");
  database_.exec("PRAGMA synchronous = FULL");
  // 16 MiB of log: pages that many commits change are copied to the file once in so many more.
  database_.exec("PRAGMA wal_autocheckpoint = 4000");
  // A commit of many usage events changes more pages than SQLite's 2 MiB hold, and would write each several times.
  database_.exec("PRAGMA cache_size = -8192");
  database_.exec("PRAGMA foreign_keys = ON");
  AddSqliteFunctions(database_.getHandle());
}

SqlStatement& SqliteConnection::Prepare(const char* sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    found = statements_
                .emplace(std::piecewise_construct, std::forward_as_tuple(sql),
                         std::forward_as_tuple(database_, WithoutRowLocks(sql)))
                .first;
  }
  found->second.Clear();
  return found->second;
}

SqliteTransaction::SqliteTransaction(SqliteConnection& connection, const char* begin) : connection_(connection) {
  connection_.Prepare(begin).Run();
}

SqliteTransaction::~SqliteTransaction() {
  if (!open_) return;
  try {
    connection_.Prepare("ROLLBACK").Run();
  } catch (const std::exception&) {
    // It was rolled back by what failed.
  }
}

void SqliteTransaction::Commit() {
  connection_.Prepare("COMMIT").Run();
  open_ = false;
}

}  // namespace plinto::polar::server
