#include "server/jobs/job_loop.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>

#include "server/base/time/backoff.h"

namespace plinto::polar::server {
namespace asio = boost::asio;

namespace {

// A database that works again is noticed soon; what throws is a mistake of this program, and will throw again.
constexpr std::int64_t kMostFailedSeconds = 5;
constexpr std::int64_t kMostThrownSeconds = 60;

}  // namespace

JobLoop::JobLoop(const asio::any_io_executor& executor, Clock& clock, OperatorLog& log, std::string name, Work work,
                 std::chrono::milliseconds pause)
    : executor_(BeatingExecutor<asio::any_io_executor>(executor, heart_)),
      clock_(clock),
      log_(log),
      name_(std::move(name)),
      wake_(executor),
      pace_(executor),
      done_(executor),
      work_(std::move(work)),
      pause_(pause) {
  done_.expires_at(asio::steady_timer::time_point::max());
}

JobLoop::~JobLoop() {
  if (failures_ > 0) log_.Ended(Problem::kJobFailing, "");
  if (is_said_dead_) log_.Ended(Problem::kLoopDead, "");
}

void JobLoop::Start() {
  if (started_ || stopping_) return;
  started_ = true;
  running_ = true;
  heart_->Beat();
  asio::co_spawn(executor_, Run(), [this](const std::exception_ptr&) {
    running_ = false;
    done_.cancel();
  });
}

void JobLoop::Notify() {
  notified_ = true;
  wake_.cancel();
}

void JobLoop::AskToStop() {
  stopping_ = true;
  wake_.cancel();
  pace_.cancel();
}

Task<void> JobLoop::Stop() {
  AskToStop();
  boost::system::error_code ignored;
  while (running_) co_await done_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

std::chrono::steady_clock::duration JobLoop::Age() const {
  return started_ && !stopping_ ? heart_->Age() : std::chrono::steady_clock::duration::zero();
}

bool JobLoop::IsDead(std::chrono::steady_clock::duration after) {
  const bool is_dead = started_ && !stopping_ && (!running_ || heart_->Age() > after);
  if (is_dead == is_said_dead_) return is_dead;
  is_said_dead_ = is_dead;
  if (is_dead) {
    log_.Began(Problem::kLoopDead,
               "the loop `" + name_ + "` does not go on, so that nothing of it is worked off: " +
                   (running_ ? "it waits since " +
                                   std::to_string(std::chrono::ceil<std::chrono::seconds>(heart_->Age()).count()) +
                                   " s for what does not come"
                             : std::string("it has ended")) +
                   ". The server says that it is not ready. Restart it; nothing that was acknowledged is lost.");
  } else {
    log_.Ended(Problem::kLoopDead, "the loop `" + name_ + "` goes on again.");
  }
  return is_dead;
}

Task<JobRun> JobLoop::RunOnce() {
  std::string thrown;
  try {
    has_thrown_ = true;
    JobRun run = co_await work_();
    has_thrown_ = false;
    co_return run;
  } catch (const std::exception& problem) {
    thrown = problem.what();
  } catch (...) {
    thrown = "no reason is known";
  }
  co_return JobRun(Error{.code = ErrorCode::kInternal, .message = "The server failed at it: " + thrown});
}

void JobLoop::Say(const JobRun& run) {
  if (run.problem && failures_++ == 0) {
    const Error& error = *run.problem;
    log_.Began(Problem::kJobFailing, "the job `" + name_ + "` fails, and is tried again until it works: " +
                                         error.message + (error.details.empty() ? "" : " (" + error.details + ")"));
  } else if (!run.problem && failures_ > 0) {
    failures_ = 0;
    log_.Ended(Problem::kJobFailing, "the job `" + name_ + "` works again.");
  }
}

std::chrono::seconds JobLoop::PauseAfterFailure() const {
  return std::chrono::seconds(Backoff(1, failures_ - 1, has_thrown_ ? kMostThrownSeconds : kMostFailedSeconds));
}

Task<void> JobLoop::Run() {
  while (!stopping_) {
    notified_ = false;
    boost::system::error_code ignored;
    pace_.expires_after(pause_);
    const JobRun next = co_await RunOnce();
    if (stopping_) break;
    Say(next);
    if (next.problem && !next) pace_.expires_after(PauseAfterFailure());
    co_await pace_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (stopping_) break;
    if (notified_ || (next.problem && !next)) continue;
    std::int64_t wait_ms = clock_.LongestWaitMs();
    if (next) wait_ms = std::clamp<std::int64_t>(next->Milliseconds() - clock_.Now().Milliseconds() + 1, 1, wait_ms);
    wake_.expires_after(std::chrono::milliseconds(wait_ms));
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

}  // namespace plinto::polar::server
