// One at a time of each name.
#include "server/base/async/turns.h"
#include "catch.h"
#include "event_loop.h"

namespace plinto::polar::server {

using namespace testing;

TEST_CASE("of each name one has the turn, the others have it in order, and a line has an end") {
  boost::asio::io_context loop;
  Turns turns(2);
  Event release(loop);
  Event all(loop);
  std::vector<std::string> order;
  const auto work = [&](std::string name, std::string who) -> Task<void> {
    const auto turn = co_await turns.Take(std::move(name));
    order.push_back(turn ? who : who + " refused");
    if (who == "first") co_await release.Wait();
    if (who == "third") all.Set();
  };

  RunOn(loop, [&]() -> Task<void> {
    for (const char* who : {"first", "second", "third", "fourth"}) {
      boost::asio::co_spawn(loop, work("acme", who), boost::asio::detached);
    }
    co_await work("other", "another's");
    co_await work("other", "another's again");
    release.Set();
    co_await all.Wait();
    co_await work("acme", "later");
  }());

  CHECK(order == std::vector<std::string>{"first", "fourth refused", "another's", "another's again", "second", "third",
                                          "later"});
}

}  // namespace plinto::polar::server
