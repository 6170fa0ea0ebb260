// Helpers for tests on real sockets of 127.0.0.1: an event loop with an end, and a client that sends raw bytes.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "server/base/async/task.h"

namespace plinto::polar::server::testing {

using boost::asio::ip::tcp;

/// Runs the coroutine to its end, rethrowing what it throws. Fails after `limit`, so that no test can hang.
inline void RunOn(boost::asio::io_context& loop, Task<void> body,
                  std::chrono::seconds limit = std::chrono::seconds(20)) {
  std::exception_ptr thrown;
  bool done = false;
  boost::asio::co_spawn(loop, std::move(body), [&](std::exception_ptr exception) {
    thrown = exception;
    done = true;
    loop.stop();
  });
  loop.run_for(limit);
  if (thrown) std::rethrow_exception(thrown);
  if (!done) throw std::runtime_error("the test did not end in time");
}

/// Starts a coroutine beside the caller and hands its result on.
template <class T, class Receive>
void Start(boost::asio::io_context& loop, Task<T> task, Receive receive) {
  const auto run = [](Task<T> inner, Receive then) -> Task<void> { then(co_await std::move(inner)); };
  boost::asio::co_spawn(loop, run(std::move(task), std::move(receive)), boost::asio::detached);
}

/// Set once, by one coroutine; awaited by another.
class Event {
 public:
  explicit Event(boost::asio::io_context& loop) : timer_(loop, boost::asio::steady_timer::time_point::max()) {}
  void Set() {
    set_ = true;
    timer_.cancel();
  }
  Task<void> Wait() {
    while (!set_) co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

 private:
  boost::asio::steady_timer timer_;
  bool set_ = false;
};

/// A client, or the server's end of a connection, that speaks bytes. What was read last is kept, because assertions
/// cannot await: Catch evaluates their text twice.
class RawPeer {
 public:
  explicit RawPeer(boost::asio::io_context& loop) : socket_(loop) {}
  explicit RawPeer(tcp::socket socket) : socket_(std::move(socket)) {}

  /// Throws when nobody listens. `from` is an address of our own, such as 127.0.0.2.
  Task<void> Connect(std::uint16_t port, const char* from = nullptr) {
    const tcp::endpoint server(boost::asio::ip::address_v4::loopback(), port);
    if (from != nullptr) {
      socket_.open(tcp::v4());
      socket_.bind({boost::asio::ip::make_address_v4(from), 0});
    }
    co_await socket_.async_connect(server, boost::asio::use_awaitable);
  }

  Task<void> Send(std::string bytes) {
    co_await boost::asio::async_write(socket_, boost::asio::buffer(bytes),
                                      boost::asio::as_tuple(boost::asio::use_awaitable));
  }

  /// Reads one message with its header, whose Content-Length says where it ends; less when the other side closes.
  Task<void> ReadMessage(bool without_body = false) {
    constexpr auto kResult = boost::asio::as_tuple(boost::asio::use_awaitable);
    const auto [error, header] =
        co_await boost::asio::async_read_until(socket_, boost::asio::dynamic_buffer(buffer_), "\r\n\r\n", kResult);
    std::size_t length = error ? buffer_.size() : header;
    const std::size_t field = buffer_.substr(0, length).find("Content-Length: ");
    if (field != std::string::npos && !without_body) length += std::stoul(buffer_.substr(field + 16));
    if (buffer_.size() < length) {
      co_await boost::asio::async_read(socket_, boost::asio::dynamic_buffer(buffer_),
                                       boost::asio::transfer_exactly(length - buffer_.size()), kResult);
    }
    last_ = buffer_.substr(0, length);
    buffer_.erase(0, length);
  }

  /// Waits for what comes next; ended() tells whether it was the end of the connection.
  Task<void> ReadEnd() {
    char byte = 0;
    const auto [error, size] = co_await socket_.async_read_some(boost::asio::buffer(&byte, 1),
                                                                boost::asio::as_tuple(boost::asio::use_awaitable));
    ended_ = error && buffer_.empty();
  }

  [[nodiscard]] const std::string& last() const { return last_; }
  [[nodiscard]] bool ended() const { return ended_; }

  void Close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  tcp::socket socket_;
  std::string buffer_;
  std::string last_;
  bool ended_ = false;
};

/// A port of 127.0.0.1 on which nobody listens.
inline std::uint16_t UnusedPort(boost::asio::io_context& loop) {
  tcp::acceptor acceptor(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  return acceptor.local_endpoint().port();
}

}  // namespace plinto::polar::server::testing
