#include "machine/process.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>

namespace plinto::polar::sim {
namespace asio = boost::asio;

Process::Wait Process::When(Timestamp at, const std::string& what, std::function<void(bool)> then) {
  const Wait wait = ++next_;
  if (!is_alive_) {
    then(true);
    return wait;
  }
  waiting_.emplace(wait, Waiting{{}, name_ + " " + what, std::move(then)});
  Plan(wait, at);
  return wait;
}

void Process::Plan(Wait wait, Timestamp at) {
  Waiting& waiting = waiting_.at(wait);
  waiting.key = schedule_.At(at, waiting.what, [this, wait] { Come(wait); });
}

void Process::Come(Wait wait) {
  if (schedule_.Now() < stalled_until_) {
    Plan(wait, stalled_until_);
    return;
  }
  const auto found = waiting_.find(wait);
  const std::function<void(bool)> then = std::move(found->second.then);
  waiting_.erase(found);
  then(false);
  Drain();
}

void Process::Hasten(Wait wait, Timestamp at) {
  const auto found = waiting_.find(wait);
  if (found == waiting_.end() || std::get<0>(found->second.key) <= at.microseconds) return;
  schedule_.Cancel(found->second.key);
  Plan(wait, at);
}

server::Task<void> Process::Until(Timestamp at, std::string what, Wait* wait) {
  if (!is_alive_) throw Crashed{};
  auto initiate = [this, at, &what, wait]<class Handler>(Handler&& handler) {
    auto kept = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
    const Wait one = When(at, what, [this, kept](bool has_crashed) {
      asio::post(context_, [kept, has_crashed] {
        std::move (*kept)(has_crashed ? std::make_exception_ptr(Crashed{}) : std::exception_ptr());
      });
    });
    if (wait != nullptr) *wait = one;
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(initiate, asio::use_awaitable);
}

void Process::Spawn(server::Task<void> task, std::function<void()> ended) {
  asio::co_spawn(context_, std::move(task), [this, ended = std::move(ended)](const std::exception_ptr& problem) {
    try {
      if (problem) std::rethrow_exception(problem);
      if (is_alive_ && ended) ended();
    } catch (const Crashed&) {
    }
  });
}

void Process::Drain() {
  context_.restart();
  context_.poll();
}

void Process::Crash() {
  is_alive_ = false;
  // One may bring another to an end, or begin to wait anew, which ends at once.
  while (!waiting_.empty()) {
    Waiting waiting = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    schedule_.Cancel(waiting.key);
    waiting.then(true);
    Drain();
  }
  Drain();
}

}  // namespace plinto::polar::sim
