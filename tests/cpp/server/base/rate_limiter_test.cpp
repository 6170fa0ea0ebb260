// Rate limits: the bucket itself, and who is counted by what in the service.
#include "catch.h"

#include "server/base/network.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

constexpr Timestamp kNow = Timestamp::FromSeconds(1'750'000'000);

Settings Limited(RateLimits limits) {
  Settings settings;
  settings.rate_limits = limits;
  return settings;
}

HttpHeaders From(const std::string& address) { return {{std::string(kRemoteAddressHeader), address}}; }

}  // namespace

TEST_CASE("a minute's worth may come at once, then one at a time at an even pace") {
  RateLimiter limiter(60);

  for (int i = 0; i < 60; ++i) REQUIRE_FALSE(limiter.Take("a", kNow).has_value());
  CHECK(limiter.Take("a", kNow) == 1'000);
  CHECK(limiter.Take("a", kNow.PlusMilliseconds(400)) == 600);
  CHECK_FALSE(limiter.Take("a", kNow.PlusSeconds(1)).has_value());
  CHECK(limiter.Take("a", kNow.PlusSeconds(1)) == 1'000);
  CHECK_FALSE(limiter.Take("b", kNow.PlusSeconds(1)).has_value());
}

TEST_CASE("a second's worth may begin at once, and each of the others has a turn of its own") {
  RateLimiter pace = RateLimiter::WithinASecond(120);

  CHECK(pace.Reserve("a", kNow) == 0);
  CHECK(pace.Reserve("a", kNow) == 0);
  CHECK(pace.Reserve("a", kNow) == 500);
  CHECK(pace.Reserve("a", kNow) == 1'000);
  CHECK(pace.Reserve("b", kNow) == 0);
  CHECK(pace.Reserve("a", kNow.PlusSeconds(2)) == 0);
  CHECK(RateLimiter::WithinASecond(0).Reserve("a", kNow) == 0);
}

TEST_CASE("a clock that is set back gives nothing away and takes nothing") {
  RateLimiter limiter(1);

  REQUIRE_FALSE(limiter.Take("a", kNow).has_value());
  CHECK(limiter.Take("a", kNow.PlusSeconds(-3'600)).has_value());
  CHECK_FALSE(limiter.Take("a", kNow.PlusSeconds(60)).has_value());
}

TEST_CASE("the limiter's memory is bounded: who asked longest ago is forgotten") {
  RateLimiter limiter(1, 100);
  REQUIRE_FALSE(limiter.Take("first", kNow).has_value());

  for (int i = 0; i < 99; ++i) static_cast<void>(limiter.Take("other " + std::to_string(i), kNow));
  CHECK(limiter.Take("first", kNow).has_value());
  for (int i = 0; i < 1'000; ++i) static_cast<void>(limiter.Take("more " + std::to_string(i), kNow));

  CHECK(limiter.size() == 100);
  CHECK_FALSE(limiter.Take("first", kNow).has_value());
}

TEST_CASE("an address of IPv6 stands for its network, one of IPv4 for itself") {
  CHECK(NetworkOf("2001:db8:1:2:3:4:5:6") == NetworkOf("2001:db8:1:2::1"));
  CHECK(NetworkOf("2001:db8:1:2::1") != NetworkOf("2001:db8:1:3::1"));
  CHECK(NetworkOf("203.0.113.7") == "203.0.113.7");
  CHECK(NetworkOf("") == "");
}

TEST_CASE("a signed-in user is limited as one, whatever the address, and told when to come back") {
  Simulation simulation(Limited({.per_user = 2, .per_address = 1}));
  const auto read = [&](const char* user, const std::string& address) {
    return simulation.Request("GET", "/customer/data", user, "", From(address));
  };

  CHECK(read(kAlice, "203.0.113.1").status == 200);
  CHECK(read(kAlice, "203.0.113.2").status == 200);
  const HttpResponse refused = read(kAlice, "203.0.113.3");
  CHECK(refused.status == 429);
  CHECK(simulation.ErrorCodeOf(refused) == "RATE_LIMITED");
  REQUIRE(refused.headers.Find("retry-after") != nullptr);
  CHECK(*refused.headers.Find("retry-after") == "30");
  CHECK(read(kBob, "203.0.113.3").status == 200);
  simulation.clock.Advance(30);
  CHECK(read(kAlice, "203.0.113.3").status == 200);
}

TEST_CASE("a sender without valid credentials is limited by address, and does not use up that of others") {
  Simulation simulation(Limited({.per_user = 100, .per_address = 2}));
  const auto status = [&](const std::string& path, const std::string& user, const std::string& address) {
    return simulation.Request("GET", path, user, "", From(address)).status;
  };

  CHECK(status("/customer/data", "", "203.0.113.1") == 401);
  CHECK(status("/no/such/route", "", "203.0.113.1") == 404);
  CHECK(status("/customer/data", "not-a-user", "203.0.113.1") == 429);
  CHECK(status("/no/such/route", "", "203.0.113.1") == 429);
  CHECK(status("/checkout", "", "203.0.113.1") == 429);
  CHECK(status("/customer/data", "", "203.0.113.2") == 401);
  CHECK(status("/customer/data", kAlice, "203.0.113.1") == 200);
}

TEST_CASE("webhooks are counted only when their signature fails: Polar is never turned away") {
  Simulation simulation(Limited({.per_address = 1}));
  const Json checkout = simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody()));
  simulation.Pay(checkout);
  const std::vector<HttpRequest> deliveries = simulation.Collect();
  REQUIRE(deliveries.size() > 3);
  HttpRequest forged = deliveries.front();
  forged.body += " ";

  CHECK(simulation.Deliver(forged).status == 403);
  CHECK(simulation.Deliver(forged).status == 429);
  for (const HttpRequest& delivery : deliveries) CHECK(simulation.Deliver(delivery).status == 202);
}

}  // namespace plinto::polar::server
