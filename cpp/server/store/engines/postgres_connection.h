// A connection to PostgreSQL with its prepared statements: libpq, on a thread of the pool's, which waits for answers.
//
// It does not wait for ever: a server that is frozen, or that the network has lost, keeps its connections open and says
// nothing. Who has waited in vain closes the connection.
#pragma once

#include <libpq-fe.h>

#include <chrono>
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

/// PostgreSQL did not answer in time. The connection is lost.
class PostgresSilence : public PostgresError {
 public:
  PostgresSilence() : PostgresError("PostgreSQL: it does not answer", "") {}
};

/// Sends, and waits for the answer, no longer than it may take.
class PostgresWire {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Longer than PostgreSQL itself lets a statement take (statement_timeout), so that its own word is heard.
  static constexpr std::chrono::seconds kLongestAnswer{9};
  /// Longer than it lets a statement wait for a lock (lock_timeout).
  static constexpr std::chrono::milliseconds kShortestAnswer{3'500};

  /// Throws PostgresError when the server cannot be reached or refuses.
  explicit PostgresWire(const std::string& url);

  /// An answer is waited for until then, but each for kShortestAnswer at least and kLongestAnswer at most. Without it
  /// for as long as it takes.
  void ExpectAnswersBy(std::optional<Time> by) { by_ = by; }
  /// What was sent is answered by this, or by a null pointer. Throws PostgresSilence.
  [[nodiscard]] PGresult* Answer(int was_sent);
  [[nodiscard]] bool IsLost() const { return is_silent_ || PQstatus(connection_.get()) != CONNECTION_OK; }
  [[nodiscard]] PGconn* get() const { return connection_.get(); }

 private:
  void AwaitSocket(short events, std::optional<Time> until);

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::optional<Time> by_ = {};
  bool is_silent_ = false;
};

using PostgresResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

class PostgresStatement final : public SqlStatement {
 public:
  PostgresStatement(PostgresWire& wire, std::string name) : wire_(wire), name_(std::move(name)) {}
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

  PostgresWire& wire_;
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
  void ExpectAnswersBy(std::optional<PostgresWire::Time> by) { wire_.ExpectAnswersBy(by); }
  /// The connection was lost: nothing more can be done on it.
  [[nodiscard]] bool IsLost() const { return wire_.IsLost(); }

 private:
  PostgresWire wire_;
  std::map<const char*, PostgresStatement> statements_;
};

}  // namespace plinto::polar::server
