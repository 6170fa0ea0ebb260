// The machine's time, and sleep on the event loop of whoever sleeps.
//
// Not thread-safe: one event-loop thread owns it, as it owns the service.
#pragma once

#include <list>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "server/base/time/clock.h"
#include "server/base/time/test_clock.h"

namespace plinto::polar::server {

class SystemClock : public Clock {
 public:
  SystemClock() = default;
  /// The time of a test in place of the machine's.
  explicit SystemClock(std::optional<TestClock> test) : test_(std::move(test)) {}

  [[nodiscard]] Timestamp Now() const override;
  /// Sleeps on the executor of the calling coroutine. Follows the wall clock: when it is set, sleepers notice within
  /// half a minute, by the clock of a test at once.
  [[nodiscard]] Task<void> SleepUntil(Timestamp at) override;

  /// The clock of a test jumps: what is due then is done soon.
  [[nodiscard]] std::int64_t LongestWaitMs() const override { return test_ ? 500 : Clock::LongestWaitMs(); }

  /// Wakes every sleeper, now and from now on. For the stop of the process.
  void Stop();
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  std::optional<TestClock> test_;
  std::list<boost::asio::steady_timer*> sleepers_;
  bool stopped_ = false;
};

}  // namespace plinto::polar::server
