#include "server/tenants/readiness.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace plinto::polar::server {

using std::chrono::steady_clock;

Task<std::string> Readiness::Ask() {
  if (writing_.size() == 0 && steady_clock::now() - as_of_ >= kGoodFor) {
    done_.expires_after(kPatience);
    co_await writing_.Start(Write());
  }
  while (writing_.size() > 0 && steady_clock::now() < done_.expiry()) {
    co_await done_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
  if (writing_.size() > 0) co_return "the database does not answer";
  co_return is_ready_ ? "" : "the database takes no writes";
}

Task<void> Readiness::Write() {
  is_ready_ = co_await store_.IsReady();
  as_of_ = steady_clock::now();
}

}  // namespace plinto::polar::server
