// Work beside the loop.
#include <thread>

#include "catch.h"
#include "event_loop.h"
#include "server/base/async/workers.h"

namespace plinto::polar::server {

using namespace testing;

TEST_CASE("large work is done on another thread while the loop goes on, small work at once") {
  boost::asio::io_context loop;
  ThreadWorkers workers;
  const auto here = std::this_thread::get_id();
  const auto where = [] { return std::this_thread::get_id(); };

  RunOn(loop, [&]() -> Task<void> {
    const auto small = co_await RunBeside(workers, kWorthWorkers - 1, where);
    CHECK(small == here);
    const auto large = co_await RunBeside(workers, kWorthWorkers, where);
    CHECK(large != here);
    const bool is_back = std::this_thread::get_id() == here;
    CHECK(is_back);
  }());
}

TEST_CASE("what the work throws reaches who asked for it") {
  boost::asio::io_context loop;
  ThreadWorkers workers;
  const auto fail = []() -> int { throw std::runtime_error("broken"); };

  RunOn(loop, [&]() -> Task<void> {
    std::string problem;
    try {
      static_cast<void>(co_await RunBeside(workers, kWorthWorkers, fail));
    } catch (const std::runtime_error& thrown) {
      problem = thrown.what();
    }
    CHECK(problem == "broken");
  }());
}

}  // namespace plinto::polar::server
