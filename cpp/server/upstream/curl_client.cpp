#include "server/upstream/curl_client.h"

#include <mutex>
#include <new>
#include <thread>
#include <unordered_map>
#include <vector>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/upstream/transfer.h"

namespace plinto::polar::server {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kSpareHandles = 32;
constexpr long kConnectionsPerHost = 64;

struct MultiDelete {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

void InitializeCurlOnce() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) throw std::bad_alloc();
}

}  // namespace

// The thread and what it owns. `queue_` and `stopping_` are shared with the callers, all else is the thread's.
class CurlClient::Engine {
 public:
  explicit Engine(CurlConfig config) : config_(std::move(config)) {
    InitializeCurlOnce();
    multi_.reset(curl_multi_init());
    if (multi_ == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, kConnectionsPerHost);
    thread_ = std::thread([this] { Run(); });
  }

  ~Engine() { Stop(); }

  void Submit(std::unique_ptr<Transfer> transfer) {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_) {
        queue_.push_back(std::move(transfer));
        curl_multi_wakeup(multi_.get());
        return;
      }
    }
    transfer->Complete(TransportFault::kCanceled);
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      curl_multi_wakeup(multi_.get());
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run() {
    while (TakeQueued()) {
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      FinishDone();
      // Awoken by sockets, by time-outs of transfers, and by Submit and Stop.
      curl_multi_poll(multi_.get(), nullptr, 0, 60'000, nullptr);
    }
    CancelAll();
  }

  /// False when it is time to stop.
  bool TakeQueued() {
    std::vector<std::unique_ptr<Transfer>> arrived;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
      arrived.swap(queue_);
    }
    for (std::unique_ptr<Transfer>& transfer : arrived) Begin(std::move(transfer));
    return true;
  }

  void Begin(std::unique_ptr<Transfer> transfer) {
    EasyHandle easy = TakeHandle();
    if (easy == nullptr || !transfer->Prepare(std::move(easy), config_) ||
        curl_multi_add_handle(multi_.get(), transfer->easy()) != CURLM_OK) {
      transfer->Complete(TransportFault::kCanceled);
      return;
    }
    CURL* const key = transfer->easy();
    running_.emplace(key, std::move(transfer));
  }

  void FinishDone() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const easy = message->easy_handle;
      const CURLcode result = message->data.result;
      const auto found = running_.find(easy);
      std::unique_ptr<Transfer> transfer = std::move(found->second);
      running_.erase(found);
      HttpOutcome outcome = transfer->Outcome(result);
      curl_multi_remove_handle(multi_.get(), easy);
      KeepHandle(transfer->ReleaseEasy());
      transfer->Complete(std::move(outcome));
    }
  }

  void CancelAll() {
    for (auto& [easy, transfer] : running_) {
      curl_multi_remove_handle(multi_.get(), easy);
      transfer->Complete(TransportFault::kCanceled);
    }
    running_.clear();
    spare_.clear();
    const std::lock_guard lock(mutex_);
    for (std::unique_ptr<Transfer>& transfer : queue_) transfer->Complete(TransportFault::kCanceled);
    queue_.clear();
  }

  EasyHandle TakeHandle() {
    if (spare_.empty()) return EasyHandle(curl_easy_init());
    EasyHandle easy = std::move(spare_.back());
    spare_.pop_back();
    return easy;
  }

  void KeepHandle(EasyHandle easy) {
    if (spare_.size() >= kSpareHandles) return;
    curl_easy_reset(easy.get());
    spare_.push_back(std::move(easy));
  }

  const CurlConfig config_;
  std::unique_ptr<CURLM, MultiDelete> multi_;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> running_;
  std::vector<EasyHandle> spare_;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Transfer>> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

CurlClient::CurlClient(CurlConfig config) : engine_(std::make_unique<Engine>(std::move(config))) {}
CurlClient::~CurlClient() = default;

void CurlClient::Stop() { engine_->Stop(); }

Task<HttpOutcome> CurlClient::Send(HttpRequest request, std::chrono::milliseconds timeout) {
  auto start = [&](auto handler) {
    // Work on the executor keeps its event loop alive until the answer is there.
    auto work = asio::make_work_guard(asio::get_associated_executor(handler));
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto complete = [work = std::move(work), shared = std::move(shared)](HttpOutcome outcome) mutable {
      asio::post(work.get_executor(),
                 [last = std::move(shared), result = std::move(outcome)]() mutable { (*last)(std::move(result)); });
      work.reset();
    };
    engine_->Submit(std::make_unique<Transfer>(std::move(request), timeout, std::move(complete)));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(HttpOutcome)>(start, asio::use_awaitable);
}

}  // namespace plinto::polar::server
