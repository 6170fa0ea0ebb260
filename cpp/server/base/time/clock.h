// Time, handed to whoever needs it. Real: base/time/system_clock.h. Simulated: tests.
#pragma once

#include "core/foundation/timestamp.h"
#include "server/base/async/task.h"

namespace plinto::polar::server {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp Now() const = 0;
  /// Returns when Now() has reached `at`, or earlier when the process is stopping.
  [[nodiscard]] virtual Task<void> SleepUntil(Timestamp at) = 0;
  /// How long who waits for a time may go without asking again what time it is: clocks are set.
  [[nodiscard]] virtual std::int64_t LongestWaitMs() const { return 30'000; }
};

}  // namespace plinto::polar::server
