// One queue that is worked off: when it is notified, and when its work says that something will be due.
//
// Runs on one executor. Stop() it before it goes.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>

#include "server/base/clock.h"

namespace plinto::polar::server {

class JobLoop {
 public:
  /// Returns when there will be something to do, if that is known.
  using Work = std::function<Task<std::optional<Timestamp>>()>;

  /// Between the beginnings of two runs passes at least the pause: what comes meanwhile is worked off together.
  JobLoop(const boost::asio::any_io_executor& executor, Clock& clock, Work work, std::chrono::milliseconds pause = {});

  /// Runs the work at once, and then when it is due: at the latest after half a minute, so that neither a lost
  /// notification nor a wall clock that was set back stops the queue.
  void Start();
  void Notify();
  /// Returns once the work in hand is finished. Also when it was never started.
  [[nodiscard]] Task<void> Stop();

 private:
  Task<void> Run();

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer pace_;
  boost::asio::steady_timer done_;
  Work work_;
  std::chrono::milliseconds pause_;
  bool notified_ = false;
  bool stopping_ = false;
  bool running_ = false;
};

}  // namespace plinto::polar::server
