// A sign of life of a coroutine and of all that it awaits: each time one of them goes on.
//
// Whatever a job waits for, be it the store, Polar or the clock, answers or gives up within half a minute, so that a
// job that works goes on again and again, however long its run takes. The job itself need not say so: it runs on an
// executor that does. The beats are counted on the thread that runs the coroutine.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <utility>

namespace plinto::polar::server {

class Heartbeat {
 public:
  using Clock = std::chrono::steady_clock;
  void Beat() { last_ = Clock::now(); }
  [[nodiscard]] Clock::duration Age() const { return Clock::now() - last_; }

 private:
  Clock::time_point last_ = Clock::now();
};

/// Runs what `Inner` runs, with a beat before each piece of it.
template <class Inner>
class BeatingExecutor {
 public:
  BeatingExecutor(Inner inner, std::shared_ptr<Heartbeat> heart) : inner_(std::move(inner)), heart_(std::move(heart)) {}

  template <class Function>
  void execute(Function&& function) const {
    inner_.execute([heart = heart_, run = std::decay_t<Function>(std::forward<Function>(function))]() mutable {
      heart->Beat();
      std::move(run)();
    });
  }

  template <class Property>
  requires boost::asio::can_query<const Inner&, Property>::value decltype(auto) query(const Property& property) const {
    return boost::asio::query(inner_, property);
  }
  template <class Property>
  requires boost::asio::can_require<const Inner&, Property>::value auto require(const Property& property) const {
    return Around(boost::asio::require(inner_, property));
  }
  template <class Property>
  requires boost::asio::can_prefer<const Inner&, Property>::value auto prefer(const Property& property) const {
    return Around(boost::asio::prefer(inner_, property));
  }

  bool operator==(const BeatingExecutor& other) const noexcept {
    return inner_ == other.inner_ && heart_ == other.heart_;
  }
  bool operator!=(const BeatingExecutor& other) const noexcept { return !(*this == other); }

 private:
  template <class Other>
  BeatingExecutor<std::decay_t<Other>> Around(Other&& other) const {
    return {std::forward<Other>(other), heart_};
  }

  Inner inner_;
  std::shared_ptr<Heartbeat> heart_;
};

}  // namespace plinto::polar::server
