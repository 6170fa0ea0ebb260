// Work at the same time: all of it ends before whoever waits goes on.
#include "server/base/async/side_by_side.h"

#include "../event_loop.h"
#include "catch.h"

using namespace plinto::polar::server;

namespace {

Task<void> Note(std::vector<int>& notes, int number, testing::Event* gate = nullptr) {
  if (gate != nullptr) co_await gate->Wait();
  notes.push_back(number);
}

Task<void> Throw() {
  throw std::runtime_error("broken");
  co_return;
}

}  // namespace

TEST_CASE("what is side by side does not wait for what stands before it, and all of it has ended afterwards") {
  boost::asio::io_context loop;
  testing::Event gate(loop);
  std::vector<int> notes;
  testing::RunOn(loop, [&]() -> Task<void> {
    std::vector<Task<void>> inner;
    inner.push_back(Note(notes, 1, &gate));
    inner.push_back(Note(notes, 2));
    std::vector<Task<void>> outer;
    outer.push_back(SideBySide(std::move(inner)));
    outer.push_back([](testing::Event& opened) -> Task<void> {
      opened.Set();
      co_return;
    }(gate));
    co_await SideBySide(std::move(outer));
    notes.push_back(3);
  }());

  CHECK(notes == std::vector{2, 1, 3});
}

TEST_CASE("nothing at all is done at once, and what is thrown comes after the others have ended") {
  boost::asio::io_context loop;
  std::vector<int> notes;
  bool is_thrown = false;
  testing::RunOn(loop, [&]() -> Task<void> {
    co_await SideBySide({});
    std::vector<Task<void>> work;
    work.push_back(Throw());
    work.push_back(Note(notes, 1));
    try {
      co_await SideBySide(std::move(work));
    } catch (const std::runtime_error&) {
      is_thrown = true;
    }
  }());

  CHECK(is_thrown);
  CHECK(notes == std::vector{1});
}
