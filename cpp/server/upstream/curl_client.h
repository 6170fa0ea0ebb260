// HTTP over the network, by libcurl: connections are kept, certificates are checked, nothing is retried or redirected.
//
// Owns one thread, which alone touches libcurl. Send() may be called from any coroutine and completes on the executor
// of that coroutine; Stop() before that executor goes away. Only http and https. Proxies of the environment are
// ignored, since a stray http_proxy would see the traffic: name one in the configuration instead.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "server/upstream/http_client.h"

namespace plinto::polar::server {

struct CurlConfig {
  std::string proxy = {};    ///< For https URLs; empty for none.
  std::string ca_file = {};  ///< PEM of certificate authorities in place of the system's; empty for the system's.
  std::size_t answer_limit = 16 * 1024 * 1024;
};

class CurlClient : public HttpClient {
 public:
  explicit CurlClient(CurlConfig config = {});
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  /// A fault is kConnectionRefused only when no byte of the request can have been sent: refused, or no such host.
  [[nodiscard]] Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds timeout) override;

  /// Ends what is in flight, and whatever is sent later, as kCanceled. Returns when the thread has ended.
  void Stop();

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace plinto::polar::server
