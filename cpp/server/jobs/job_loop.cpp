#include "server/jobs/job_loop.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace plinto::polar::server {
namespace asio = boost::asio;

namespace {

constexpr std::int64_t kLongestWaitMs = 30'000;

}  // namespace

JobLoop::JobLoop(const asio::any_io_executor& executor, Clock& clock, Work work, std::chrono::milliseconds pause)
    : executor_(executor),
      clock_(clock),
      wake_(executor),
      pace_(executor),
      done_(executor),
      work_(std::move(work)),
      pause_(pause) {
  done_.expires_at(asio::steady_timer::time_point::max());
}

void JobLoop::Start() {
  running_ = true;
  asio::co_spawn(executor_, Run(), asio::detached);
}

void JobLoop::Notify() {
  notified_ = true;
  wake_.cancel();
}

Task<void> JobLoop::Stop() {
  stopping_ = true;
  wake_.cancel();
  pace_.cancel();
  boost::system::error_code ignored;
  while (running_) co_await done_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

Task<void> JobLoop::Run() {
  while (!stopping_) {
    notified_ = false;
    boost::system::error_code ignored;
    pace_.expires_after(pause_);
    const std::optional<Timestamp> next = co_await work_();
    if (stopping_) break;
    co_await pace_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (stopping_) break;
    if (notified_) continue;
    std::int64_t wait_ms = kLongestWaitMs;
    if (next) wait_ms = std::clamp<std::int64_t>(next->Milliseconds() - clock_.Now().Milliseconds() + 1, 1, wait_ms);
    wake_.expires_after(std::chrono::milliseconds(wait_ms));
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  running_ = false;
  done_.cancel();
}

}  // namespace plinto::polar::server
