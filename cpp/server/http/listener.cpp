#include "server/http/listener.h"

#include <algorithm>
#include <array>
#include <list>

#include <spdlog/spdlog.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/gateway/error_body.h"
#include "server/http/connection.h"
#include "server/http/refusals.h"

namespace plinto::polar::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr auto kResult = asio::as_tuple(asio::use_awaitable);

Error CannotListen(const ListenerConfig& config, const std::string& reason) {
  return Error{.code = ErrorCode::kConfigurationInvalid,
               .message = "Cannot listen on " + config.host + ":" + std::to_string(config.port) + ": " + reason +
                          ". Choose another HOST or PORT, or stop what uses this one.",
               .field = "PORT"};
}

// Without a turn of the loop: there are more of them than may be waited for.
void SendAway(tcp::socket socket) {
  const HttpResponse refusal = BuildErrorAnswer(TooManyConnections());
  const std::string text =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
      "Connection: close\r\nContent-Length: " +
      std::to_string(refusal.body.size()) + "\r\n\r\n" + refusal.body;
  boost::system::error_code ignored;
  std::array<char, 4'096> unread;
  socket.non_blocking(true, ignored);
  socket.read_some(asio::buffer(unread), ignored);  // closing over unread bytes would reset the answer away
  socket.write_some(asio::buffer(text), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

}  // namespace

struct Listener::Core : std::enable_shared_from_this<Listener::Core> {
  Core(asio::io_context& loop, ListenerConfig config_in, Handler handler_in)
      : shared{.config = std::move(config_in), .handler = std::move(handler_in)},
        acceptor(loop),
        sweep_timer(loop),
        changed(loop, steady_clock::time_point::max()) {
    shared.on_idle = [this] {
      if (is_full) changed.cancel();
    };
  }

  Connection::Shared shared;
  const ListenerConfig& config = shared.config;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  std::list<Connection> connections;
  asio::steady_timer sweep_timer;
  /// Canceled, and so awoken from, whenever a connection ends, or is idle while a newcomer waits.
  asio::steady_timer changed;
  bool is_full = false;
  bool stopped = false;

  boost::system::error_code Bind(const tcp::endpoint& endpoint) {
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) port = acceptor.local_endpoint(error).port();
    return error;
  }

  // The arguments of these coroutines keep the core alive for as long as they run.
  static Task<void> Accept(std::shared_ptr<Core> self) {
    asio::steady_timer pause(self->acceptor.get_executor());
    while (!self->shared.stopping) {
      auto [error, socket] = co_await self->acceptor.async_accept(kResult);
      if (self->shared.stopping) break;
      if (error) {
        // Out of file descriptors, or the client was gone already: the listener itself goes on.
        spdlog::warn("cannot accept a connection: {}", error.message());
        pause.expires_after(milliseconds(50));
        co_await pause.async_wait(kResult);
        continue;
      }
      std::string network = self->NetworkOfPeer(socket);
      if (!self->HasRoomFor(network)) {
        SendAway(std::move(socket));
        continue;
      }
      self->is_full = self->connections.size() >= self->config.max_connections;
      while (self->is_full && !self->shared.stopping) {
        if (self->DropOldestIdle()) break;
        co_await self->changed.async_wait(kResult);
        self->is_full = self->connections.size() >= self->config.max_connections;
      }
      self->is_full = false;
      if (self->shared.stopping) break;
      asio::co_spawn(self->acceptor.get_executor(), Serve(self, std::move(socket), std::move(network)), asio::detached);
    }
  }

  static Task<void> Serve(std::shared_ptr<Core> self, tcp::socket socket, std::string network) {
    struct Place {
      Core& core;
      std::list<Connection>::iterator connection;
      ~Place() {
        core.connections.erase(connection);
        core.changed.cancel();
      }
    };
    self->connections.emplace_back(std::move(socket), self->shared, std::move(network));
    const Place place{*self, std::prev(self->connections.end())};
    co_await place.connection->Serve();
  }

  // One timer looks after the deadlines of all connections: they need not be exact to the millisecond.
  static Task<void> Sweep(std::shared_ptr<Core> self) {
    const milliseconds shortest =
        std::min({self->config.read_timeout, self->config.idle_timeout, self->config.write_timeout});
    const milliseconds tick = std::clamp(shortest / 10, milliseconds(5), milliseconds(1'000));
    while (!self->stopped) {
      self->sweep_timer.expires_after(tick);
      co_await self->sweep_timer.async_wait(kResult);
      for (Connection& connection : self->connections) connection.Sweep(steady_clock::now());
    }
  }

  /// Empty for a trusted proxy, behind which are many.
  std::string NetworkOfPeer(const tcp::socket& socket) const {
    boost::system::error_code error;
    const asio::ip::address address = socket.remote_endpoint(error).address();
    if (error || config.trusted_proxies.Contains(address)) return {};
    return NetworkOf(RemoteAddress({}, address, {}));
  }

  /// One sender's connections leave room for others': theirs that are idle go first.
  bool HasRoomFor(const std::string& network) {
    if (network.empty()) return true;
    const auto theirs = std::count_if(connections.begin(), connections.end(),
                                      [&](const Connection& one) { return one.network() == network; });
    return static_cast<std::size_t>(theirs) < config.max_connections_per_address || DropOldestIdle(&network);
  }

  /// Of everybody's connections, or of one network's. False where none is idle.
  bool DropOldestIdle(const std::string* network = nullptr) {
    Connection* oldest = nullptr;
    for (Connection& connection : connections) {
      if (!connection.idle() || (network != nullptr && connection.network() != *network)) continue;
      if (oldest == nullptr || connection.deadline() < oldest->deadline()) oldest = &connection;
    }
    if (oldest != nullptr) oldest->Drop();
    return oldest != nullptr;
  }

  static Task<void> Stop(std::shared_ptr<Core> self) {
    self->shared.stopping = true;
    boost::system::error_code ignored;
    self->acceptor.close(ignored);
    self->changed.cancel();
    for (Connection& connection : self->connections) {
      if (connection.idle()) connection.Drop();
    }
    const auto deadline = steady_clock::now() + self->config.stop_timeout;
    self->changed.expires_at(deadline);
    while (!self->connections.empty() && steady_clock::now() < deadline) co_await self->changed.async_wait(kResult);
    if (!self->connections.empty()) {
      spdlog::warn("{} requests did not finish in time and are broken off", self->connections.size());
    }
    for (Connection& connection : self->connections) connection.Close();
    self->stopped = true;
    self->sweep_timer.cancel();
  }
};

Listener::Listener(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::Start(asio::io_context& loop, ListenerConfig config, Handler handler) {
  tcp::resolver resolver(loop);
  boost::system::error_code error;
  const auto endpoints = resolver.resolve(config.host, std::to_string(config.port), tcp::resolver::passive, error);
  if (error) return CannotListen(config, error.message());
  auto core = std::make_shared<Core>(loop, std::move(config), std::move(handler));
  error = core->Bind(endpoints.begin()->endpoint());
  if (error) return CannotListen(core->config, error.message());
  asio::co_spawn(loop, Core::Accept(core), asio::detached);
  asio::co_spawn(loop, Core::Sweep(core), asio::detached);
  return std::unique_ptr<Listener>(new Listener(std::move(core)));
}

std::uint16_t Listener::port() const { return core_->port; }

std::string Listener::url() const {
  const std::string& host = core_->config.host;
  const bool bare_v6 = host.find(':') != std::string::npos;
  return "http://" + (bare_v6 ? "[" + host + "]" : host) + ":" + std::to_string(core_->port);
}

Task<void> Listener::Stop() { return Core::Stop(core_); }

}  // namespace plinto::polar::server
