// The curl client against servers on real sockets: our own listener, and raw ones that misbehave.
#include "catch.h"

#include <cstdlib>

#include "core/foundation/text.h"
#include "event_loop.h"
#include "server/http/listener.h"
#include "server/upstream/curl_client.h"

namespace plinto::polar::server {
namespace {

using testing::Event;
using testing::RawPeer;
using testing::RunOn;
using testing::tcp;
using namespace std::chrono_literals;

/// A server that is served by hand: each accepted connection is the test's.
class RawServer {
 public:
  explicit RawServer(boost::asio::io_context& loop)
      : acceptor_(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {}
  [[nodiscard]] std::string url() {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }
  Task<RawPeer> Accept() { co_return RawPeer(co_await acceptor_.async_accept(boost::asio::use_awaitable)); }

 private:
  tcp::acceptor acceptor_;
};

std::string Describe(const HttpOutcome& outcome) {
  if (const auto* response = std::get_if<HttpResponse>(&outcome)) return "answer " + std::to_string(response->status);
  switch (std::get<TransportFault>(outcome)) {
    case TransportFault::kConnectionRefused:
      return "refused";
    case TransportFault::kNetwork:
      return "network";
    case TransportFault::kTimeout:
      return "timeout";
    case TransportFault::kCanceled:
      return "canceled";
  }
  return "unknown";
}

/// A request on its way beside the test.
class Sending {
 public:
  Sending(boost::asio::io_context& loop, CurlClient& client, HttpRequest request) : done_(loop) {
    testing::Start(loop, client.Send(std::move(request), 5s), [this](HttpOutcome outcome) {
      outcome_ = Describe(outcome);
      done_.Set();
    });
  }
  Task<void> Wait() { return done_.Wait(); }
  [[nodiscard]] const std::string& outcome() const { return outcome_; }

 private:
  Event done_;
  std::string outcome_;
};

/// Sends one request to its end.
std::string Try(boost::asio::io_context& loop, CurlClient& client, HttpRequest request,
                std::chrono::milliseconds timeout = 5s) {
  std::string outcome;
  RunOn(loop, [&]() -> Task<void> { outcome = Describe(co_await client.Send(std::move(request), timeout)); }());
  loop.restart();
  return outcome;
}

Task<HttpResponse> Reflect(HttpRequest request) {
  HttpResponse response{.status = 201};
  for (const auto& [name, value] : request.headers) response.headers.Add("Seen-" + name, value);
  response.headers.Add("Seen-Method", request.method);
  response.headers.Add("Seen-Target", request.url);
  response.body = std::move(request.body);
  co_return response;
}

/// What our own listener saw of one request.
HttpResponse SendToMirror(HttpRequest request) {
  boost::asio::io_context loop;
  auto listener = Listener::Start(loop, {}, Reflect);
  REQUIRE(listener.ok());
  CurlClient client(loop.get_executor());
  HttpOutcome outcome;
  request.url = (*listener)->url() + request.url;
  RunOn(loop, [&]() -> Task<void> { outcome = co_await client.Send(std::move(request), 5s); }());
  client.Stop();
  REQUIRE(Describe(outcome) == "answer 201");
  return std::get<HttpResponse>(std::move(outcome));
}

std::string Seen(const HttpResponse& response, const std::string& name) {
  const std::string* value = response.headers.Find("Seen-" + name);
  return value == nullptr ? "(absent)" : *value;
}

}  // namespace

TEST_CASE("a request goes out as it was built, and the answer comes back whole") {
  std::string body;
  for (int i = 0; i < 300'000; ++i) body.push_back(static_cast<char>(i % 256));

  const HttpResponse response =
      SendToMirror({.method = "PATCH",
                    .url = "/v1/customers/?a=b%20c",
                    .headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}, {"Authorization", "Bearer t"}},
                    .body = body});

  CHECK(Seen(response, "Method") == "PATCH");
  CHECK(Seen(response, "Target") == "/v1/customers/?a=b%20c");
  CHECK(Seen(response, "Content-Type") == "application/json");
  CHECK(Seen(response, "X-Empty") == "");
  CHECK(Seen(response, "Authorization") == "Bearer t");
  CHECK(Seen(response, "User-Agent").starts_with("plinto-polar/"));
  CHECK(response.body == body);
}

TEST_CASE("a body always has its length and never waits for 100 Continue") {
  const HttpResponse large = SendToMirror({.method = "POST", .url = "/", .body = std::string(900'000, 'x')});
  CHECK(Seen(large, "Content-Length") == "900000");
  CHECK(Seen(large, "Transfer-Encoding") == "(absent)");
  CHECK(Seen(large, "Expect") == "(absent)");
  CHECK(Seen(large, "Content-Type") == "(absent)");

  const HttpResponse empty = SendToMirror({.method = "POST", .url = "/"});
  CHECK(Seen(empty, "Content-Length") == "0");
  CHECK(Seen(empty, "Method") == "POST");

  const HttpResponse get = SendToMirror({.method = "GET", .url = "/"});
  CHECK(Seen(get, "Content-Length") == "(absent)");
  CHECK(Seen(SendToMirror({.method = "DELETE", .url = "/"}), "Method") == "DELETE");
}

TEST_CASE("nobody listening, no answer and a broken connection are told apart") {
  boost::asio::io_context loop;
  RawServer server(loop);
  const std::string closed = "http://127.0.0.1:" + std::to_string(testing::UnusedPort(loop)) + "/";
  CurlClient client(loop.get_executor());

  CHECK(Try(loop, client, {.method = "POST", .url = closed, .body = "x"}) == "refused");
  CHECK(Try(loop, client, {.method = "GET", .url = "http://does-not-exist.invalid/"}) == "refused");
  CHECK(Try(loop, client, {.method = "POST", .url = server.url(), .body = "x"}, 100ms) == "timeout");

  std::string broken;
  RunOn(loop, [&]() -> Task<void> {
    (void)co_await server.Accept();
    Sending sending(loop, client, {.method = "POST", .url = server.url(), .body = "x"});
    RawPeer connection = co_await server.Accept();
    co_await connection.ReadMessage();
    connection.Close();
    co_await sending.Wait();
    broken = sending.outcome();
  }());
  CHECK(broken == "network");
  client.Stop();
}

TEST_CASE("a POST is not sent again when a kept connection dies under it") {
  boost::asio::io_context loop;
  RawServer server(loop);
  CurlClient client(loop.get_executor());
  std::vector<std::string> outcomes;

  RunOn(loop, [&]() -> Task<void> {
    const HttpRequest request{.method = "POST", .url = server.url(), .body = "charge"};
    Sending first(loop, client, request);
    RawPeer connection = co_await server.Accept();
    co_await connection.ReadMessage();
    CHECK(connection.last().ends_with("charge"));
    co_await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    co_await first.Wait();

    Sending second(loop, client, request);
    co_await connection.ReadMessage();
    CHECK(connection.last().ends_with("charge"));
    connection.Close();
    co_await second.Wait();
    outcomes = {first.outcome(), second.outcome()};
  }());

  CHECK(outcomes == std::vector<std::string>{"answer 200", "network"});
  client.Stop();
}

TEST_CASE("an answer over the limit is a broken connection, not memory") {
  boost::asio::io_context loop;
  auto listener = Listener::Start(loop, {}, [](HttpRequest request) -> Task<HttpResponse> {
    co_return HttpResponse{.status = 200, .body = std::string(request.url == "/fits" ? 1'000 : 1'001, 'x')};
  });
  REQUIRE(listener.ok());
  CurlClient client(loop.get_executor(), {.answer_limit = 1'000});

  CHECK(Try(loop, client, {.method = "GET", .url = (*listener)->url() + "/fits"}) == "answer 200");
  CHECK(Try(loop, client, {.method = "GET", .url = (*listener)->url() + "/exceeds"}) == "network");
  client.Stop();
}

TEST_CASE("a redirect is an answer and is not followed") {
  boost::asio::io_context loop;
  int requests = 0;
  auto listener = Listener::Start(loop, {}, [&](HttpRequest) -> Task<HttpResponse> {
    ++requests;
    co_return HttpResponse{.status = 307, .headers = {{"Location", "/elsewhere"}}};
  });
  REQUIRE(listener.ok());
  CurlClient client(loop.get_executor());

  CHECK(Try(loop, client, {.method = "GET", .url = (*listener)->url() + "/"}) == "answer 307");
  CHECK(requests == 1);
  client.Stop();
}

TEST_CASE("what is not http, or would smuggle a header, is not sent") {
  boost::asio::io_context loop;
  auto listener = Listener::Start(loop, {}, Reflect);
  REQUIRE(listener.ok());
  CurlClient client(loop.get_executor());

  const std::string url = (*listener)->url() + "/";
  CHECK(Try(loop, client, {.method = "GET", .url = "file:///etc/passwd"}) == "canceled");
  CHECK(Try(loop, client, {.method = "GET", .url = url, .headers = {{"X-A", "1\r\nX-B: 2"}}}) == "canceled");
  CHECK(Try(loop, client, {.method = "GET", .url = url + "a\r\nX-B: 2"}) == "canceled");
  client.Stop();
}

TEST_CASE("proxies of the environment are ignored") {
  boost::asio::io_context loop;
  const std::string proxy = "http://127.0.0.1:" + std::to_string(testing::UnusedPort(loop));
  REQUIRE(setenv("http_proxy", proxy.c_str(), 1) == 0);
  REQUIRE(setenv("all_proxy", proxy.c_str(), 1) == 0);

  const HttpResponse response = SendToMirror({.method = "GET", .url = "/direct"});

  unsetenv("http_proxy");
  unsetenv("all_proxy");
  CHECK(Seen(response, "Target") == "/direct");
}

TEST_CASE("a stop cancels what is in flight and what comes after") {
  boost::asio::io_context loop;
  RawServer server(loop);
  CurlClient client(loop.get_executor());

  RunOn(loop, [&]() -> Task<void> {
    Sending sending(loop, client, {.method = "GET", .url = server.url()});
    RawPeer connection = co_await server.Accept();
    co_await connection.ReadMessage();
    client.Stop();
    co_await sending.Wait();
    CHECK(sending.outcome() == "canceled");
  }());
  loop.restart();
  CHECK(Try(loop, client, {.method = "GET", .url = server.url()}) == "canceled");
}

TEST_CASE("many requests at once share the client") {
  boost::asio::io_context loop;
  auto listener = Listener::Start(loop, {}, Reflect);
  REQUIRE(listener.ok());
  CurlClient client(loop.get_executor());
  int answered = 0;

  RunOn(loop, [&]() -> Task<void> {
    Event done(loop);
    for (int i = 0; i < 200; ++i) {
      HttpRequest request{.method = "POST", .url = (*listener)->url() + "/", .body = std::to_string(i)};
      testing::Start(loop, client.Send(request, 10s), [&, i](HttpOutcome outcome) {
        const auto* response = std::get_if<HttpResponse>(&outcome);
        if (response != nullptr && response->body == std::to_string(i)) ++answered;
        if (answered == 200) done.Set();
      });
    }
    co_await done.Wait();
  }());
  CHECK(answered == 200);
  client.Stop();
}

}  // namespace plinto::polar::server
