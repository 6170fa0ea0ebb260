// The listener's connections: their number, their time, their addresses and their end.
#include <catch2/catch.hpp>

#include "event_loop.h"
#include "http_messages.h"

namespace plinto::polar::server {

using namespace testing;
using namespace std::chrono_literals;

TEST_CASE("a header or a body that comes too slowly is answered 408 and closed") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.read_timeout = 100ms;
  const auto listener = Listen(loop, std::move(config));

  RunOn(loop, [&]() -> Task<void> {
    for (const std::string part :
         {"GET / HTTP/1.1\r\nHost: te", "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nab"}) {
      RawPeer client(loop);
      co_await client.Connect(listener->port());
      co_await client.Send(part);
      co_await client.ReadMessage();
      const std::string answer = client.last();
      CHECK(StatusOf(answer) == 408);
      CHECK(CodeOf(answer) == "TIMEOUT");
      co_await client.ReadEnd();
      CHECK(client.ended());
    }
    RawPeer silent(loop);
    co_await silent.Connect(listener->port());
    co_await silent.ReadEnd();
    CHECK(silent.ended());
  }());
}

TEST_CASE("an idle connection is closed after its time") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.idle_timeout = 50ms;
  const auto listener = Listen(loop, std::move(config));

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(Get("/"));
    co_await client.ReadMessage();
    CHECK(StatusOf(client.last()) == 200);
    co_await client.ReadEnd();
    CHECK(client.ended());
  }());
}

TEST_CASE("a handler that throws costs one 500, not the connection or the process") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop, {}, [](HttpRequest request) -> Task<HttpResponse> {
    if (request.url == "/bad") throw std::runtime_error("something broke");
    co_return HttpResponse{.status = 200};
  });

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(Get("/bad") + Get("/good"));
    co_await client.ReadMessage();
    const std::string failure = client.last();
    CHECK(StatusOf(failure) == 500);
    CHECK(CodeOf(failure) == "INTERNAL");
    CHECK_FALSE(Has(failure, "something broke"));
    co_await client.ReadMessage();
    CHECK(StatusOf(client.last()) == 200);
  }());
}

TEST_CASE("a graceful stop lets the request in flight finish and accepts no more") {
  boost::asio::io_context loop;
  Event entered(loop);
  Event release(loop);
  const auto listener = Listen(loop, {}, [&](HttpRequest) -> Task<HttpResponse> {
    entered.Set();
    co_await release.Wait();
    co_return HttpResponse{.status = 200, .body = "finished"};
  });

  RunOn(loop, [&]() -> Task<void> {
    RawPeer idle(loop);
    co_await idle.Connect(listener->port());
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(Get("/"));
    co_await entered.Wait();

    Event stopped(loop);
    boost::asio::co_spawn(loop, listener->Stop(), [&](std::exception_ptr) { stopped.Set(); });
    co_await idle.ReadEnd();
    CHECK(idle.ended());
    RawPeer late(loop);
    bool refused = false;
    try {
      co_await late.Connect(listener->port());
    } catch (const boost::system::system_error&) {
      refused = true;
    }
    CHECK(refused);
    release.Set();
    co_await client.ReadMessage();
    const std::string answer = client.last();
    CHECK(BodyOf(answer) == "finished");
    CHECK(Has(answer, "Connection: close\r\n"));
    co_await stopped.Wait();
  }());
}

TEST_CASE("a stop does not wait for a stuck request beyond its time") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.stop_timeout = 50ms;
  Event entered(loop);
  Event never(loop);
  const auto listener = Listen(loop, std::move(config), [&](HttpRequest) -> Task<HttpResponse> {
    entered.Set();
    co_await never.Wait();
    co_return HttpResponse{.status = 200};
  });

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(Get("/"));
    co_await entered.Wait();
    co_await listener->Stop();
    co_await client.ReadEnd();
    CHECK(client.ended());
    never.Set();
  }());
}

TEST_CASE("when all connections are taken, the one that is idle longest makes room") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.max_connections = 2;
  const auto listener = Listen(loop, std::move(config));

  RunOn(loop, [&]() -> Task<void> {
    RawPeer first(loop);
    RawPeer second(loop);
    RawPeer third(loop);
    for (RawPeer* client : {&first, &second, &third}) {
      co_await client->Connect(listener->port());
      co_await client->Send(Get("/"));
      co_await client->ReadMessage();
      CHECK(StatusOf(client->last()) == 200);
    }
    co_await first.ReadEnd();
    CHECK(first.ended());
    co_await second.Send(Get("/"));
    co_await second.ReadMessage();
    CHECK(StatusOf(second.last()) == 200);
  }());
}

TEST_CASE("a port that is taken is a configuration error") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop);
  ListenerConfig config;
  config.port = listener->port();

  const auto second = Listener::Start(loop, std::move(config), Echo);

  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code == ErrorCode::kConfigurationInvalid);
  CHECK(second.error().message.find("127.0.0.1:" + std::to_string(listener->port())) != std::string::npos);
}

TEST_CASE("the handler learns the peer's address, whatever the client claims") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop, {}, [](HttpRequest request) -> Task<HttpResponse> {
    std::string all;
    for (const auto& [name, value] : request.headers) {
      if (name == kRemoteAddressHeader || name == "X-Plinto-Remote-Address") all += value + ";";
    }
    co_return HttpResponse{.status = 200, .body = all};
  });

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(
        "GET / HTTP/1.1\r\nHost: test\r\nX-Plinto-Remote-Address: 203.0.113.9\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");
    co_await client.ReadMessage();
    CHECK(BodyOf(client.last()) == "127.0.0.1;");
  }());
}

TEST_CASE("X-Forwarded-For is believed only as far as trusted proxies wrote it") {
  NetworkList trusted;
  REQUIRE(trusted.Add("10.0.0.0/8"));
  REQUIRE(trusted.Add("::1"));
  REQUIRE_FALSE(trusted.Add("10.0.0.0/33"));
  REQUIRE_FALSE(trusted.Add("proxy.internal"));
  const auto remote = [&](std::string_view peer, HttpHeaders headers) {
    return RemoteAddress(trusted, boost::asio::ip::make_address(std::string(peer)), headers);
  };

  CHECK(remote("203.0.113.1", {{"X-Forwarded-For", "198.51.100.1"}}) == "203.0.113.1");
  CHECK(remote("10.1.2.3", {{"X-Forwarded-For", "198.51.100.1"}}) == "198.51.100.1");
  CHECK(remote("::ffff:10.1.2.3", {{"X-Forwarded-For", "198.51.100.1"}}) == "198.51.100.1");
  CHECK(remote("::1", {{"x-forwarded-for", "[2001:db8::7]:4711"}}) == "2001:db8::7");
  CHECK(remote("10.1.2.3", {{"X-Forwarded-For", "6.6.6.6, 198.51.100.1:80, 10.9.9.9"}}) == "198.51.100.1");
  CHECK(remote("10.1.2.3", {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "198.51.100.1"}}) == "198.51.100.1");
  CHECK(remote("10.1.2.3", {{"X-Forwarded-For", "198.51.100.1, unknown"}}) == "10.1.2.3");
  CHECK(remote("10.1.2.3", {}) == "10.1.2.3");
}

}  // namespace plinto::polar::server
