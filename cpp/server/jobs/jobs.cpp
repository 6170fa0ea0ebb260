#include "server/jobs/jobs.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace plinto::polar::server {
namespace asio = boost::asio;

namespace {

// Wakes a queue even if a notification was missed or the wall clock was set back.
constexpr std::int64_t kLongestWaitMs = 30'000;

}  // namespace

class Jobs::Loop {
 public:
  using Work = std::function<Task<std::optional<Timestamp>>()>;

  Loop(const asio::any_io_executor& executor, Clock& clock, Work work)
      : executor_(executor), clock_(clock), wake_(executor), done_(executor), work_(std::move(work)) {
    done_.expires_at(asio::steady_timer::time_point::max());
  }

  void Start() {
    running_ = true;
    asio::co_spawn(executor_, Run(), asio::detached);
  }

  void Notify() {
    notified_ = true;
    wake_.cancel();
  }

  Task<void> Stop() {
    stopping_ = true;
    wake_.cancel();
    boost::system::error_code ignored;
    while (running_) co_await done_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

 private:
  Task<void> Run() {
    while (!stopping_) {
      notified_ = false;
      const std::optional<Timestamp> next = co_await work_();
      if (stopping_) break;
      if (notified_) continue;
      std::int64_t wait_ms = kLongestWaitMs;
      if (next) wait_ms = std::clamp<std::int64_t>(next->Milliseconds() - clock_.Now().Milliseconds() + 1, 1, wait_ms);
      wake_.expires_after(std::chrono::milliseconds(wait_ms));
      boost::system::error_code ignored;
      co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    running_ = false;
    done_.cancel();
  }

  asio::any_io_executor executor_;
  Clock& clock_;
  asio::steady_timer wake_;
  asio::steady_timer done_;
  Work work_;
  bool notified_ = false;
  bool stopping_ = false;
  bool running_ = false;
};

Jobs::Jobs(asio::any_io_executor executor, Clock& clock, Service& service)
    : inbox_(std::make_unique<Loop>(executor, clock, [&service] { return service.ProcessInbox(); })),
      usage_(std::make_unique<Loop>(executor, clock, [&service] { return service.ReportUsage(); })) {
  service.OnWork([this] {
    inbox_->Notify();
    usage_->Notify();
  });
}

Jobs::~Jobs() = default;

void Jobs::Start() {
  inbox_->Start();
  usage_->Start();
}

Task<void> Jobs::Stop() {
  co_await inbox_->Stop();
  co_await usage_->Stop();
}

}  // namespace plinto::polar::server
