// A connection to PostgreSQL with its prepared statements: libpq, blocking, on a thread of the pool's.
#pragma once

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "server/store/engines/sql.h"

namespace plinto::polar::server {

/// What PostgreSQL reported. Messages name no password; they may name a value that broke a constraint.
class PostgresError : public std::runtime_error {
 public:
  PostgresError(const std::string& message, std::string state)
      : std::runtime_error(message), state_(std::move(state)) {}
  /// Somebody else's transaction was in the way: run again, it may well pass. By PostgreSQL's names these are
  /// serialization_failure, deadlock_detected and lock_not_available.
  [[nodiscard]] bool IsConflict() const { return state_ == "40001" || state_ == "40P01" || state_ == "55P03"; }

 private:
  std::string state_;
};

using PostgresResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

class PostgresStatement final : public SqlStatement {
 public:
  PostgresStatement(PGconn* connection, std::string name) : connection_(connection), name_(std::move(name)) {}
  void Bind(int index, std::int64_t value) override { Parameter(index) = std::to_string(value); }
  void Bind(int index, const std::string& value) override;
  void BindNull(int index) override { Parameter(index) = std::nullopt; }
  bool Step() override;
  int Run() override;
  void Reset() noexcept override;
  bool IsNull(int column) override { return PQgetisnull(result_.get(), row_, column) != 0; }
  std::int64_t Integer(int column) override;
  std::string Text(int column) override;

 private:
  std::optional<std::string>& Parameter(int index);
  void Execute();

  PGconn* connection_;
  std::string name_;
  std::vector<std::optional<std::string>> parameters_;
  PostgresResult result_{nullptr, &PQclear};
  int row_ = -1;
};

class PostgresConnection final : public SqlConnection {
 public:
  /// Throws PostgresError when the server cannot be reached or refuses.
  explicit PostgresConnection(const std::string& url);
  SqlStatement& Prepare(const char* sql) override;
  SqlEngine engine() const override { return SqlEngine::kPostgres; }

  /// Runs statements without parameters. Returns the first column of the first row, if there is one.
  std::optional<std::string> Execute(const std::string& sql);
  void Commit();
  /// The connection was lost: nothing more can be done on it.
  [[nodiscard]] bool IsLost() const { return PQstatus(connection_.get()) != CONNECTION_OK; }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::map<const char*, PostgresStatement> statements_;
};

}  // namespace plinto::polar::server
