#include "server/store/backup.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
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

// A new file beside the target, its owner's only before there is a byte in it. No two backups share one.
std::string NewPartial(const std::string& target) {
  std::string name = target + ".partial-XXXXXX";
  const int file = mkostemp(name.data(), O_CLOEXEC);  // mode 0600
  if (file == -1) throw std::runtime_error(std::strerror(errno));
  close(file);
  return name;
}

// Unlike a renaming, a link is never made over another file. Where the file system has none, it is renamed.
void GiveName(const std::string& partial, const std::string& target) {
  if (link(partial.c_str(), target.c_str()) == 0) {
    unlink(partial.c_str());
    return;
  }
  if (errno == EEXIST) throw std::runtime_error("another file has got that name meanwhile");
  std::filesystem::rename(partial, target);
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
  std::string partial;
  try {
    partial = NewPartial(target);
    Copy(path, partial);
    GiveName(partial, target);
  } catch (const std::exception& failure) {
    if (!partial.empty()) fs::remove(partial, problem);
    return Error{.code = ErrorCode::kStoreFailed,
                 .message = "The backup to `" + target + "` failed: " + failure.what() +
                            ". Check the folder, its permissions and its free space."};
  }
  return Done{};
}

}  // namespace plinto::polar::server
