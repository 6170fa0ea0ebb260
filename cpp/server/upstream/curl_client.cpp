#include "server/upstream/curl_client.h"

#include <sys/socket.h>
#include <unistd.h>

#include <new>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <boost/asio/async_result.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
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

/// A socket of libcurl's, and what libcurl wants to hear of it.
struct Watch {
  Watch(const asio::any_io_executor& loop, curl_socket_t socket) : descriptor(loop, socket) {}
  asio::posix::stream_descriptor descriptor;  ///< The socket is libcurl's: released, never closed.
  bool wants_read = false;
  bool wants_write = false;
  bool waits_read = false;
  bool waits_write = false;
};

}  // namespace

// What libcurl calls back is only noted down or handed to the loop: it must not be called from within.
class CurlClient::Engine : public std::enable_shared_from_this<Engine> {
 public:
  Engine(asio::any_io_executor loop, CurlConfig config)
      : loop_(std::move(loop)), config_(std::move(config)), timer_(loop_) {
    InitializeCurlOnce();
    multi_.reset(curl_multi_init());
    if (multi_ == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, kConnectionsPerHost);
    // Else libcurl keeps four for each transfer under way, and closes the rest whenever there are few.
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kConnectionsPerHost);
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, &Engine::OnSocket);
    curl_multi_setopt(multi_.get(), CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, &Engine::OnTimer);
    curl_multi_setopt(multi_.get(), CURLMOPT_TIMERDATA, this);
  }

  void Begin(std::unique_ptr<Transfer> transfer) {
    EasyHandle easy = stopped_ ? nullptr : TakeHandle();
    if (easy == nullptr || !transfer->Prepare(std::move(easy), config_) || !Add(transfer->easy())) {
      transfer->Complete(TransportFault::kCanceled);
      return;
    }
    CURL* const key = transfer->easy();
    running_.emplace(key, std::move(transfer));
    // Begins to connect, or sends on a connection that was kept, without a turn of the loop.
    Act(CURL_SOCKET_TIMEOUT, 0);
  }

  void Stop() {
    stopped_ = true;
    timer_.cancel();
    auto running = std::exchange(running_, {});
    for (auto& [easy, transfer] : running) {
      curl_multi_remove_handle(multi_.get(), easy);
      transfer->Complete(TransportFault::kCanceled);
    }
    running.clear();
    spare_.clear();
    // Closes what was kept.
    multi_.reset();
    for (auto& [socket, watch] : watches_) watch->descriptor.release();
    watches_.clear();
  }

 private:
  [[nodiscard]] bool Add(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Engine::OnOpen);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Engine::OnClose);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
    // libcurl wants to be called at once, which Begin() does without a timer.
    is_adding_ = true;
    const CURLMcode added = curl_multi_add_handle(multi_.get(), easy);
    is_adding_ = false;
    return added == CURLM_OK;
  }

  void Act(curl_socket_t socket, int events) {
    if (stopped_) return;
    int running = 0;
    curl_multi_socket_action(multi_.get(), socket, events, &running);
    FinishDone();
  }

  static curl_socket_t OnOpen(void* self, curlsocktype, curl_sockaddr* address) {
    const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (socket >= 0) static_cast<Engine*>(self)->connections_.insert(socket);
    return socket < 0 ? CURL_SOCKET_BAD : socket;
  }

  static int OnClose(void* self, curl_socket_t socket) {
    static_cast<Engine*>(self)->Forget(socket);
    static_cast<Engine*>(self)->connections_.erase(socket);
    return ::close(socket);
  }

  static int OnSocket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    static_cast<Engine*>(self)->Attend(socket, what);
    return 0;
  }

  void Attend(curl_socket_t socket, int what) {
    auto found = watches_.find(socket);
    if (what == CURL_POLL_REMOVE) {
      // A connection that is kept stays known to the loop until it is closed: the next transfer on it costs no system
      // call for that. Sockets that libcurl made by itself it also closes by itself.
      if (!connections_.contains(socket)) return Forget(socket);
      if (found != watches_.end()) found->second->wants_read = found->second->wants_write = false;
      return;
    }
    if (found == watches_.end()) {
      found = watches_.emplace(socket, std::make_shared<Watch>(loop_, socket)).first;
    }
    found->second->wants_read = (what & CURL_POLL_IN) != 0;
    found->second->wants_write = (what & CURL_POLL_OUT) != 0;
    Await(socket, found->second);
  }

  // What still waits is called with an error, and finds its watch gone.
  void Forget(curl_socket_t socket) {
    const auto found = watches_.find(socket);
    if (found == watches_.end()) return;
    found->second->descriptor.release();
    watches_.erase(found);
  }

  void Await(curl_socket_t socket, const std::shared_ptr<Watch>& watch) {
    if (watch->wants_read && !watch->waits_read) {
      watch->waits_read = true;
      AwaitOne(socket, watch, asio::posix::stream_descriptor::wait_read, CURL_CSELECT_IN);
    }
    if (watch->wants_write && !watch->waits_write) {
      watch->waits_write = true;
      AwaitOne(socket, watch, asio::posix::stream_descriptor::wait_write, CURL_CSELECT_OUT);
    }
  }

  void AwaitOne(curl_socket_t socket, const std::shared_ptr<Watch>& watch,
                asio::posix::stream_descriptor::wait_type what, int event) {
    watch->descriptor.async_wait(
        what, [self = shared_from_this(), socket, watch, event](const boost::system::error_code& error) {
          (event == CURL_CSELECT_IN ? watch->waits_read : watch->waits_write) = false;
          const auto found = self->watches_.find(socket);
          // The socket may have been closed, and its number given to another one, while this was on its way.
          if (self->stopped_ || found == self->watches_.end() || found->second != watch) return;
          const bool wanted = event == CURL_CSELECT_IN ? watch->wants_read : watch->wants_write;
          if (wanted) self->Act(socket, error ? CURL_CSELECT_ERR : event);
          if (self->stopped_ || error) return;
          const auto still = self->watches_.find(socket);
          if (still != self->watches_.end() && still->second == watch) self->Await(socket, watch);
        });
  }

  static int OnTimer(CURLM*, long milliseconds, void* self) {
    static_cast<Engine*>(self)->SetTimer(milliseconds);
    return 0;
  }

  // libcurl moves its one timer several times for each transfer, mostly to later: a timer that is set to an earlier
  // time is left alone, and set anew when it ends.
  void SetTimer(long milliseconds) {
    if (stopped_ || (is_adding_ && milliseconds == 0)) return;
    if (milliseconds < 0) {
      wanted_.reset();
      if (running_.empty()) timer_.cancel();
      return;
    }
    wanted_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    if (!armed_ || *wanted_ < *armed_) Arm(*wanted_);
  }

  void Arm(std::chrono::steady_clock::time_point at) {
    armed_ = at;
    timer_.expires_at(at);
    timer_.async_wait([self = shared_from_this(), at](const boost::system::error_code& error) {
      // Another wait may have taken its place.
      if (self->armed_ == at) self->armed_.reset();
      if (error || self->stopped_ || !self->wanted_) return;
      if (std::chrono::steady_clock::now() < *self->wanted_) {
        if (!self->armed_) self->Arm(*self->wanted_);
        return;
      }
      self->wanted_.reset();
      self->Act(CURL_SOCKET_TIMEOUT, 0);
    });
  }

  void FinishDone() {
    int left = 0;
    while (const CURLMsg* message = stopped_ ? nullptr : curl_multi_info_read(multi_.get(), &left)) {
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

  const asio::any_io_executor loop_;
  const CurlConfig config_;
  asio::steady_timer timer_;
  std::unique_ptr<CURLM, MultiDelete> multi_;
  std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  std::unordered_set<curl_socket_t> connections_;                ///< sockets that libcurl has us open and close
  std::optional<std::chrono::steady_clock::time_point> wanted_;  ///< when libcurl wants to be called
  std::optional<std::chrono::steady_clock::time_point> armed_;   ///< when the timer ends
  bool is_adding_ = false;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> running_;
  std::vector<EasyHandle> spare_;
  bool stopped_ = false;
};

CurlClient::CurlClient(asio::any_io_executor loop, CurlConfig config)
    : loop_(std::move(loop)), engine_(std::make_shared<Engine>(loop_, std::move(config))) {}
CurlClient::~CurlClient() { Stop(); }

void CurlClient::Stop() { engine_->Stop(); }

Task<HttpOutcome> CurlClient::Send(HttpRequest request, std::chrono::milliseconds timeout) {
  auto start = [&](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    // Not from within: whoever waits may send again, or stop the client.
    auto complete = [shared, loop = loop_](HttpOutcome outcome) {
      asio::post(loop, [shared, result = std::move(outcome)]() mutable { (*shared)(std::move(result)); });
    };
    engine_->Begin(std::make_unique<Transfer>(std::move(request), timeout, std::move(complete)));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(HttpOutcome)>(start, asio::use_awaitable);
}

}  // namespace plinto::polar::server
