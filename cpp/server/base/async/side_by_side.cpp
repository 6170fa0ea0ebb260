#include "server/base/async/side_by_side.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>

namespace plinto::polar::server {
namespace asio = boost::asio;

namespace {

/// Whoever waits, waits for a timer that never fires: it is canceled by the last that ends.
struct Group {
  Group(const asio::any_io_executor& executor, std::size_t size) : ended(executor), left(size) {
    ended.expires_at(asio::steady_timer::time_point::max());
  }
  asio::steady_timer ended;
  std::size_t left;
  std::exception_ptr problem;
};

}  // namespace

Task<void> SideBySide(std::vector<Task<void>> work) {
  const auto executor = co_await asio::this_coro::executor;
  const auto group = std::make_shared<Group>(executor, work.size());
  for (Task<void>& one : work) {
    asio::co_spawn(executor, std::move(one), [group](std::exception_ptr problem) {
      if (problem && !group->problem) group->problem = problem;
      if (--group->left == 0) group->ended.cancel();
    });
  }
  while (group->left > 0) co_await group->ended.async_wait(asio::as_tuple(asio::use_awaitable));
  if (group->problem) std::rethrow_exception(group->problem);
}

}  // namespace plinto::polar::server
