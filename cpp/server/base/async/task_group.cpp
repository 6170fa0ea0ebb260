#include "server/base/async/task_group.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace plinto::polar::server {
namespace asio = boost::asio;

/// A timer that never fires: it is canceled.
struct TaskGroup::Waiting {
  explicit Waiting(const asio::any_io_executor& executor) : timer(executor) {
    timer.expires_at(asio::steady_timer::time_point::max());
  }
  asio::steady_timer timer;
};

TaskGroup::TaskGroup() = default;
TaskGroup::~TaskGroup() = default;

Task<void> TaskGroup::Start(Task<void> task) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  ++size_;
  asio::co_spawn(executor, std::move(task), [this](const std::exception_ptr&) {
    --size_;
    if (size_ == 0 && waiting_) waiting_->timer.cancel();
    if (ended_) ended_();
  });
}

Task<void> TaskGroup::Wait() {
  while (size_ > 0) {
    if (!waiting_) waiting_ = std::make_shared<Waiting>(co_await asio::this_coro::executor);
    const std::shared_ptr<Waiting> waiting = waiting_;
    co_await waiting->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    waiting_.reset();
  }
}

}  // namespace plinto::polar::server
