// The listener, met by clients that send raw bytes to a real socket.
#include <catch2/catch.hpp>

#include "core/foundation/json.h"
#include "event_loop.h"
#include "server/http/listener.h"

namespace plinto::polar::server {
namespace {

using testing::Event;
using testing::RawPeer;
using testing::RunOn;
using namespace std::chrono_literals;

Task<HttpResponse> Echo(HttpRequest request) {
  HttpResponse response{.status = 200, .headers = {{"Content-Type", "application/octet-stream"}}};
  response.headers.Add("X-Method", request.method);
  response.headers.Add("X-Target", request.url);
  response.body = std::move(request.body);
  co_return response;
}

std::unique_ptr<Listener> Listen(boost::asio::io_context& loop, ListenerConfig config = {}, Handler handler = Echo) {
  auto listener = Listener::Start(loop, std::move(config), std::move(handler));
  REQUIRE(listener.ok());
  return *std::move(listener);
}

std::string Post(std::string_view target, std::string_view body) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

std::string Get(std::string_view target) { return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n"; }

int StatusOf(const std::string& answer) { return answer.starts_with("HTTP/1.") ? std::stoi(answer.substr(9, 3)) : 0; }

std::string BodyOf(const std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

std::string CodeOf(const std::string& answer) {
  const auto json = ParseJson(BodyOf(answer));
  const Json* error = json ? FindMember(*json, "error") : nullptr;
  const std::string* code = error == nullptr ? nullptr : FindString(*error, "code");
  return code == nullptr ? std::string() : *code;
}

bool Has(const std::string& answer, std::string_view text) { return answer.find(text) != std::string::npos; }

}  // namespace

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

TEST_CASE("what can not be read as a request is refused through the same hook") {
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
