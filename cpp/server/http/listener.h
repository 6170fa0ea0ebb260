// HTTP/1.1 on one event-loop thread: bytes of a socket in, HttpRequest out to a handler, its HttpResponse back.
//
// Everything is bounded: header, body, time, connections. Bodies are byte-exact. Errors that arise before the handler
// (a body over its limit, a slow or malformed request) are answered in our error shape. Not thread-safe: create, use
// and stop it on the event loop's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "server/base/async/body_permit.h"
#include "server/base/async/task.h"
#include "server/base/network.h"

namespace plinto::polar::server {

/// Answers one request. `url` is the target. The peer's address is in the header kRemoteAddressHeader, which a client
/// cannot set. HEAD arrives as GET; the listener leaves the body out of the answer. An answer of status 0 is none: the
/// connection is closed.
using Handler = std::function<Task<HttpResponse>(HttpRequest)>;

struct ListenerConfig {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 picks a free one.
  NetworkList trusted_proxies = {};

  std::size_t header_limit = 16 * 1024;
  std::size_t body_limit = 1024 * 1024;  ///< Of each request, where on_head is not set.
  /// Looks at the head of a request with a body that is longer than kUnaskedBody, or of unknown length.
  std::function<Task<BodyPermit>(const HttpRequest& head)> on_head = {};
  /// Of what is longer than kUnaskedBody, all bodies together may hold so many bytes, and those of one address.
  std::size_t max_body_bytes = std::size_t{64} * 1024 * 1024;
  std::size_t max_body_bytes_per_address = std::size_t{32} * 1024 * 1024;

  std::size_t max_connections = 1'024;
  /// Of one address, or /64 of IPv6, unless it is a trusted proxy's.
  std::size_t max_connections_per_address = 256;

  std::chrono::milliseconds read_timeout = std::chrono::seconds(15);  ///< For the header, and again for the body.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);  ///< Between two requests of a connection.
  std::chrono::milliseconds write_timeout = std::chrono::seconds(30);
  std::chrono::milliseconds stop_timeout = std::chrono::seconds(10);  ///< For requests in flight when it stops.

  /// Sees the answers that the listener gives by itself, and may add to them. `head` has no body, and no method or url
  /// where what came could not be read.
  std::function<HttpResponse(const HttpRequest& head, HttpResponse refusal)> on_refused = {};
};

class Listener {
 public:
  /// Binds and begins to accept. Errors: CONFIGURATION_INVALID when the address cannot be bound.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> Start(boost::asio::io_context& loop, ListenerConfig config,
                                                               Handler handler);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// `http://127.0.0.1:4000`
  [[nodiscard]] std::string url() const;

  /// Accepts nothing more, closes idle connections, lets requests in flight finish within stop_timeout, then closes
  /// what is left. Returns when that is done.
  [[nodiscard]] Task<void> Stop();

 private:
  struct Core;
  explicit Listener(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace plinto::polar::server
