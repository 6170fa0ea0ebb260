// One accepted connection: reads requests, calls the handler, writes answers, until either side has enough.
//
// Private to the listener, which owns the deadlines' clock (Sweep) and the stop.
#pragma once

#include <chrono>

#include <boost/asio/ip/tcp.hpp>

#include "server/http/listener.h"

namespace plinto::polar::server {

class Connection {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// `config`, `handler` and `stopping` outlive the connection.
  Connection(boost::asio::ip::tcp::socket socket, const ListenerConfig& config, const Handler& handler,
             const bool& stopping);

  /// Serves until the connection ends. Never throws.
  [[nodiscard]] Task<void> Serve();

  /// Breaks off the current read or write when its time is over.
  void Sweep(SteadyTime now);
  /// True between two requests, when closing loses nothing.
  [[nodiscard]] bool idle() const { return idle_; }
  [[nodiscard]] SteadyTime deadline() const { return deadline_; }
  /// Ends an idle connection.
  void Drop();
  /// Closes whatever is going on.
  void Close();

 private:
  struct Reader;

  [[nodiscard]] Task<bool> ReadHead(Reader& reader);
  [[nodiscard]] Task<bool> ReadBody(Reader& reader);
  [[nodiscard]] Task<HttpResponse> Answer(HttpRequest request);
  /// Answers for the listener itself, then drains what the client is still sending so that it can read the answer.
  [[nodiscard]] Task<void> Refuse(Reader& reader, int status, Error error);
  [[nodiscard]] Task<bool> Write(HttpResponse response, unsigned version, bool keep_alive, bool head_only);
  [[nodiscard]] Task<void> Drain();

  void Arm(std::chrono::milliseconds timeout);

  boost::asio::ip::tcp::socket socket_;
  const ListenerConfig& config_;
  const Handler& handler_;
  const bool& stopping_;
  boost::asio::ip::address peer_address_;
  SteadyTime deadline_ = SteadyTime::max();
  bool expired_ = false;
  bool idle_ = false;
};

}  // namespace plinto::polar::server
