// HTTP over the network, by libcurl: connections are kept, certificates are checked, nothing is retried or redirected.
//
// libcurl watches its sockets and timers on the event loop that is given: no thread, and none to wake. Not thread-safe:
// made, used and destroyed on the loop's one thread, before the loop goes. Only http and https. Proxies of the
// environment are ignored, since a stray http_proxy would see the traffic: name one in the configuration instead.
#pragma once

#include <boost/asio/any_io_executor.hpp>
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
  explicit CurlClient(boost::asio::any_io_executor loop, CurlConfig config = {});
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;

  /// A fault is kConnectionRefused only when no byte of the request can have been sent: refused, or no such host.
  [[nodiscard]] Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds timeout) override;

  /// Ends what is in flight, and whatever is sent later, as kCanceled.
  void Stop();

 private:
  class Engine;
  boost::asio::any_io_executor loop_;
  std::shared_ptr<Engine> engine_;
};

}  // namespace plinto::polar::server
