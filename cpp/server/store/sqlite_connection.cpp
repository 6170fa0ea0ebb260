#include "server/store/sqlite_connection.h"

namespace plinto::polar::server {

SqliteConnection::SqliteConnection(const std::string& path)
    : database_(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5'000) {
  database_.exec("PRAGMA journal_mode = WAL");
  database_.exec("PRAGMA synchronous = FULL");
  database_.exec("PRAGMA foreign_keys = ON");
}

SqlStatement& SqliteConnection::Prepare(const char* sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    found =
        statements_.emplace(std::piecewise_construct, std::forward_as_tuple(sql), std::forward_as_tuple(database_, sql))
            .first;
  }
  found->second.Clear();
  return found->second;
}

}  // namespace plinto::polar::server
