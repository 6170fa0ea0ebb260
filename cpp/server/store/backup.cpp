#include "server/store/backup.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>

namespace plinto::polar::server {
namespace {

constexpr int kBusyMs = 5'000;

void Copy(const std::string& path, const std::string& partial) {
  SQLite::Database source(path, SQLite::OPEN_READONLY, kBusyMs);
  SQLite::Database copy(partial, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs);
  {
    SQLite::Backup backup(copy, source);
    while (backup.executeStep(-1) != SQLITE_DONE) {
    }
  }
  // One file, whatever the source's journal is.
  copy.exec("PRAGMA journal_mode = DELETE");
  const std::string verdict = copy.execAndGet("PRAGMA integrity_check").getString();
  if (verdict != "ok") throw std::runtime_error("the copy is damaged: " + verdict);
}

}  // namespace

Status BackupSqlite(const std::string& path, const std::string& target) {
  namespace fs = std::filesystem;
  std::error_code problem;
  if (!fs::exists(path, problem)) {
    return Error{.code = ErrorCode::kNotFound, .message = "There is no database `" + path + "`. Check DATABASE_URL."};
  }
  if (fs::exists(target, problem)) {
    return Error{.code = ErrorCode::kValidationFailed,
                 .message = "There is a file `" + target + "` already. Name a new one: no backup is overwritten.",
                 .field = "file"};
  }
  const std::string partial = target + ".partial";
  fs::remove(partial, problem);
  try {
    Copy(path, partial);
    fs::permissions(partial, fs::perms::owner_read | fs::perms::owner_write);
    fs::rename(partial, target);
  } catch (const std::exception& failure) {
    fs::remove(partial, problem);
    return Error{.code = ErrorCode::kStoreFailed,
                 .message = "The backup to `" + target + "` failed: " + failure.what() +
                            ". Check the folder, its permissions and its free space."};
  }
  return Done{};
}

}  // namespace plinto::polar::server
