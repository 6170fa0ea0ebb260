// Whether the store takes writes, as whoever sends traffic here asks again and again.
//
// A row is committed, so that a full disk or a read-only file is noticed. Anybody may ask: one write at a time is on
// its way, and its answer is good for a second. Runs on one executor. Stop() it before it goes.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>

#include "server/base/async/task_group.h"
#include "server/store/store.h"

namespace plinto::polar::server {

class Readiness {
 public:
  static constexpr std::chrono::milliseconds kGoodFor{1'000};
  static constexpr std::chrono::milliseconds kPatience{3'000};

  /// `store` outlives this.
  Readiness(const boost::asio::any_io_executor& executor, Store& store) : store_(store), done_(executor) {
    writing_.OnEnded([this] { done_.cancel(); });
  }

  /// What is wrong with the store, in words that may be shown to anybody; empty when it takes writes. Answers within
  /// the patience, whatever the store does.
  [[nodiscard]] Task<std::string> Ask();
  /// Returns once nothing is on its way.
  [[nodiscard]] Task<void> Stop() { return writing_.Wait(); }

 private:
  [[nodiscard]] Task<void> Write();

  Store& store_;
  TaskGroup writing_;
  boost::asio::steady_timer done_;  ///< of the write on its way: when it has ended, or taken too long
  bool is_ready_ = false;
  std::chrono::steady_clock::time_point as_of_ = {};
};

}  // namespace plinto::polar::server
