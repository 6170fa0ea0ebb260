// Backups: consistent while a server writes, whole or not there, and never over another file.
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "../awaiting.h"
#include "../due.h"
#include "people.h"
#include "server/store/backup.h"
#include "server/store/database.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

namespace fs = std::filesystem;

/// A folder of the test's own, removed with all that is in it.
struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "plinto-polar-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path path;
};

std::unique_ptr<Database> Open(const fs::path& path, SqliteWriter::Mode mode = SqliteWriter::Mode::kInline) {
  auto opened = Database::OpenSqlite(path.string(), mode);
  REQUIRE(opened.ok());
  return std::move(*opened);
}

void Add(Store& store, int number) {
  UsageRow usage{.subject = kAlice,
                 .external_id = std::to_string(number),
                 .event_name = "e",
                 .properties = "{}",
                 .created_at = kNow};
  Ask(store.AddUsage(std::move(usage)));
}

}  // namespace

TEST_CASE("a backup under load has everything that was stored before it, and nothing without what came before") {
  const Folder folder;
  const fs::path original = folder.path / "live.db";
  const fs::path copy = folder.path / "copy.db";
  std::atomic<int> stored = 0;
  std::atomic<bool> stop = false;
  const auto database = Open(original, SqliteWriter::Mode::kThread);
  std::thread writer([&] {
    const auto store = database->ForTenant("one");
    while (!stop) {
      Add(*store, stored);
      ++stored;
    }
  });
  while (stored < 20) std::this_thread::yield();

  const int before = stored;
  const Status copied = BackupSqlite(original.string(), copy.string());
  const int after = stored;
  stop = true;
  writer.join();

  INFO((copied.ok() ? std::string() : copied.error().message));
  REQUIRE(copied.ok());
  const auto rows = DueUsage(*Open(copy)->ForTenant("one"), kNow, 1'000'000);
  CHECK(static_cast<int>(rows.size()) >= before);
  CHECK(static_cast<int>(rows.size()) <= after + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) REQUIRE(rows[i].external_id == std::to_string(i));
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) ==
        4);  // live.db, -wal, -shm, copy
}

TEST_CASE("a backup in the making is readable by its owner only from its first byte, whatever the umask") {
  const Folder folder;
  const fs::path original = folder.path / "live.db";
  const auto database = Open(original);
  for (int i = 0; i < 100; ++i) Add(*database->ForTenant("one"), i);
  const mode_t before = umask(0);
  std::atomic<bool> stop = false;
  std::atomic<int> seen = 0;
  std::atomic<int> readable = 0;
  std::thread watcher([&] {
    while (!stop) {
      std::error_code gone;
      for (const auto& file : fs::directory_iterator(folder.path, gone)) {
        if (!file.path().filename().string().starts_with("copy")) continue;
        const fs::file_status status = fs::status(file.path(), gone);
        if (gone || !fs::exists(status)) continue;
        ++seen;
        const fs::perms others = fs::perms::group_all | fs::perms::others_all;
        if ((status.permissions() & others) != fs::perms::none) ++readable;
      }
    }
  });

  for (int i = 0; i < 20 || seen == 0; ++i) {
    const fs::path copy = folder.path / ("copy" + std::to_string(i) + ".db");
    CHECK(BackupSqlite(original.string(), copy.string()).ok());
  }
  stop = true;
  watcher.join();
  umask(before);

  CHECK(seen > 0);
  CHECK(readable == 0);
}

TEST_CASE("of two backups at once to one name, one is made, whole, and the other is refused") {
  const Folder folder;
  const fs::path original = folder.path / "live.db";
  const auto database = Open(original);
  for (int i = 0; i < 500; ++i) Add(*database->ForTenant("one"), i);

  for (int round = 0; round < 10; ++round) {
    const fs::path copy = folder.path / ("copy" + std::to_string(round) + ".db");
    std::atomic<int> made = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] { made += BackupSqlite(original.string(), copy.string()).ok() ? 1 : 0; });
    }
    for (std::thread& thread : threads) thread.join();

    CHECK(made == 1);
    CHECK(DueUsage(*Open(copy)->ForTenant("one"), kNow, 1'000).size() == 500);
  }
}

TEST_CASE("a backup is refused over another file, without a database, and where it cannot be written") {
  const Folder folder;
  const fs::path original = folder.path / "live.db";
  { const auto database = Open(original); }
  std::ofstream(folder.path / "taken") << "mine";

  const auto code = [&](const fs::path& path, const fs::path& target) {
    const Status copied = BackupSqlite(path.string(), target.string());
    REQUIRE_FALSE(copied.ok());
    return copied.error().code;
  };
  CHECK(code(original, folder.path / "taken") == ErrorCode::kValidationFailed);
  CHECK(fs::file_size(folder.path / "taken") == 4);
  CHECK(code(folder.path / "nothing.db", folder.path / "copy.db") == ErrorCode::kNotFound);
  CHECK(code(original, folder.path / "no-such-folder" / "copy.db") == ErrorCode::kStoreFailed);
  CHECK(code(folder.path / "taken", folder.path / "copy.db") == ErrorCode::kStoreFailed);
  CHECK_FALSE(fs::exists(folder.path / "copy.db"));
}
