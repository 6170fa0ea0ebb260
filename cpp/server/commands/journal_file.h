// The file of `emulate --data`: appended to, readable by its owner only, held by one process at a time.
//
// A line is written before the answer that it belongs to is sent, so a crash of the process loses nothing; it is forced
// to the disk within a second and at the end, so a power failure loses a second at most.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/foundation/result.h"

namespace plinto::polar::server {

class JournalFile {
 public:
  JournalFile() = default;
  ~JournalFile();
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  /// Opens or makes the file (mode 0600) and gives what it holds. Errors: CONFIGURATION_INVALID when that is not
  /// possible or another process has it.
  [[nodiscard]] Result<std::string> Open(const std::string& path);
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

  /// False when the line could not be written.
  [[nodiscard]] bool Append(std::string_view line);
  [[nodiscard]] bool needs_sync() const { return dirty_; }
  /// Forces what was written to the disk, unless that was done less than a second ago.
  void SyncIfDue();
  void Sync();

 private:
  int descriptor_ = -1;
  bool dirty_ = false;
  std::chrono::steady_clock::time_point synced_at_ = {};
};

}  // namespace plinto::polar::server
