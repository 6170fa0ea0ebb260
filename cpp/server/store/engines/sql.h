// SQL that both engines take, written once: prepared statements within one transaction, for one tenant.
//
// Parameters are `?1`, `?2` and so on. `?1` is the tenant, bound by Query itself: a statement on a tenant's rows cannot
// be written without it, because Scope lets nobody else at the connection. What fails throws a std::exception; the
// runner (store/engines/sql_runner.h) rolls back and hands the reason on. Locks on rows (FOR UPDATE) are for
// PostgreSQL, NOT INDEXED is for SQLite, which would otherwise go through all of a tenant's rows to find some by their
// id; the other's connection leaves the words out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "core/foundation/timestamp.h"

namespace plinto::polar::server {

class Clock;

enum class SqlEngine : std::uint8_t { kSqlite, kPostgres };

/// A prepared statement. Real: sqlite_connection.h, postgres_connection.h.
class SqlStatement {
 public:
  virtual ~SqlStatement() = default;
  virtual void Bind(int index, std::int64_t value) = 0;
  virtual void Bind(int index, const std::string& value) = 0;
  virtual void BindNull(int index) = 0;
  /// True while there is a row.
  virtual bool Step() = 0;
  /// For statements without rows: how many rows they changed.
  virtual int Run() = 0;
  /// Forgets rows and parameters.
  virtual void Reset() noexcept = 0;
  [[nodiscard]] virtual bool IsNull(int column) = 0;
  [[nodiscard]] virtual std::int64_t Integer(int column) = 0;
  [[nodiscard]] virtual std::string Text(int column) = 0;
};

class SqlConnection {
 public:
  virtual ~SqlConnection() = default;
  /// A statement ready to be bound; prepared once per text. Valid until the next use of the same text.
  virtual SqlStatement& Prepare(const char* sql) = 0;
  [[nodiscard]] virtual SqlEngine engine() const = 0;
  /// The clock of an SQLite that several servers share, which has none of its own; null otherwise.
  [[nodiscard]] virtual const Clock* shared_clock() const { return nullptr; }
};

/// One tenant's part of a database, as long as a transaction lasts.
class Scope {
 public:
  Scope(SqlConnection& connection, const std::string& tenant) : connection_(connection), tenant_(tenant) {}
  [[nodiscard]] SqlEngine engine() const { return connection_.engine(); }
  [[nodiscard]] const Clock* shared_clock() const { return connection_.shared_clock(); }
  /// Do several servers work off what is in it?
  [[nodiscard]] bool is_shared() const { return engine() == SqlEngine::kPostgres || shared_clock() != nullptr; }

 private:
  friend class Query;
  SqlConnection& connection_;
  const std::string& tenant_;
};

/// What others have said, such as Polar's reason, in a form that either engine keeps: PostgreSQL's texts have no NUL.
[[nodiscard]] inline std::string WithoutNul(std::string text) {
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

/// One use of a statement: bind in order from `?2` on, step, read; reset when this goes out of scope.
class Query {
 public:
  Query(const Scope& scope, const char* sql) : statement_(scope.connection_.Prepare(sql)) { Bind(scope.tenant_); }
  /// On what belongs to no tenant: the table of tenants. Parameters begin at `?1`.
  Query(SqlConnection& connection, const char* sql) : statement_(connection.Prepare(sql)) {}
  ~Query() { statement_.Reset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& Bind(std::int64_t value) {
    statement_.Bind(++bound_, value);
    return *this;
  }
  Query& Bind(const std::string& value) {
    statement_.Bind(++bound_, value);
    return *this;
  }
  Query& Bind(Timestamp value) { return Bind(value.microseconds); }
  template <class T>
  Query& Bind(const std::optional<T>& value) {
    if (value) return Bind(*value);
    statement_.BindNull(++bound_);
    return *this;
  }
  /// Empty text as NULL.
  Query& BindText(const std::string& value) { return value.empty() ? Bind(std::optional<std::string>()) : Bind(value); }

  bool Step() { return statement_.Step(); }
  int Run() { return statement_.Run(); }

  [[nodiscard]] std::string Text(int column) { return statement_.Text(column); }
  [[nodiscard]] std::int64_t Integer(int column) { return statement_.Integer(column); }
  [[nodiscard]] bool IsNull(int column) { return statement_.IsNull(column); }
  [[nodiscard]] Timestamp Time(int column) { return {Integer(column)}; }

 private:
  SqlStatement& statement_;
  int bound_ = 0;
};

}  // namespace plinto::polar::server
