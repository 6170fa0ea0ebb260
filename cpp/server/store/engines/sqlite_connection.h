// A connection to one SQLite file, with its prepared statements.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <map>

#include "server/store/engines/sql.h"

namespace plinto::polar::server {

class SqliteStatement final : public SqlStatement {
 public:
  SqliteStatement(SQLite::Database& database, const std::string& sql) : statement_(database, sql) {}
  void Bind(int index, std::int64_t value) override { statement_.bind(index, value); }
  void Bind(int index, const std::string& value) override { statement_.bind(index, value); }
  void BindNull(int index) override { statement_.bind(index); }
  bool Step() override { return statement_.executeStep(); }
  int Run() override { return statement_.exec(); }
  void Reset() noexcept override { statement_.tryReset(); }
  bool IsNull(int column) override { return statement_.getColumn(column).isNull(); }
  std::int64_t Integer(int column) override { return statement_.getColumn(column).getInt64(); }
  std::string Text(int column) override { return statement_.getColumn(column).getString(); }
  /// Ready for the next use.
  void Clear() {
    statement_.tryReset();
    statement_.clearBindings();
  }

 private:
  SQLite::Statement statement_;
};

class SqliteConnection final : public SqlConnection {
 public:
  /// WAL and synchronous=FULL: a commit has reached the disk when it returns.
  explicit SqliteConnection(const std::string& path, const Clock* shared_clock = nullptr);
  SqlStatement& Prepare(const char* sql) override;
  SqlEngine engine() const override { return SqlEngine::kSqlite; }
  const Clock* shared_clock() const override { return shared_clock_; }
  SQLite::Database& database() { return database_; }

 private:
  SQLite::Database database_;
  const Clock* shared_clock_;
  std::map<const char*, SqliteStatement> statements_;
};

/// As SQLite::Transaction, by statements that are prepared once. Rolled back unless it was committed.
class SqliteTransaction {
 public:
  SqliteTransaction(SqliteConnection& connection, const char* begin);
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  void Commit();

 private:
  SqliteConnection& connection_;
  bool open_ = true;
};

}  // namespace plinto::polar::server
