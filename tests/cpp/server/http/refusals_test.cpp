// What the listener refuses by itself: too large, too slow, not a request.
#include "listening.h"

namespace plinto::polar::server {

using namespace testing;
using namespace std::chrono_literals;

TEST_CASE("a body over its limit is refused before it is read") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.body_limit = 1'000;
  const auto listener = Listen(loop, std::move(config));

  RunOn(loop, [&]() -> Task<void> {
    RawPeer announced(loop);
    co_await announced.Connect(listener->port());
    co_await announced.Send("POST /small HTTP/1.1\r\nHost: test\r\nContent-Length: 1001\r\n\r\n");
    co_await announced.ReadMessage();
    const std::string refusal = announced.last();
    CHECK(StatusOf(refusal) == 413);
    CHECK(CodeOf(refusal) == "PAYLOAD_TOO_LARGE");
    CHECK(Has(refusal, "Connection: close\r\n"));
    announced.Close();

    RawPeer chunked(loop);
    co_await chunked.Connect(listener->port());
    co_await chunked.Send("POST /small HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                          std::string(1'001, 'x'));
    co_await chunked.ReadMessage();
    CHECK(StatusOf(chunked.last()) == 413);
    chunked.Close();

    RawPeer allowed(loop);
    co_await allowed.Connect(listener->port());
    co_await allowed.Send(Post("/small", std::string(1'000, 'x')));
    co_await allowed.ReadMessage();
    CHECK(StatusOf(allowed.last()) == 200);
  }());
}

TEST_CASE("a client that sends a refused body to its end still reads the refusal") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.body_limit = 1'000;
  const auto listener = Listen(loop, std::move(config));

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(Post("/", std::string(8 * 1024 * 1024, 'x')));
    co_await client.ReadMessage();
    CHECK(StatusOf(client.last()) == 413);
  }());
}

TEST_CASE("the listener's own refusals pass through the hook that dresses them") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.body_limit = 10;
  config.on_refused = [](const HttpRequest& head, HttpResponse refusal) {
    refusal.headers.Add("X-Seen", head.method + " " + head.url);
    return refusal;
  };
  const auto listener = Listen(loop, std::move(config));

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(Post("/checkout", std::string(11, 'x')));
    co_await client.ReadMessage();
    CHECK(Has(client.last(), "X-Seen: POST /checkout\r\n"));
  }());
}

TEST_CASE("what cannot be read as a request is refused through the same hook") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.on_refused = [](const HttpRequest& head, HttpResponse refusal) {
    refusal.headers.Add("X-Seen", "[" + head.method + "] [" + head.url + "]");
    return refusal;
  };
  const auto listener = Listen(loop, std::move(config));

  const std::vector<std::pair<std::string, int>> unreadable = {
      {std::string("G\0T / HTTP/1.1\r\nHost: test\r\n\r\n", 30), 400},
      {"GET / HTTP/1.1\nHost: test\n\n", 400},
      {"GET /" + std::string(17 * 1024, 'x') + " HTTP/1.1\r\nHost: test\r\n\r\n", 431},
  };
  RunOn(loop, [&]() -> Task<void> {
    for (const auto& [text, status] : unreadable) {
      RawPeer client(loop);
      co_await client.Connect(listener->port());
      co_await client.Send(text);
      co_await client.ReadMessage();
      INFO(client.last());
      CHECK(StatusOf(client.last()) == status);
      CHECK(Has(client.last(), "X-Seen: ["));
    }
  }());
}

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

TEST_CASE("a header over 16 KiB is answered 431") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop);

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send("GET / HTTP/1.1\r\nHost: test\r\nX-Long: " + std::string(17 * 1024, 'x') + "\r\n\r\n");
    co_await client.ReadMessage();
    CHECK(StatusOf(client.last()) == 431);

    std::string many;
    for (int i = 0; i < 3'000; ++i) many += "A: b\r\n";
    RawPeer other(loop);
    co_await other.Connect(listener->port());
    co_await other.Send("GET / HTTP/1.1\r\nHost: test\r\n" + many + "\r\n");
    co_await other.ReadMessage();
    CHECK(StatusOf(other.last()) == 431);
  }());
}

TEST_CASE("a malformed or ambiguous request is answered 400 and closed") {
  const std::string request =
      GENERATE("nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
               "GET / HTTP/3.0\r\nHost: a\r\n\r\n", "GET http://evil/ HTTP/1.1\r\nHost: a\r\n\r\n",
               "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\nx",
               "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
               "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
               "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
               "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nx",
               "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
               "GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n");
  CAPTURE(request);
  boost::asio::io_context loop;
  bool handled = false;
  const auto listener = Listen(loop, {}, [&](HttpRequest) -> Task<HttpResponse> {
    handled = true;
    co_return HttpResponse{.status = 200};
  });

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send(request);
    co_await client.ReadMessage();
    CHECK(StatusOf(client.last()) == 400);
    co_await client.ReadEnd();
    CHECK(client.ended());
    CHECK_FALSE(handled);
  }());
}

TEST_CASE("a client that waits for 100 Continue gets it, and 413 in its place when the body is too large") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.body_limit = 10;
  const auto listener = Listen(loop, std::move(config));

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send("POST / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    co_await client.ReadMessage();
    CHECK(StatusOf(client.last()) == 100);
    co_await client.Send("ok");
    co_await client.ReadMessage();
    CHECK(BodyOf(client.last()) == "ok");
    co_await client.Send("POST / HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
    co_await client.ReadMessage();
    CHECK(StatusOf(client.last()) == 413);
  }());
}

}  // namespace plinto::polar::server
