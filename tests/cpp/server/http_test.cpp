// Requests and answers of the listener, byte by byte.
#include <catch2/catch.hpp>

#include "event_loop.h"
#include "http_messages.h"

namespace plinto::polar::server {

using namespace testing;

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

TEST_CASE("a body over its limit is refused before it is read, by the limit of its route") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.body_limit = [](std::string_view, std::string_view target) { return target == "/large" ? 2'000u : 1'000u; };
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
    co_await allowed.Send(Post("/large", std::string(2'000, 'x')));
    co_await allowed.ReadMessage();
    CHECK(StatusOf(allowed.last()) == 200);
  }());
}

TEST_CASE("a client that sends a refused body to its end still reads the refusal") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.body_limit = [](std::string_view, std::string_view) { return 1'000u; };
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
  config.body_limit = [](std::string_view, std::string_view) { return 10u; };
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

TEST_CASE("a header over 16 KiB is answered 431") {
  boost::asio::io_context loop;
  const auto listener = Listen(loop);

  RunOn(loop, [&]() -> Task<void> {
    RawPeer client(loop);
    co_await client.Connect(listener->port());
    co_await client.Send("GET / HTTP/1.1\r\nHost: test\r\nX-Long: " + std::string(17 * 1024, 'x') + "\r\n\r\n");
    co_await client.ReadMessage();
    CHECK(StatusOf(client.last()) == 431);
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

TEST_CASE("a client that waits for 100 Continue gets it, and 413 in its place when the body is too large") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.body_limit = [](std::string_view, std::string_view) { return 10u; };
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

}  // namespace plinto::polar::server
