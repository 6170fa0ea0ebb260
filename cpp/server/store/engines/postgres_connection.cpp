#include "server/store/engines/postgres_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

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
  const std::array<const char*, kCount + 1> values = {"3",    "9000",  "plinto-polar", url.c_str(),
                                                      "UTF8", nullptr, nullptr};
  return PQconnectdbParams(names.data(), values.data(), 1);
}

}  // namespace

PostgresWire::PostgresWire(const std::string& url) : connection_(Connect(url), &PQfinish) {
  if (IsLost()) {
    throw PostgresError("PostgreSQL: " + std::string(TrimAscii(PQerrorMessage(connection_.get()))), "");
  }
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  // A full socket does not hold up who writes to it.
  PQsetnonblocking(connection_.get(), 1);
}

void PostgresWire::AwaitSocket(short events, std::optional<Time> until) {
  for (;;) {
    int wait_ms = -1;
    if (until) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - std::chrono::steady_clock::now());
      wait_ms = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }
    pollfd socket{.fd = PQsocket(connection_.get()), .events = events, .revents = 0};
    const int ready = poll(&socket, 1, wait_ms);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return;  // libpq says what is wrong
    if (ready == 0 && wait_ms >= 0) {
      is_silent_ = true;
      shutdown(socket.fd, SHUT_RDWR);  // so that closing does not wait for it either
      throw PostgresSilence();
    }
  }
}

PGresult* PostgresWire::Answer(int was_sent) {
  std::optional<Time> until;
  if (by_) {
    const Time now = std::chrono::steady_clock::now();
    until = std::clamp<Time>(*by_, now + kShortestAnswer, now + kLongestAnswer);
  }
  if (was_sent == 0) return nullptr;
  PGconn* const connection = connection_.get();
  for (int left = PQflush(connection); left != 0; left = PQflush(connection)) {
    if (left < 0) return nullptr;
    AwaitSocket(POLLIN | POLLOUT, until);
    if (PQconsumeInput(connection) == 0) return nullptr;
  }
  // Of several statements in one text the last one's answer counts, or the first that failed.
  PGresult* last = nullptr;
  for (;;) {
    while (PQisBusy(connection) != 0) {
      try {
        AwaitSocket(POLLIN, until);
      } catch (const PostgresSilence&) {
        PQclear(last);
        throw;
      }
      if (PQconsumeInput(connection) == 0) break;
    }
    PGresult* const next = PQgetResult(connection);
    if (next == nullptr) return last;
    const bool has_failed = last != nullptr && PQresultStatus(last) == PGRES_FATAL_ERROR;
    PQclear(has_failed ? next : last);
    if (!has_failed) last = next;
    if (PQstatus(connection) != CONNECTION_OK) return last;
  }
}

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
  const int was_sent = PQsendQueryPrepared(wire_.get(), name_.c_str(), static_cast<int>(values.size()), values.data(),
                                           nullptr, nullptr, 0);
  result_ = Check(wire_.get(), wire_.Answer(was_sent));
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

PostgresConnection::PostgresConnection(const std::string& url) : wire_(url) {
  ExpectAnswersBy(std::chrono::steady_clock::now());
  Execute(kSetUp);
  ExpectAnswersBy(std::nullopt);
}

SqlStatement& PostgresConnection::Prepare(const char* sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    const std::string name = "s" + std::to_string(statements_.size());
    const int was_sent = PQsendPrepare(wire_.get(), name.c_str(), InOwnWords(sql).c_str(), 0, nullptr);
    Check(wire_.get(), wire_.Answer(was_sent));
    found =
        statements_.emplace(std::piecewise_construct, std::forward_as_tuple(sql), std::forward_as_tuple(wire_, name))
            .first;
  }
  found->second.Reset();
  return found->second;
}

std::optional<std::string> PostgresConnection::Execute(const std::string& sql) {
  const PostgresResult result = Check(wire_.get(), wire_.Answer(PQsendQuery(wire_.get(), sql.c_str())));
  if (PQntuples(result.get()) == 0 || PQgetisnull(result.get(), 0, 0) != 0) return std::nullopt;
  return std::string(PQgetvalue(result.get(), 0, 0));
}

void PostgresConnection::Commit() {
  const PostgresResult result = Check(wire_.get(), wire_.Answer(PQsendQuery(wire_.get(), "COMMIT")));
  // A transaction that has failed answers COMMIT with ROLLBACK, and no error.
  if (std::string_view(PQcmdStatus(result.get())) != "COMMIT")
    throw PostgresError("the transaction was rolled back", "");
}

}  // namespace plinto::polar::server
