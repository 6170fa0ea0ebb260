#include "server/store/engines/postgres_connection.h"

#include <array>

#include "core/foundation/text.h"

namespace plinto::polar::server {
namespace {

// A statement that waits longer than this is not one of ours going well. Who waits for a lock for longer than
// lock_timeout is tried again later (postgres_pool.cpp).
constexpr const char* kSetUp =
    "SET statement_timeout = '8s'; SET lock_timeout = '3s'; SET idle_in_transaction_session_timeout = '30s';"
    "SET synchronous_commit = on";

/// Throws unless PostgreSQL did what it was asked.
PostgresResult Check(PGconn* connection, PGresult* raw) {
  PostgresResult result(raw, &PQclear);
  const ExecStatusType status = PQresultStatus(raw);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
  const char* state = raw == nullptr ? nullptr : PQresultErrorField(raw, PG_DIAG_SQLSTATE);
  const char* primary = raw == nullptr ? nullptr : PQresultErrorField(raw, PG_DIAG_MESSAGE_PRIMARY);
  const std::string message = primary == nullptr ? PQerrorMessage(connection) : primary;
  throw PostgresError("PostgreSQL: " + std::string(TrimAscii(message)), state == nullptr ? "" : state);
}

/// PostgreSQL counts parameters as $1 where SQLite counts ?1, and needs no telling which index not to take.
std::string InOwnWords(std::string sql) {
  constexpr std::string_view kHint = " NOT INDEXED";
  for (std::size_t at = sql.find(kHint); at != std::string::npos; at = sql.find(kHint)) sql.erase(at, kHint.size());
  for (std::size_t i = 0; i + 1 < sql.size(); ++i) {
    if (sql[i] == '?' && sql[i + 1] >= '1' && sql[i + 1] <= '9') sql[i] = '$';
  }
  return sql;
}

PGconn* Connect(const std::string& url) {
  // What stands before `dbname` may be overridden in the URL.
  constexpr int kCount = 6;
  const std::array<const char*, kCount + 1> names = {
      "connect_timeout", "tcp_user_timeout", "application_name", "dbname", "client_encoding", nullptr, nullptr};
  const std::array<const char*, kCount + 1> values = {"5",    "15000", "plinto-polar", url.c_str(),
                                                      "UTF8", nullptr, nullptr};
  return PQconnectdbParams(names.data(), values.data(), 1);
}

}  // namespace

std::optional<std::string>& PostgresStatement::Parameter(int index) {
  const auto at = static_cast<std::size_t>(index - 1);
  if (at >= parameters_.size()) parameters_.resize(at + 1);
  return parameters_[at];
}

void PostgresStatement::Bind(int index, const std::string& value) {
  // PostgreSQL's texts have no NUL; libpq would end the text there and store half of it.
  if (value.find('\0') != std::string::npos) throw PostgresError("a text with a NUL byte cannot be stored", "22021");
  Parameter(index) = value;
}

void PostgresStatement::Execute() {
  std::vector<const char*> values;
  values.reserve(parameters_.size());
  for (const auto& parameter : parameters_) values.push_back(parameter ? parameter->c_str() : nullptr);
  result_ = Check(connection_, PQexecPrepared(connection_, name_.c_str(), static_cast<int>(values.size()),
                                              values.data(), nullptr, nullptr, 0));
  row_ = -1;
}

bool PostgresStatement::Step() {
  if (result_ == nullptr) Execute();
  return ++row_ < PQntuples(result_.get());
}

int PostgresStatement::Run() {
  Execute();
  const auto changed = ParseInteger(PQcmdTuples(result_.get()));
  return changed ? static_cast<int>(*changed) : 0;
}

void PostgresStatement::Reset() noexcept {
  result_.reset();
  parameters_.clear();
  row_ = -1;
}

std::int64_t PostgresStatement::Integer(int column) { return ParseInteger(Text(column)).value_or(0); }

std::string PostgresStatement::Text(int column) {
  return {PQgetvalue(result_.get(), row_, column), static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

PostgresConnection::PostgresConnection(const std::string& url) : connection_(Connect(url), &PQfinish) {
  if (IsLost()) {
    throw PostgresError("PostgreSQL: " + std::string(TrimAscii(PQerrorMessage(connection_.get()))), "");
  }
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  Execute(kSetUp);
}

SqlStatement& PostgresConnection::Prepare(const char* sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    const std::string name = "s" + std::to_string(statements_.size());
    Check(connection_.get(), PQprepare(connection_.get(), name.c_str(), InOwnWords(sql).c_str(), 0, nullptr));
    found = statements_
                .emplace(std::piecewise_construct, std::forward_as_tuple(sql),
                         std::forward_as_tuple(connection_.get(), name))
                .first;
  }
  found->second.Reset();
  return found->second;
}

std::optional<std::string> PostgresConnection::Execute(const std::string& sql) {
  const PostgresResult result = Check(connection_.get(), PQexec(connection_.get(), sql.c_str()));
  if (PQntuples(result.get()) == 0 || PQgetisnull(result.get(), 0, 0) != 0) return std::nullopt;
  return std::string(PQgetvalue(result.get(), 0, 0));
}

void PostgresConnection::Commit() {
  const PostgresResult result = Check(connection_.get(), PQexec(connection_.get(), "COMMIT"));
  // A transaction that has failed answers COMMIT with ROLLBACK, and no error.
  if (std::string_view(PQcmdStatus(result.get())) != "COMMIT")
    throw PostgresError("the transaction was rolled back", "");
}

}  // namespace plinto::polar::server
