#include "engines.h"

#include "catch.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "../awaiting.h"
#include "server/store/engines/postgres_connection.h"
#include "server/store/engines/postgres_pool.h"
#include "server/store/engines/run_on.h"
#include "server/store/engines/sqlite_writer.h"

namespace plinto::polar::server::testing {
namespace {

/// The server ends when this end of its standard input is closed, by the destructor or by the end of the process.
class PostgresServer {
 public:
  PostgresServer() {
    std::array<int, 2> input{};
    std::array<int, 2> output{};
    if (pipe(input.data()) != 0 || pipe(output.data()) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    for (const int end : {input[0], input[1], output[0], output[1]}) posix_spawn_file_actions_addclose(&actions, end);
    std::string script = PLINTO_POLAR_SOURCE "/scripts/postgres-for-tests";
    std::array<char*, 2> arguments = {script.data(), nullptr};
    const bool started = posix_spawn(&process_, script.c_str(), &actions, nullptr, arguments.data(), environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(input[0]);
    close(output[1]);
    stop_ = input[1];
    char byte = 0;
    while (started && read(output[0], &byte, 1) == 1 && byte != '\n') url_ += byte;
    close(output[0]);
  }
  ~PostgresServer() {
    close(stop_);
    int status = 0;
    if (process_ > 0) waitpid(process_, &status, 0);
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  pid_t process_ = 0;
  int stop_ = -1;
  std::string url_;
};

}  // namespace

std::string NewPostgres() {
  static const PostgresServer server;
  static int schemas = 0;
  REQUIRE_FALSE(server.url().empty());
  const std::string schema = "test_" + std::to_string(++schemas);
  PostgresConnection(server.url()).Execute("CREATE SCHEMA " + schema);
  return server.url() + "&options=-csearch_path%3D" + schema;
}

std::unique_ptr<Database> OpenEmpty(SqlEngine engine) {
  auto opened = engine == SqlEngine::kSqlite ? Database::OpenSqlite(":memory:", SqliteWriter::Mode::kInline)
                                             : Database::OpenPostgres(NewPostgres(), 4);
  INFO((opened.ok() ? std::string() : opened.error().message));
  REQUIRE(opened.ok());
  return std::move(*opened);
}

namespace {

std::shared_ptr<SqlRunner> Open(SqlEngine engine, const Clock* shared_clock) {
  if (engine == SqlEngine::kSqlite) {
    auto writer = SqliteWriter::Open(":memory:", SqliteWriter::Mode::kInline, shared_clock);
    REQUIRE(writer.ok());
    return std::move(*writer);
  }
  auto pool = PostgresPool::Open(NewPostgres(), 4);
  REQUIRE(pool.ok());
  return std::move(*pool);
}

}  // namespace

std::shared_ptr<SqlRunner> OpenRunner(SqlEngine engine) { return Open(engine, nullptr); }

std::shared_ptr<SqlRunner> OpenShared(SqlEngine engine, const Clock& clock) { return Open(engine, &clock); }

std::vector<std::string> RowsOf(SqlRunner& runner, const char* sql) {
  return Ask(RunOn<std::vector<std::string>>(runner, [sql](SqlConnection& connection) {
    Query query(connection, sql);
    std::vector<std::string> rows;
    while (query.Step()) rows.push_back(query.Text(0));
    return rows;
  }));
}

}  // namespace plinto::polar::server::testing
