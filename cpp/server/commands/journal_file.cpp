#include "server/commands/journal_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstring>

namespace plinto::polar::server {
namespace {

constexpr std::chrono::seconds kSyncEvery(1);

Error Refused(const std::string& path, std::string_view why) {
  return Error{.code = ErrorCode::kConfigurationInvalid,
               .message = "The file of --data cannot be used: " + path + ": " + std::string(why) + "."};
}

}  // namespace

JournalFile::~JournalFile() {
  if (descriptor_ < 0) return;
  Sync();
  ::close(descriptor_);
}

Result<std::string> JournalFile::Open(const std::string& path) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return Refused(path, std::strerror(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) return Refused(path, "another emulator has it open");
  // It holds tokens, whoever made it.
  if (::fchmod(descriptor_, 0600) != 0) return Refused(path, std::strerror(errno));
  std::string text;
  std::array<char, 64 * 1024> chunk;
  while (true) {
    const ssize_t size = ::read(descriptor_, chunk.data(), chunk.size());
    if (size == 0) return text;
    if (size < 0 && errno != EINTR) return Refused(path, std::strerror(errno));
    if (size > 0) text.append(chunk.data(), static_cast<std::size_t>(size));
  }
}

bool JournalFile::Append(std::string_view line) {
  dirty_ = true;
  while (!line.empty()) {
    const ssize_t size = ::write(descriptor_, line.data(), line.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    line.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

void JournalFile::SyncIfDue() {
  if (dirty_ && std::chrono::steady_clock::now() - synced_at_ >= kSyncEvery) Sync();
}

void JournalFile::Sync() {
  if (!dirty_) return;
  ::fdatasync(descriptor_);
  dirty_ = false;
  synced_at_ = std::chrono::steady_clock::now();
}

}  // namespace plinto::polar::server
