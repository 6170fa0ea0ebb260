// Many at the same time: who waits for whom, and what one sender may take.
#include "listening.h"

namespace plinto::polar::server {

using namespace testing;

namespace {

constexpr const char* kOther = "127.0.0.2";

/// Answers `/wait` and `/wait-too` when it is released, all else at once.
struct Waiting {
  explicit Waiting(boost::asio::io_context& loop) : entered(loop), entered_too(loop), release(loop) {}
  Handler AsHandler() {
    return [this](HttpRequest request) -> Task<HttpResponse> {
      if (request.url == "/wait") entered.Set();
      if (request.url == "/wait-too") entered_too.Set();
      if (request.url.starts_with("/wait")) co_await release.Wait();
      co_return HttpResponse{.status = 200, .body = std::to_string(request.body.size())};
    };
  }
  Event entered;
  Event entered_too;
  Event release;
};

std::string Head(std::string_view target, std::size_t length) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(length) +
         "\r\n\r\n";
}

constexpr std::size_t kLarge = 100 * 1'024;
static_assert(kLarge > kUnaskedBody);

}  // namespace

TEST_CASE("a newcomer is served as soon as one of the busy connections has nothing to do") {
  boost::asio::io_context loop;
  Waiting waiting(loop);
  ListenerConfig config;
  config.max_connections = 1;
  const auto listener = Listen(loop, std::move(config), waiting.AsHandler());

  RunOn(loop, [&]() -> Task<void> {
    RawPeer busy(loop);
    co_await busy.Connect(listener->port());
    co_await busy.Send(Get("/wait"));
    co_await waiting.entered.Wait();
    RawPeer newcomer(loop);
    co_await newcomer.Connect(listener->port());
    co_await newcomer.Send(Get("/"));

    waiting.release.Set();
    co_await busy.ReadMessage();
    CHECK(StatusOf(busy.last()) == 200);
    // Long before the idle time of a minute is over.
    co_await newcomer.ReadMessage();
    CHECK(StatusOf(newcomer.last()) == 200);
    co_await busy.ReadEnd();
    CHECK(busy.ended());
  }());
}

TEST_CASE(
    "one address may not take all connections: its own idle ones go, then it is sent away, and others are served") {
  boost::asio::io_context loop;
  Waiting waiting(loop);
  ListenerConfig config;
  config.max_connections_per_address = 2;
  const auto listener = Listen(loop, std::move(config), waiting.AsHandler());

  RunOn(loop, [&]() -> Task<void> {
    RawPeer busy(loop);
    co_await busy.Connect(listener->port());
    co_await busy.Send(Get("/wait"));
    co_await waiting.entered.Wait();
    RawPeer idle(loop);
    co_await idle.Connect(listener->port());
    co_await idle.Send(Get("/"));
    co_await idle.ReadMessage();

    RawPeer third(loop);
    co_await third.Connect(listener->port());
    co_await third.Send(Get("/wait"));
    co_await idle.ReadEnd();
    CHECK(idle.ended());

    // Served first of all: once this is answered, the one before has been taken too.
    RawPeer stranger(loop);
    co_await stranger.Connect(listener->port(), kOther);
    co_await stranger.Send(Get("/"));
    co_await stranger.ReadMessage();
    CHECK(StatusOf(stranger.last()) == 200);

    RawPeer fourth(loop);
    co_await fourth.Connect(listener->port());
    co_await fourth.ReadMessage();
    CHECK(StatusOf(fourth.last()) == 503);
    CHECK(CodeOf(fourth.last()) == "RATE_LIMITED");
    CHECK(Has(fourth.last(), "Retry-After: 1\r\n"));

    waiting.release.Set();
    co_await third.ReadMessage();
    CHECK(StatusOf(third.last()) == 200);
  }());
}

TEST_CASE("behind a trusted proxy are many: it may take all connections") {
  boost::asio::io_context loop;
  ListenerConfig config;
  config.max_connections_per_address = 1;
  REQUIRE(config.trusted_proxies.Add("127.0.0.1"));
  const auto listener = Listen(loop, std::move(config));

  RunOn(loop, [&]() -> Task<void> {
    RawPeer first(loop);
    RawPeer second(loop);
    for (RawPeer* client : {&first, &second, &first}) {
      if (client != &first || client->last().empty()) co_await client->Connect(listener->port());
      co_await client->Send(Get("/"));
      co_await client->ReadMessage();
      CHECK(StatusOf(client->last()) == 200);
    }
  }());
}

TEST_CASE(
    "the head of a large body is looked at first: nothing of it is read when it is refused, and its limit is its own") {
  boost::asio::io_context loop;
  std::vector<std::string> seen;
  ListenerConfig config;
  config.on_head = [&](const HttpRequest& head) -> Task<BodyPermit> {
    seen.push_back(head.method + " " + head.url);
    BodyPermit permit{.limit = kLarge};
    if (head.headers.Find("authorization") == nullptr) permit.refusal = HttpResponse{.status = 401};
    co_return permit;
  };
  const auto listener = Listen(loop, std::move(config));
  const std::string known = "Authorization: Bearer a\r\n";
  const auto with = [](std::string head, const std::string& field) { return head.insert(head.find("Host:"), field); };

  RunOn(loop, [&]() -> Task<void> {
    // The body never comes.
    for (const std::string& head :
         {Head("/announced", kLarge),
          std::string("POST /chunked HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"),
          with(Head("/expected", kLarge), "Expect: 100-continue\r\n")}) {
      RawPeer client(loop);
      co_await client.Connect(listener->port());
      co_await client.Send(head);
      co_await client.ReadMessage();
      CHECK(StatusOf(client.last()) == 401);
    }
    CHECK(seen == std::vector<std::string>{"POST /announced", "POST /chunked", "POST /expected"});

    RawPeer over(loop);
    co_await over.Connect(listener->port());
    co_await over.Send(with(Head("/over", kLarge + 1), known));
    co_await over.ReadMessage();
    CHECK(StatusOf(over.last()) == 413);

    RawPeer within(loop);
    co_await within.Connect(listener->port());
    co_await within.Send(with(Head("/within", kLarge), known) + std::string(kLarge, 'x') + Post("/small", "x"));
    co_await within.ReadMessage();
    CHECK(BodyOf(within.last()).size() == kLarge);
    co_await within.ReadMessage();
    CHECK(BodyOf(within.last()) == "x");
    CHECK(seen.back() == "POST /within");
  }());
}

TEST_CASE("what all bodies hold is bounded, and what those of one address hold; small ones are always read") {
  boost::asio::io_context loop;
  Waiting waiting(loop);
  ListenerConfig config;
  config.max_body_bytes_per_address = kLarge + kLarge / 2;
  config.max_body_bytes = 2 * kLarge + kLarge / 2;
  const auto listener = Listen(loop, std::move(config), waiting.AsHandler());
  const std::string large(kLarge, 'x');

  RunOn(loop, [&]() -> Task<void> {
    RawPeer holding(loop);
    co_await holding.Connect(listener->port());
    co_await holding.Send(Post("/wait", large));
    co_await waiting.entered.Wait();

    RawPeer second(loop);
    co_await second.Connect(listener->port());
    co_await second.Send(Post("/", large));
    co_await second.ReadMessage();
    CHECK(StatusOf(second.last()) == 503);
    CHECK(CodeOf(second.last()) == "RATE_LIMITED");
    CHECK(Has(second.last(), "retry-after: 1\r\n"));
    RawPeer small(loop);
    co_await small.Connect(listener->port());
    co_await small.Send(Post("/", std::string(kUnaskedBody, 'x')));
    co_await small.ReadMessage();
    CHECK(BodyOf(small.last()) == std::to_string(kUnaskedBody));

    RawPeer other(loop);
    co_await other.Connect(listener->port(), kOther);
    co_await other.Send(Post("/wait-too", large));
    co_await waiting.entered_too.Wait();
    RawPeer third(loop);
    co_await third.Connect(listener->port(), "127.0.0.3");
    co_await third.Send(Post("/", large));
    co_await third.ReadMessage();
    CHECK(StatusOf(third.last()) == 503);

    waiting.release.Set();
    co_await other.ReadMessage();
    CHECK(BodyOf(other.last()) == std::to_string(kLarge));
    co_await holding.ReadMessage();
    CHECK(BodyOf(holding.last()) == std::to_string(kLarge));
    // What was held is given back.
    co_await holding.Send(Post("/", large));
    co_await holding.ReadMessage();
    CHECK(BodyOf(holding.last()) == std::to_string(kLarge));
  }());
}

}  // namespace plinto::polar::server
