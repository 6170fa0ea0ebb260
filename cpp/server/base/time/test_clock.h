// The time of a test: what a file says, and from then on as fast as the machine's.
//
// The file holds one time, such as 2026-01-15T12:00:00Z. Whoever drives the test replaces it (write another, then
// rename), and every program that reads it is on the same clock.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/timestamp.h"

namespace plinto::polar::server {

class TestClock {
 public:
  explicit TestClock(std::string path) : path_(std::move(path)) {}

  /// While the file cannot be read, what it said last goes on; before it was ever read, the machine's time does.
  [[nodiscard]] Timestamp Now(Timestamp machine) const;

 private:
  struct Reading {
    Timestamp said;
    Timestamp at;  ///< of the machine, when it was written
  };
  [[nodiscard]] std::optional<Reading> Read() const;

  std::string path_;
  mutable std::optional<Reading> last_;
};

}  // namespace plinto::polar::server
