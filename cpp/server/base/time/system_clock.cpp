#include "server/base/time/system_clock.h"

#include <algorithm>
#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace plinto::polar::server {
namespace {

using std::chrono::microseconds;

// The wall clock can be set while we sleep on the steady one.
constexpr microseconds kLongestNap = std::chrono::seconds(30);
constexpr microseconds kLongestNapInTests = std::chrono::milliseconds(20);

// A sleeper is on the list for as long as its coroutine frame lives, even when the event loop drops the frame.
class Enlisted {
 public:
  Enlisted(std::list<boost::asio::steady_timer*>& list, boost::asio::steady_timer& timer)
      : list_(list), place_(list.insert(list.end(), &timer)) {}
  ~Enlisted() { list_.erase(place_); }
  Enlisted(const Enlisted&) = delete;
  Enlisted& operator=(const Enlisted&) = delete;

 private:
  std::list<boost::asio::steady_timer*>& list_;
  std::list<boost::asio::steady_timer*>::iterator place_;
};

}  // namespace

Timestamp SystemClock::Now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const Timestamp machine{std::chrono::duration_cast<microseconds>(since_epoch).count()};
  return test_ ? test_->Now(machine) : machine;
}

Task<void> SystemClock::SleepUntil(Timestamp at) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  const Enlisted enlisted(sleepers_, timer);
  while (!stopped_) {
    const microseconds left(at.microseconds - Now().microseconds);
    if (left <= microseconds::zero()) break;
    timer.expires_after(std::min(left, test_ ? kLongestNapInTests : kLongestNap));
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

void SystemClock::Stop() {
  stopped_ = true;
  for (boost::asio::steady_timer* timer : sleepers_) timer->cancel();
}

}  // namespace plinto::polar::server
