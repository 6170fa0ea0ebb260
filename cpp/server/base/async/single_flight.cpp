#include "server/base/async/single_flight.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace plinto::polar::server {
namespace asio = boost::asio;

/// Others wait for a timer that never fires: it is canceled when the work has ended.
struct SingleFlight::Flight {
  explicit Flight(const asio::any_io_executor& executor) : landed(executor) {
    landed.expires_at(asio::steady_timer::time_point::max());
  }
  asio::steady_timer landed;
};

class SingleFlight::Landing {
 public:
  explicit Landing(SingleFlight& owner) : owner_(owner) {}
  ~Landing() {
    owner_.flight_->landed.cancel();
    owner_.flight_.reset();
  }
  Landing(const Landing&) = delete;
  Landing& operator=(const Landing&) = delete;

 private:
  SingleFlight& owner_;
};

Task<void> SingleFlight::Join(std::function<Task<void>()> work) {
  if (const std::shared_ptr<Flight> flight = flight_) {
    co_await flight->landed.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return;
  }
  flight_ = std::make_shared<Flight>(co_await asio::this_coro::executor);
  const Landing landing(*this);
  co_await work();
}

}  // namespace plinto::polar::server
