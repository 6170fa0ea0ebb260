#include "server/store/engines/sqlite_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace plinto::polar::server {

Result<std::unique_ptr<SqliteLock>> SqliteLock::Take(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file == -1) {
    return Error{.code = ErrorCode::kStoreFailed,
                 .message = "The database `" + path + "` cannot be opened: " + std::strerror(errno) +
                            ". Check DATABASE_URL, the folder and its permissions."};
  }
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return std::unique_ptr<SqliteLock>(new SqliteLock(file));
  const bool is_taken = errno == EWOULDBLOCK;
  const std::string reason = std::strerror(errno);
  close(file);
  if (is_taken) {
    return Error{.code = ErrorCode::kConflict,
                 .message = "Another server has the database `" + path +
                            "` open. An SQLite file belongs to one server: stop that one, give this one a DATABASE_URL "
                            "of its own, or let both use a PostgreSQL."};
  }
  return Error{.code = ErrorCode::kStoreFailed,
               .message = "The database `" + path + "` cannot be locked: " + reason + "."};
}

SqliteLock::~SqliteLock() { close(file_); }

}  // namespace plinto::polar::server
