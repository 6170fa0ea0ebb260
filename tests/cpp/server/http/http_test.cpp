// The listener, met by clients that send raw bytes to a real socket: bodies, connections, addresses, its end.
#include "listening.h"

namespace plinto::polar::server {

using namespace testing;
using namespace std::chrono_literals;

TEST_CASE("a body arrives and returns byte by byte") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop);
  std::string body;
  for (int i = 0; i < 100'000; ++i) body.push_back(static_cast<char>(i % 256));

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(Post("/polar/webhooks?x=1", body));
    co_await client.ReadMessage();
    const std::string answer = client.last();
    CHECK(StatusOf(answer) == 200);
    CHECK(Has(answer, "X-Target: /polar/webhooks?x=1\r\n"));
    CHECK(BodyOf(answer) == body);
  }());
}

TEST_CASE("a chunked body is put together") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop);

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(
        "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    co_await client.ReadMessage();
    CHECK(BodyOf(client.last()) == "abcde");
  }());
}

TEST_CASE("one connection serves request after request, also when they were sent at once") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop);

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(Get("/1"));
    co_await client.ReadMessage();
    CHECK(Has(client.last(), "X-Target: /1\r\n"));
    co_await client.Send(Post("/2", "two") + Get("/3"));
    co_await client.ReadMessage();
    CHECK(BodyOf(client.last()) == "two");
    co_await client.ReadMessage();
    CHECK(Has(client.last(), "X-Target: /3\r\n"));
    co_await client.Send("GET /4 HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    co_await client.ReadMessage();
    CHECK(Has(client.last(), "Connection: close\r\n"));
    co_await client.ReadEnd();
    CHECK(client.ended());
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

TEST_CASE("HEAD is answered like GET without the body") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop, {}, [](HttpRequest request) -> Task<HttpResponse> {
    co_return HttpResponse{.status = 200, .headers = {{"X-Method", request.method}}, .body = "twelve bytes"};
  });

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n" + Get("/"));
    co_await client.ReadMessage(true);
    const std::string head = client.last();
    CHECK(Has(head, "Content-Length: 12\r\n"));
    CHECK(Has(head, "X-Method: GET\r\n"));
    co_await client.ReadMessage();
    const std::string next = client.last();
    CHECK(next.starts_with("HTTP/1.1 200"));
    CHECK(BodyOf(next) == "twelve bytes");
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

TEST_CASE("a header that would break the answer apart is left out") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop, {}, [](HttpRequest) -> Task<HttpResponse> {
    HttpResponse response{.status = 200};
    response.headers.Add("X-Value", "a\r\nSet-Cookie: stolen=1");
    response.headers.Add("X-Name\r\nSet-Cookie", "stolen=2");
    response.headers.Add("Content-Length", "999");
    response.headers.Add("X-Fine", "yes");
    co_return response;
  });

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(Get("/"));
    co_await client.ReadMessage();
    const std::string answer = client.last();
    CHECK_FALSE(Has(answer, "stolen"));
    CHECK(Has(answer, "Content-Length: 0\r\n"));
    CHECK(Has(answer, "X-Fine: yes\r\n"));
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
