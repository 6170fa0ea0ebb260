#include "server/base/async/workers.h"

#include <exception>
#include <memory>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/base/async/waiting_handler.h"

namespace plinto::polar::server {
namespace asio = boost::asio;

Task<void> Workers::Run(std::function<void()> work) {
  work();
  co_return;
}

Workers& NoWorkers() {
  static Workers none;
  return none;
}

Task<void> ThreadWorkers::Run(std::function<void()> work) {
  auto initiate = [this, &work]<class Handler>(Handler&& handler) {
    auto waiting = std::make_shared<WaitingHandler<std::decay_t<Handler>>>(std::forward<Handler>(handler));
    asio::post(pool_, [waiting, work = std::move(work)] {
      std::exception_ptr problem;
      try {
        work();
      } catch (...) {
        problem = std::current_exception();
      }
      asio::post(waiting->work.get_executor(), [waiting, problem]() mutable { std::move(waiting->handler)(problem); });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(initiate, asio::use_awaitable);
}

}  // namespace plinto::polar::server
