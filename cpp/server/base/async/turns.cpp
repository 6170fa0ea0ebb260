#include "server/base/async/turns.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace plinto::polar::server {
namespace asio = boost::asio;

Task<std::optional<Turns::Turn>> Turns::Take(std::string name) {
  const auto [line, is_free] = lines_.try_emplace(name);
  if (!is_free) {
    if (line->second.size() >= longest_line_) co_return std::nullopt;
    // It never fires: it is canceled when the turn has come.
    const auto called = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor);
    called->expires_at(asio::steady_timer::time_point::max());
    line->second.push_back(called);
    co_await called->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return Turn(*this, std::move(name));
}

void Turns::End(const std::string& name) {
  const auto line = lines_.find(name);
  if (line->second.empty()) {
    lines_.erase(line);
    return;
  }
  const auto next = line->second.front();
  line->second.pop_front();
  next->cancel();
}

}  // namespace plinto::polar::server
