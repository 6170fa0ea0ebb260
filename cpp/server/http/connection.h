// One accepted connection: reads requests, calls the handler, writes answers, until either side has enough.
//
// Private to the listener, which owns the deadlines' clock (Sweep) and the stop.
#pragma once

#include <chrono>

#include <boost/asio/ip/tcp.hpp>

#include "server/http/body_budget.h"
#include "server/http/listener.h"

namespace plinto::polar::server {

class Connection {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// What the connections of a listener share. It outlives them.
  struct Shared {
    ListenerConfig config;
    Handler handler;
    BodyBudget bodies{config.max_body_bytes, config.max_body_bytes_per_address};
    bool stopping = false;
    std::function<void()> on_idle = [] {};  ///< a connection waits for its next request
  };

  /// `network` is whom the peer's address belongs to; empty for a trusted proxy.
  Connection(boost::asio::ip::tcp::socket socket, Shared& shared, std::string network);

  /// Serves until the connection ends. Never throws.
  [[nodiscard]] Task<void> Serve();

  /// Breaks off the current read or write when its time is over.
  void Sweep(SteadyTime now);
  /// True between two requests, when closing loses nothing.
  [[nodiscard]] bool idle() const { return idle_; }
  [[nodiscard]] SteadyTime deadline() const { return deadline_; }
  [[nodiscard]] const std::string& network() const { return network_; }
  /// Ends an idle connection.
  void Drop();
  /// Closes whatever is going on.
  void Close();

 private:
  struct Reader;

  [[nodiscard]] Task<bool> ReadHead(Reader& reader);
  [[nodiscard]] Task<bool> ReadBody(Reader& reader, const HttpRequest& head, BodyBudget::Share& share);
  [[nodiscard]] Task<BodyPermit> LookAt(const HttpRequest& head);
  [[nodiscard]] Task<HttpResponse> Answer(HttpRequest request);
  /// Answers for the listener itself, then drains what the client is still sending so that it can read the answer.
  [[nodiscard]] Task<void> Refuse(Reader& reader, int status, Error error);
  [[nodiscard]] Task<void> Refuse(Reader& reader, HttpResponse response);
  [[nodiscard]] Task<bool> Write(HttpResponse response, unsigned version, bool keep_alive, bool head_only);
  [[nodiscard]] Task<void> Drain();

  void Arm(std::chrono::milliseconds timeout);

  boost::asio::ip::tcp::socket socket_;
  Shared& shared_;
  const ListenerConfig& config_;
  std::string network_;
  boost::asio::ip::address peer_address_;
  SteadyTime deadline_ = SteadyTime::max();
  bool expired_ = false;
  bool idle_ = false;
};

}  // namespace plinto::polar::server
