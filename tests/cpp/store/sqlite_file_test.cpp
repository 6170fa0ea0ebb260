// The file of an SQLite database: who may read it, whose version it is, and what is written to it.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "../awaiting.h"
#include "../due.h"
#include "people.h"
#include "server/store/database.h"
#include "server/store/engines/sqlite_lock.h"
#include "server/store/sql/statements/statements.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

namespace fs = std::filesystem;
constexpr fs::perms kOwnerOnly = fs::perms::owner_read | fs::perms::owner_write;

/// The file modes of a process are what its umask leaves: here, everything.
class NoMask {
 public:
  NoMask() : before_(umask(0)) {}
  ~NoMask() { umask(before_); }
  NoMask(const NoMask&) = delete;
  NoMask& operator=(const NoMask&) = delete;

 private:
  mode_t before_;
};

fs::perms ModeOf(const fs::path& path) { return fs::status(path).permissions(); }

/// Bytes that this process has written to files, also to those that have no name.
std::int64_t BytesWritten() {
  std::ifstream counts("/proc/self/io");
  std::int64_t bytes = -1;
  for (std::string name; counts >> name;) {
    if (name == "wchar:") counts >> bytes;
  }
  return bytes;
}

}  // namespace

TEST_CASE("a new SQLite database is readable by its owner only; the mode of one that is there stays") {
  std::string folder = (fs::temp_directory_path() / "plinto-polar-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const NoMask no_mask;
  const std::string fresh = folder + "/fresh.db";
  const std::string shared = folder + "/shared.db";
  std::ofstream(shared).close();
  fs::permissions(shared, kOwnerOnly | fs::perms::group_read);

  for (const std::string& path : {fresh, shared}) {
    const auto database = Database::OpenSqlite(path, SqliteWriter::Mode::kInline);
    REQUIRE(database.ok());
    Ask((*database)->ForTenant("one")->AddSigningKey({"kid", "secret", {1}}));
    const fs::perms expected = path == fresh ? kOwnerOnly : kOwnerOnly | fs::perms::group_read;
    for (const char* suffix : {"", "-wal", "-shm"}) {
      INFO(path << suffix);
      CHECK(ModeOf(path + suffix) == expected);
    }
  }
  fs::remove_all(folder);
}

TEST_CASE("an SQLite database of a newer version of this server is refused, and stays as it is") {
  std::string folder = (fs::temp_directory_path() / "plinto-polar-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const std::string path = folder + "/newer.db";
  REQUIRE(Database::OpenSqlite(path, SqliteWriter::Mode::kInline).ok());
  SqliteConnection(path).database().exec("PRAGMA user_version = 1000");

  const auto opened = Database::OpenSqlite(path, SqliteWriter::Mode::kInline);

  REQUIRE_FALSE(opened.ok());
  CHECK(opened.error().code == ErrorCode::kStoreFailed);
  CHECK(opened.error().message.find("newer version") != std::string::npos);
  CHECK(SqliteConnection(path).database().execAndGet("PRAGMA user_version").getInt() == 1000);
  fs::remove_all(folder);
}

TEST_CASE("one server at a time has an SQLite file, by whatever name; its own commands may open it beside") {
  std::string folder = (fs::temp_directory_path() / "plinto-polar-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const NoMask no_mask;
  const std::string path = folder + "/served.db";
  {
    const auto first = SqliteLock::Take(path);
    REQUIRE(first.ok());
    CHECK(ModeOf(path) == kOwnerOnly);
    const auto database = Database::OpenSqlite(path, SqliteWriter::Mode::kInline);
    REQUIRE(database.ok());
    fs::create_symlink(path, folder + "/other-name.db");

    for (const std::string& name : {path, folder + "/other-name.db"}) {
      const auto second = SqliteLock::Take(name);
      REQUIRE_FALSE(second.ok());
      CHECK(second.error().code == ErrorCode::kConflict);
      CHECK(second.error().message.find("Another server") != std::string::npos);
    }
    CHECK(DueUsage(*(*database)->ForTenant("one"), {1}, 1).empty());
    CHECK(Database::OpenSqlite(path, SqliteWriter::Mode::kInline).ok());
  }
  CHECK(SqliteLock::Take(path).ok());
  fs::remove_all(folder);
}

TEST_CASE("usage of many senders that is committed together is written once") {
  std::string folder = (fs::temp_directory_path() / "plinto-polar-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  REQUIRE(Database::OpenSqlite(folder + "/usage.db", SqliteWriter::Mode::kInline).ok());
  constexpr int kJobs = 8;
  constexpr int kEvents = 100;
  {
    SqliteConnection connection(folder + "/usage.db");
    const std::string tenant = "acme";
    const std::int64_t before = BytesWritten();
    REQUIRE(before >= 0);

    // As the writer commits a group.
    SqliteTransaction transaction(connection, "BEGIN IMMEDIATE");
    for (int job = 0; job < kJobs; ++job) {
      std::vector<UsageRow> usage;
      for (int i = 0; i < kEvents; ++i) {
        usage.push_back({.subject = kAlice,
                         .external_id = std::to_string(1'000 * job + i),
                         .event_name = "call",
                         .quantity = 1,
                         .properties = "{}",
                         .created_at = {1'000 * job + i}});
      }
      connection.Prepare("SAVEPOINT job").Run();
      sql::AddUsageBatch(Scope(connection, tenant), usage);
      connection.Prepare("RELEASE job").Run();
    }
    transaction.Commit();

    // The log, and what each job would undo. With a statement that returns rows it is many times as much.
    CHECK(BytesWritten() - before < kJobs * kEvents * 1'024);
  }
  fs::remove_all(folder);
}
