// Many who want something of Polar at once: nobody waits for somebody else, and nobody longer than they have to.
#include "server/base/secrets/service_key.h"
#include "virtual_time.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

std::string UserId(int number) {
  const std::string digits = std::to_string(10'000 + number).substr(1);
  return digits + "0000-0000-4000-8000-000000000000";
}

const std::string kForAcme = std::string(R"(,"organization_id":")") + kAcme + "\"";

/// One after the other, each a second after the one before: all are answered 201 within two seconds.
std::vector<std::shared_ptr<BusyServer::Answered>> CheckOutEachSecond(BusyServer& server, int buyers, int first = 0) {
  std::vector<std::shared_ptr<BusyServer::Answered>> checkouts;
  for (int i = 0; i < buyers; ++i) {
    checkouts.push_back(server.Checkout(UserId(first + i)));
    server.RunFor(1'000);
  }
  server.RunFor(10'000);
  return checkouts;
}

void CheckAllServed(const std::vector<std::shared_ptr<BusyServer::Answered>>& checkouts) {
  for (const auto& checkout : checkouts) {
    CHECK(checkout->status() == 201);
    CHECK(checkout->took_ms() <= 2'000);
  }
}

}  // namespace

TEST_CASE("a user who asks for the portal without end does not keep others from paying") {
  BusyServer server(500, {}, emulator::RateLimit::kProduction);
  REQUIRE(server.Finish(server.Checkout(kAlice)).status() == 201);
  std::vector<std::shared_ptr<BusyServer::Answered>> portals;
  std::vector<std::shared_ptr<BusyServer::Answered>> checkouts;

  for (int tenth = 0; tenth < 900; ++tenth) {
    for (int i = 0; i < 5; ++i) portals.push_back(server.Ask("GET", "/customer/portal", kAlice));
    if (tenth % 10 == 0) checkouts.push_back(server.Checkout(UserId(tenth)));
    server.RunFor(100);
  }
  server.RunFor(10'000);

  CheckAllServed(checkouts);
  CHECK(server.polar.refusals == 0);
  int opened = 0;
  for (const auto& portal : portals) {
    if (portal->status() == 200) {
      ++opened;
      continue;
    }
    REQUIRE(portal->status() == 429);
    CHECK(std::stoi(*portal->response->headers.Find("retry-after")) <= 3);
    CHECK(portal->response->body.find("RATE_LIMITED") != std::string::npos);
  }
  CHECK(opened >= 50);
  CHECK(opened <= 75);
}

TEST_CASE("while Polar is silent few wait for it, the others are told at once, and webhooks come in as ever") {
  BusyServer server(500);
  REQUIRE(server.Finish(server.Checkout(kAlice)).status() == 201);
  server.RunFor(10'000);
  std::vector<emulator::Delivery> deliveries = server.emulator.TakeDue(server.time.Now());
  REQUIRE_FALSE(deliveries.empty());
  server.polar.is_silent = true;
  std::vector<std::shared_ptr<BusyServer::Answered>> checkouts;
  std::int64_t most = 0;

  for (int second = 0; second < 20; ++second) {
    for (int i = 0; i < 113; ++i) checkouts.push_back(server.Checkout(UserId(second * 113 + i)));
    server.RunFor(500);
    most = std::max(most, server.budget.waiting());
    HttpRequest delivery = deliveries.front().request;
    delivery.url = "/polar/webhooks";
    const auto webhook = server.Hand(std::move(delivery));
    server.Settle();
    CHECK(webhook->status() == 202);
    server.RunFor(500);
  }
  server.RunFor(20'000);

  CHECK(most <= 64);
  CHECK(server.polar.on_the_way <= 64);
  int at_once = 0;
  for (const auto& checkout : checkouts) {
    REQUIRE(checkout->response.has_value());
    CHECK(checkout->took_ms() <= 9'100);
    // The others are those who were asked for, in vain.
    if (checkout->response->headers.Find("retry-after") == nullptr) continue;
    ++at_once;
    CHECK((checkout->status() == 503 || checkout->status() == 502));
    CHECK(checkout->took_ms() <= 2'100);
  }
  CHECK(at_once >= 20 * 113 - 100);
  CHECK(server.log.began.size() == 1);

  server.polar.is_silent = false;
  server.RunFor(60'000);
  CHECK(server.Finish(server.Checkout(kAlice)).status() == 201);
  CHECK(server.log.problems.empty());
}

TEST_CASE("Retry-After: 60 means that nothing at all is sent for sixty seconds") {
  BusyServer server(500);
  REQUIRE(server.Finish(server.Checkout(kAlice)).status() == 201);
  REQUIRE(server.Finish(server.Ask("POST", "/usage", kAlice, R"({"event_name":"api_call"})")).status() == 202);
  server.polar.answers.push_back({.status = 429, .headers = {{"retry-after", "60"}}});
  const auto first = server.Finish(server.Checkout(kAlice));
  CHECK(first.status() == 503);
  CHECK(*first.response->headers.Find("retry-after") == "60");
  const std::size_t asked = server.polar.asked.size();
  const Timestamp until = server.time.Now().PlusSeconds(60);
  std::optional<JobRun> watched;
  boost::asio::co_spawn(server.loop, testing::Keep(server.service->WatchEndpoint(), watched), boost::asio::detached);

  while (server.time.Now() < until.PlusSeconds(-3)) {
    const auto checkout = server.Checkout(kAlice);
    const auto portal = server.Ask("GET", "/customer/portal", kBob);
    const auto read = server.Ask("GET", "/access", UserId(1));
    server.Settle();
    CHECK(checkout->status() == 503);
    CHECK(portal->status() == 503);
    CHECK(read->status() == 503);
    REQUIRE(checkout->response.has_value());
    const std::int64_t left = until.Seconds() - server.time.Now().Seconds();
    CHECK(std::abs(std::stoi(*checkout->response->headers.Find("retry-after")) - left) <= 1);
    static_cast<void>(server.Await(server.service->ReportUsage()));
    CHECK(server.polar.asked.size() == asked);
    server.RunFor(1'000);
  }
  CHECK_FALSE(watched.has_value());
  server.RunFor(10'000);
  CHECK(watched.has_value());
  CHECK(server.polar.asked.size() > asked);
  CHECK(server.Finish(server.Checkout(kAlice)).status() == 201);
}

TEST_CASE("a mirror that is being filled leaves room for whoever buys") {
  BusyServer server(500, {}, emulator::RateLimit::kProduction);
  for (int i = 0; i < 60; ++i) {
    REQUIRE(server.Finish(server.Checkout(UserId(i))).status() == 201);
    server.RunFor(1'000);
  }
  server.database = *Database::OpenSqlite(":memory:", SqliteWriter::Mode::kInline);
  server.service.reset();
  server.store = server.database->ForTenant(kDefaultTenant);
  Settings settings;
  settings.polar = {.base_url = "http://polar.test", .access_token = server.emulator.access_token()};
  server.service = std::make_unique<Service>(server.MakeHost(), std::move(settings));
  bool is_filled = false;
  boost::asio::co_spawn(
      server.loop,
      [](BusyServer& busy, bool& done) -> Task<void> {
        for (;;) {
          const std::optional<Timestamp> next = co_await busy.service->FillMirror();
          if (!next) break;
          co_await busy.time.SleepUntil(*next);
        }
        done = true;
      }(server, is_filled),
      boost::asio::detached);

  CheckAllServed(CheckOutEachSecond(server, 200, 1'000));

  CHECK(is_filled);
  CHECK(server.polar.refusals == 0);
  CHECK(server.log.began.empty());
}

TEST_CASE("waits in a row: a known customer's checkout one, the portal one, what the mirror knows none") {
  BusyServer server(500);
  REQUIRE(server.Finish(server.Checkout(kAlice)).status() == 201);

  CHECK(server.Finish(server.Checkout(kAlice)).took_ms() == 100);
  CHECK(server.Finish(server.Ask("GET", "/customer/portal", kAlice)).took_ms() == 100);
  for (const char* path : {"/access", "/customer/state", "/customer/subscriptions", "/customer/orders"}) {
    const auto read = server.Finish(server.Ask("GET", path, kAlice));
    INFO(path);
    CHECK(read.status() == 200);
    CHECK(read.took_ms() == 0);
  }
  // Somebody whom nobody has heard of: whether they exist, and then all that there is of them at the same time.
  CHECK(server.Finish(server.Ask("GET", "/access", kBob)).took_ms() == 100);
}

TEST_CASE("waits in a row: an organization's first checkout three, later ones one") {
  BusyServer server(500);

  const auto first = server.Finish(server.Checkout(kAlice, kForAcme));
  CHECK(first.status() == 201);
  CHECK(first.took_ms() == 300);
  CHECK(server.plinto_http.asked == 2);
  for (int i = 0; i < 5; ++i) {
    const auto later = server.Finish(server.Checkout(kAlice, kForAcme));
    CHECK(later.status() == 201);
    CHECK(later.took_ms() == 100);
  }
  CHECK(server.plinto_http.asked == 2);
  CHECK(server.Finish(server.Ask("GET", "/customer/portal" + AcmeQuery(), kAlice)).took_ms() == 100);
  CHECK(server.Finish(server.Ask("GET", "/access" + AcmeQuery(), kAlice)).took_ms() == 0);
  server.RunFor(61'000);
  CHECK(server.Finish(server.Checkout(kAlice, kForAcme)).took_ms() == 200);
}

TEST_CASE("a customer from before is fetched with two waits in a row") {
  BusyServer server(500);
  REQUIRE(server.Finish(server.Checkout(kAlice)).status() == 201);
  server.service.reset();
  server.database = *Database::OpenSqlite(":memory:", SqliteWriter::Mode::kInline);
  server.store = server.database->ForTenant(kDefaultTenant);
  Settings settings;
  settings.polar = {.base_url = "http://polar.test", .access_token = server.emulator.access_token()};
  server.service = std::make_unique<Service>(server.MakeHost(), std::move(settings));

  const auto read = server.Finish(server.Ask("GET", "/access", kAlice));

  CHECK(read.status() == 200);
  CHECK(read.took_ms() == 200);
  CHECK(server.polar.on_the_way == 5);
}

TEST_CASE("a sender's batches are read one at a time; what finds the line full is refused unread") {
  BusyServer server(500);
  server.workers.takes_ms = 10;
  const std::string text(kWorthWorkers, 'a');
  const std::string batch = R"({"events":[{"event_name":"api_call"},{"event_name":")" + text + "\"}]}";
  std::vector<std::shared_ptr<BusyServer::Answered>> answers;

  for (int i = 0; i < 40; ++i) answers.push_back(server.Ask("POST", "/usage/batch", kAlice, batch));
  server.Settle();

  const auto count = [&](int status) {
    return std::count_if(answers.begin(), answers.end(), [&](const auto& one) { return one->status() == status; });
  };
  CHECK(count(429) == 7);
  CHECK(server.workers.begun == 1);
  server.RunFor(1'000);
  CHECK(count(202) == 33);
  CHECK(server.workers.begun == 33);
  CHECK(server.workers.at_once == 1);
}

TEST_CASE("of a key's requests 2,000 are begun in a second, and nobody else waits for the others") {
  Settings settings;
  settings.rate_limits = {.per_user = 600, .per_key = 120'000};
  BusyServer server(500, std::move(settings));
  const std::string key = std::string(kServiceKeyPrefix) + std::string(64, 'a');
  ServiceKeyRow row{"1", HashServiceKey(key), "test", "access:read", server.time.Now()};
  REQUIRE(server.Await(server.store->AddServiceKey(row)).ok());
  REQUIRE(server.Finish(server.Checkout(kAlice, kForAcme)).status() == 201);
  const std::string path = "/access" + AcmeQuery();
  std::vector<std::shared_ptr<BusyServer::Answered>> answers;

  for (int i = 0; i < 2'020; ++i) answers.push_back(server.Ask("GET", path, key));
  const auto user = server.Ask("GET", path, kAlice);
  server.RunFor(1'000);

  REQUIRE(std::all_of(answers.begin(), answers.end(), [](const auto& one) { return one->status() == 200; }));
  CHECK(user->took_ms() == 0);
  CHECK(answers[1'999]->took_ms() == 0);
  CHECK(answers[2'001]->took_ms() == 1);
  CHECK(answers[2'019]->took_ms() == 10);
}
