// GET /products, GET /provider, GET /openapi.json: what everybody may read.
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "core/schema/openapi.h"
#include "server/base/async/single_flight.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const Json::array_t& ItemsOf(const Json& answer) {
  const auto* items = FindMember(answer, "items")->get_ptr<const Json::array_t*>();
  REQUIRE(items != nullptr);
  return *items;
}

std::size_t Asked(const EmulatedPolar& polar) {
  std::size_t count = 0;
  for (const std::string& request : polar.requests) count += request.find("/v1/products/") != std::string::npos ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("the price list without PRODUCTS is what Polar shows to everybody") {
  Simulation simulation;

  const HttpResponse answer = simulation.Request("GET", "/products", "");

  REQUIRE(answer.status == 200);
  CHECK(*answer.headers.Find("cache-control") == "public, max-age=60");
  const Json list = simulation.BodyOf(answer);
  REQUIRE_FALSE(ItemsOf(list).empty());
  const Json& product = ItemsOf(list).front();
  CHECK(*FindString(product, "name") == "Pro");
  CHECK(*FindString(product, "product_id") == simulation.ProductId());
  CHECK(FindBool(product, "is_recurring") == true);
  CHECK(*FindString(product, "recurring_interval") == "month");
  CHECK(FindMember(product, "slug") == nullptr);
  const Json& price = FindMember(product, "prices")->get_ptr<const Json::array_t*>()->front();
  CHECK(*FindString(price, "amount_type") == "fixed");
  CHECK(FindInteger(price, "amount") == 2'000);
  CHECK(*FindString(price, "currency") == "usd");
  CHECK(simulation.polar.requests.front().find("visibility=public") != std::string::npos);
}

TEST_CASE("the price list is in the order of PRODUCTS, without what Polar does not sell") {
  Simulation probe;
  Settings settings;
  settings.plans = {{.slug = "gone", .product_id = "99999999-9999-4999-8999-999999999999", .tier = "gone"},
                    {.slug = "pro", .product_id = probe.ProductId(), .tier = "gold", .features = {"export"}}};
  Simulation simulation(settings);

  const Json list = simulation.BodyOf(simulation.Request("GET", "/products", ""));

  REQUIRE(ItemsOf(list).size() == 1);
  const Json& product = ItemsOf(list).front();
  CHECK(*FindString(product, "slug") == "pro");
  CHECK(*FindString(product, "tier") == "gold");
  CHECK(DumpJson(*FindMember(product, "features")) == R"(["export"])");
}

TEST_CASE("Polar is asked for the price list once in five minutes, and the old one outlasts Polar's silence") {
  Simulation simulation;
  const std::string first = simulation.Request("GET", "/products", "").body;
  CHECK(simulation.Request("GET", "/products", kAlice).body == first);
  CHECK(Asked(simulation.polar) == 1);

  simulation.clock.Advance(301);
  simulation.polar.faults.assign(3, {"/v1/products/", {TransportFault::kTimeout, false, 60}});
  const Timestamp before = simulation.clock.Now();
  const HttpResponse stale = simulation.Request("GET", "/products", "");
  CHECK(stale.status == 200);
  CHECK(stale.body == first);
  CHECK(simulation.clock.Now() <= before.PlusSeconds(3));
  const std::size_t asked = Asked(simulation.polar);
  CHECK(simulation.Request("GET", "/products", "").body == first);
  CHECK(Asked(simulation.polar) == asked);

  simulation.polar.faults.clear();
  simulation.clock.Advance(6);
  CHECK(simulation.Request("GET", "/products", "").status == 200);
  CHECK(Asked(simulation.polar) == asked + 1);
}

TEST_CASE("without a price list, Polar's failure is the answer, and not every visitor's request is passed on") {
  Simulation simulation;
  simulation.polar.faults.assign(8, {"/v1/products/", {HttpResponse{.status = 500}}});

  const HttpResponse failed = simulation.Request("GET", "/products", "");
  const std::size_t asked = Asked(simulation.polar);
  const HttpResponse again = simulation.Request("GET", "/products", "");

  CHECK(failed.status == 502);
  CHECK(again.status == 502);
  CHECK(Asked(simulation.polar) == asked);
  simulation.polar.faults.clear();
  simulation.clock.Advance(6);
  CHECK(simulation.Request("GET", "/products", "").status == 200);
}

TEST_CASE("what several want at the same time is done once, and all of them wait for it") {
  namespace asio = boost::asio;
  asio::io_context context;
  SingleFlight flight;
  int done = 0;
  int landed = 0;
  const std::function<Task<void>()> work = [&]() -> Task<void> {
    for (int i = 0; i < 10; ++i) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    ++done;
  };
  for (int i = 0; i < 5; ++i) {
    asio::co_spawn(
        context,
        [&]() -> Task<void> {
          co_await flight.Join(work);
          CHECK(done == 1);
          ++landed;
        },
        [](std::exception_ptr problem) { CHECK(problem == nullptr); });
  }

  context.run();

  CHECK(landed == 5);
  CHECK_FALSE(flight.IsOn());
}

TEST_CASE("a country has its provider; what is no country is refused by the field") {
  Simulation simulation;

  CHECK(simulation.Request("GET", "/provider?country=mx", "").body == R"({"country":"MX","provider":"conekta"})");
  CHECK(simulation.Request("GET", "/provider?country=DE", "").body == R"({"country":"DE","provider":"polar"})");
  for (const char* path : {"/provider", "/provider?country=", "/provider?country=XX", "/provider?country=MEX"}) {
    const HttpResponse refused = simulation.Request("GET", path, "");
    INFO(path);
    CHECK(refused.status == 422);
    CHECK(simulation.FieldOf(refused) == "country");
  }
}

TEST_CASE("the OpenAPI document is the server's own, stands at the root as well, and is sent once to who keeps it") {
  Simulation simulation;
  const HttpResponse below = simulation.Request("GET", "/openapi.json", "");
  const HttpResponse at_root = simulation.Await(simulation.service->Handle({.method = "GET", .url = "/openapi.json"}));

  REQUIRE(below.status == 200);
  CHECK(below.body == schema::PrintOpenApi(PLINTO_POLAR_VERSION));
  CHECK(at_root.body == below.body);
  const std::string etag = *below.headers.Find("etag");
  const HttpResponse kept = simulation.Request("GET", "/openapi.json", "", "", {{"If-None-Match", "W/" + etag}});
  CHECK(kept.status == 304);
  CHECK(kept.body.empty());
  CHECK(*kept.headers.Find("etag") == etag);
  CHECK(simulation.Request("GET", "/openapi.json", "", "", {{"If-None-Match", "\"other\""}}).status == 200);
}

TEST_CASE("the OpenAPI document has every route of the server, and no other") {
  std::set<std::string> served = {"GET /healthz", "GET /readyz"};  // answered before the service
  for (const Route& route : AllRoutes()) {
    const RouteFact& fact = RouteOf(route.operation);
    served.insert(std::string(fact.method) + " " + std::string(fact.path));
  }
  std::set<std::string> documented;
  const Json document = *ParseJson(schema::PrintOpenApi(PLINTO_POLAR_VERSION));
  for (const auto& [path, item] : *FindMember(document, "paths")->get_ptr<const Json::object_t*>()) {
    for (const auto& [name, operation] : *item.get_ptr<const Json::object_t*>()) {
      if (name == "servers") continue;  // where the probes stand
      std::string method = name;
      for (char& letter : method) letter = static_cast<char>(letter - 'a' + 'A');
      documented.insert(method + " " + path);
    }
  }

  CHECK(documented == served);
}
