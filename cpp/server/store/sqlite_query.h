// One use of a prepared statement: bind in order, step, read; it is reset when this goes out of scope.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/timestamp.h"
#include "server/store/sqlite_writer.h"

namespace plinto::polar::server {

class Query {
 public:
  Query(SqliteConnection& connection, const char* sql) : statement_(connection.Prepare(sql)) {}
  ~Query() { statement_.tryReset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& Bind(std::int64_t value) {
    statement_.bind(++bound_, value);
    return *this;
  }
  Query& Bind(const std::string& value) {
    statement_.bind(++bound_, value);
    return *this;
  }
  Query& Bind(Timestamp value) { return Bind(value.microseconds); }
  template <class T>
  Query& Bind(const std::optional<T>& value) {
    if (value) return Bind(*value);
    statement_.bind(++bound_);
    return *this;
  }
  /// Empty text as NULL.
  Query& BindText(const std::string& value) { return value.empty() ? Bind(std::optional<std::string>()) : Bind(value); }

  /// True while there is a row.
  bool Step() { return statement_.executeStep(); }
  /// For statements without rows: how many rows they changed.
  int Run() { return statement_.exec(); }

  [[nodiscard]] std::string Text(int column) { return statement_.getColumn(column).getString(); }
  [[nodiscard]] std::int64_t Integer(int column) { return statement_.getColumn(column).getInt64(); }
  [[nodiscard]] bool IsNull(int column) { return statement_.getColumn(column).isNull(); }
  [[nodiscard]] Timestamp Time(int column) { return {Integer(column)}; }

 private:
  SQLite::Statement& statement_;
  int bound_ = 0;
};

}  // namespace plinto::polar::server
