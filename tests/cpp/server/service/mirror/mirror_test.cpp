// What the server knows of customers that were there before it, when it asks Polar for it, and how often.
#include <algorithm>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/service/mirror/mirror.h"
#include "simulation.h"

namespace plinto::polar::server {
namespace {

Settings WithPro(const Simulation& simulation) {
  Settings settings;
  settings.plans = {{.slug = "pro", .product_id = simulation.ProductId(), .tier = "pro", .features = {"export"}}};
  return settings;
}

void Buy(Simulation& simulation, const char* user) {
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", user, simulation.CheckoutBody())));
}

std::string TierOf(Simulation& simulation, const char* user) {
  const HttpResponse answer = simulation.Request("GET", "/customer/state", user);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  const Json state = simulation.BodyOf(answer);
  const std::string* tier = FindString(state, "tier");
  return tier == nullptr ? "none" : *tier;
}

std::size_t CountOf(const Json& json, const char* list) { return FindMember(json, list)->size(); }

/// Polar, which lets others run before it answers.
class SlowPolar final : public HttpClient {
 public:
  explicit SlowPolar(EmulatedPolar& polar) : polar_(polar) {}
  Task<HttpOutcome> Send(HttpRequest request, std::chrono::milliseconds timeout) override {
    for (int i = 0; i < 20; ++i) {
      co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    }
    co_return co_await polar_.Send(std::move(request), timeout);
  }

 private:
  EmulatedPolar& polar_;
};

}  // namespace

TEST_CASE("a server that is installed after the purchase fetches it once, before it answers for the first time") {
  Simulation simulation;
  Buy(simulation, kAlice);
  static_cast<void>(simulation.Collect());  // told to the server that was here before
  simulation.Reinstall(WithPro(simulation));
  simulation.polar.requests.clear();

  CHECK(TierOf(simulation, kAlice) == "pro");
  const std::size_t asked = simulation.polar.requests.size();
  CHECK(asked > 0);
  const Json data = simulation.BodyOf(simulation.Request("GET", "/customer/data", kAlice));
  CHECK(CountOf(data, "subscriptions") == 1);
  CHECK(CountOf(data, "orders") == 1);
  CHECK(CountOf(data, "benefits") == 1);
  CHECK(CountOf(simulation.BodyOf(simulation.Request("GET", "/customer/orders", kAlice)), "items") == 1);
  for (int i = 0; i < 100; ++i) {
    simulation.clock.Advance(60);
    CHECK(*FindBool(simulation.BodyOf(simulation.Request("GET", "/access?feature=export", kAlice)), "allowed"));
  }
  CHECK(simulation.polar.requests.size() == asked);
}

TEST_CASE("whatever is read first, the token too, what was never fetched is fetched before") {
  for (const std::string path : {"/customer/data", "/customer/state", "/customer/subscriptions", "/customer/orders",
                                 "/customer/benefits", "/customer/meters", "/access", "/entitlements/token"}) {
    INFO(path);
    Simulation simulation;
    Buy(simulation, kAlice);
    static_cast<void>(simulation.Collect());
    simulation.Reinstall(WithPro(simulation));

    CHECK(simulation.Request("GET", path, kAlice).status == 200);
    CHECK(simulation.Await(simulation.store->ReadSubject({Subject::Kind::kUser, kAlice}))->customer->is_mirrored);
  }
}

TEST_CASE("news that comes after the fetch counts, older news does not") {
  Simulation simulation;
  Buy(simulation, kAlice);
  const std::vector<HttpRequest> old_news = simulation.Collect();
  simulation.Reinstall(WithPro(simulation));
  REQUIRE(TierOf(simulation, kAlice) == "pro");
  const std::string before = simulation.Request("GET", "/customer/state", kAlice).body;

  for (const HttpRequest& delivery : old_news) static_cast<void>(simulation.Deliver(delivery));
  static_cast<void>(simulation.ProcessInbox());
  CHECK(simulation.Request("GET", "/customer/state", kAlice).body == before);

  const Json data = simulation.BodyOf(simulation.Request("GET", "/customer/data", kAlice));
  const Json& subscription = FindMember(data, "subscriptions")->get_ptr<const Json::array_t*>()->front();
  HttpRequest revoke{.method = "DELETE", .url = "/v1/subscriptions/" + *FindString(subscription, "id")};
  revoke.headers.Add("authorization", "Bearer " + simulation.emulator.access_token());
  REQUIRE(simulation.emulator.Handle(revoke, simulation.clock.Now()).status == 200);
  simulation.DeliverAll();
  CHECK(TierOf(simulation, kAlice) == "none");
}

TEST_CASE("while Polar does not answer, nobody is told that they have no plan") {
  Simulation simulation;
  Buy(simulation, kAlice);
  static_cast<void>(simulation.Collect());
  simulation.Reinstall(WithPro(simulation));
  for (int i = 0; i < 9; ++i) simulation.polar.faults.push_back({"/v1/", {HttpResponse{.status = 500}}});

  for (const std::string path :
       {"/access?tier=pro", "/customer/state", "/customer/data", "/customer/orders", "/entitlements/token"}) {
    CHECK(simulation.ErrorCodeOf(simulation.Request("GET", path, kAlice)) == "UPSTREAM_FAILED");
  }
  CHECK(simulation.polar.requests.size() <= 8);  // of the first of them: the others were told the same without asking
  simulation.polar.faults.clear();
  simulation.clock.Advance(5);
  CHECK(TierOf(simulation, kAlice) == "pro");
}

TEST_CASE("a fetch that breaks off halfway is begun again, not taken for all there is") {
  Simulation simulation;
  Buy(simulation, kAlice);
  static_cast<void>(simulation.Collect());
  simulation.Reinstall(WithPro(simulation));
  for (int i = 0; i < 9; ++i) simulation.polar.faults.push_back({"/v1/orders/", {HttpResponse{.status = 500}}});

  CHECK(simulation.Request("GET", "/customer/orders", kAlice).status == 502);
  simulation.polar.faults.clear();
  simulation.clock.Advance(5);
  CHECK(CountOf(simulation.BodyOf(simulation.Request("GET", "/customer/orders", kAlice)), "items") == 1);
}

TEST_CASE("a subject that is erased after each fetch has nothing, which is no failure") {
  Simulation simulation;
  Buy(simulation, kAlice);
  static_cast<void>(simulation.Collect());
  simulation.Reinstall(WithPro(simulation));
  const Subject alice{Subject::Kind::kUser, kAlice};
  int erasures = 0;
  simulation.polar.on_request = [&](const std::string& request) {
    if (!request.starts_with("GET /v1/orders/")) return;
    ++erasures;
    REQUIRE(simulation.Await(simulation.store->EraseSubject(alice, simulation.clock.Now())).ok());
  };

  CHECK(TierOf(simulation, kAlice) == "none");
  CHECK(erasures == 3);
  simulation.polar.on_request = nullptr;
  CHECK(TierOf(simulation, kAlice) == "pro");
}

TEST_CASE("of somebody whom Polar does not know it is asked at most once a minute") {
  Simulation simulation;
  for (int i = 0; i < 1'000; ++i) {
    CHECK(simulation.Request("GET", "/access", kBob).status == 200);
    CHECK(simulation.Request("GET", "/customer/meters", kBob).status == 200);
  }
  CHECK(simulation.polar.requests.size() == 1);

  simulation.clock.Advance(60);
  CHECK(simulation.Request("GET", "/access", kBob).status == 200);
  CHECK(simulation.polar.requests.size() == 2);
}

TEST_CASE("a customer made by this server has nothing to be fetched") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/customer", kBob, "{}").status == 200);
  simulation.polar.requests.clear();

  CHECK(TierOf(simulation, kBob) == "none");
  CHECK(simulation.polar.requests.empty());
}

TEST_CASE("those who ask at the same time wait for one fetch") {
  Simulation simulation;
  Buy(simulation, kAlice);
  static_cast<void>(simulation.Collect());
  simulation.Reinstall();
  simulation.polar.requests.clear();
  SlowPolar slow(simulation.polar);
  Host outside{simulation.clock, simulation.random, *simulation.store, slow, simulation.plinto, simulation.tokens};
  Settings settings;
  settings.polar = {.base_url = "http://polar.test", .access_token = simulation.emulator.access_token()};
  Mirror mirror(outside, settings);

  boost::asio::io_context context;
  int answered = 0;
  const auto read = [&]() -> Task<void> {
    const Timestamp deadline = simulation.clock.Now().PlusSeconds(9);
    Subject alice{Subject::Kind::kUser, kAlice};
    const Result<SubjectState> known = co_await mirror.Read(std::move(alice), deadline);
    answered += known.ok() && known->customer && known->state.subscriptions.size() == 1 ? 1 : 0;
  };
  for (int i = 0; i < 10; ++i) boost::asio::co_spawn(context, read(), boost::asio::detached);
  context.run();

  CHECK(answered == 10);
  const std::string by_id = std::string("GET /v1/customers/external/") + kAlice;
  CHECK(std::count(simulation.polar.requests.begin(), simulation.polar.requests.end(), by_id) == 1);
}

TEST_CASE("lists come in pages, the newest first, and what is added meanwhile shifts nothing") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/customer", kAlice, "{}").status == 200);
  const std::string customer =
      simulation.Await(simulation.store->FindCustomer({Subject::Kind::kUser, kAlice}))->value().polar_customer_id;
  const auto order_id = [](int number) {
    return "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + number);
  };
  const auto add = [&](int number) {
    Order order;
    order.id = order_id(number);
    order.customer_id = customer;
    order.status = OrderStatus::kPaid;
    order.created_at = Timestamp::FromSeconds(1'790'000'000 + number / 2);  // two of each time
    Facts facts;
    facts.orders.push_back({order, order.created_at, DumpJson(Encode(order))});
    REQUIRE(simulation.Await(simulation.store->ApplyFacts(std::move(facts), simulation.clock.Now())).ok());
  };
  for (int i = 0; i < 45; ++i) add(i);

  std::vector<std::string> seen;
  std::string cursor;
  do {
    const Json page = simulation.BodyOf(simulation.Request("GET", "/customer/orders?limit=7" + cursor, kAlice));
    for (const Json& one : *FindMember(page, "items")->get_ptr<const Json::array_t*>()) {
      seen.push_back(*FindString(one, "id"));
    }
    const std::string* next = FindString(page, "next_cursor");
    cursor = next == nullptr ? "" : "&cursor=" + *next;
    add(45 + static_cast<int>(seen.size()));
  } while (!cursor.empty());

  REQUIRE(seen.size() == 45);
  for (int i = 0; i < 45; ++i) CHECK(seen[static_cast<std::size_t>(i)] == order_id(44 - i));
  CHECK(CountOf(simulation.BodyOf(simulation.Request("GET", "/customer/orders", kAlice)), "items") == 20);
}

TEST_CASE("a page is asked for by a limit from 1 to 100 and by a cursor of ours") {
  Simulation simulation;
  const auto refused = [&](const std::string& query, const std::string& field) {
    const HttpResponse answer = simulation.Request("GET", "/customer/subscriptions?" + query, kBob);
    INFO(query);
    CHECK(answer.status == 422);
    CHECK(simulation.FieldOf(answer) == field);
  };

  for (const char* limit : {"0", "101", "-1", "ten", "", "1.5", "99999999999999999999"}) {
    refused(std::string("limit=") + limit, "limit");
  }
  for (const char* cursor : {"", "2", "MTIz", "MTIzIG5vLXV1aWQ", "%00", "%F0%9F%98%80"}) {
    refused(std::string("cursor=") + cursor, "cursor");
  }
  refused("active=yes", "active");
  CHECK(simulation.polar.requests.empty());
  CHECK(simulation.Request("GET", "/customer/subscriptions?limit=100&active=true", kBob).status == 200);
}

TEST_CASE("benefits and meters are listed in pages by id, subscriptions by whether they are active") {
  Simulation simulation;
  Buy(simulation, kAlice);
  simulation.DeliverAll();

  const Json benefits = simulation.BodyOf(simulation.Request("GET", "/customer/benefits?limit=1", kAlice));
  REQUIRE(CountOf(benefits, "items") == 1);
  const Json& benefit = FindMember(benefits, "items")->get_ptr<const Json::array_t*>()->front();
  CHECK(*FindString(benefit, "benefit_type") == "feature_flag");
  CHECK(FindString(benefit, "granted_at") != nullptr);
  CHECK(FindMember(benefits, "next_cursor") == nullptr);
  CHECK(CountOf(simulation.BodyOf(simulation.Request("GET", "/customer/meters", kAlice)), "items") == 0);
  CHECK(CountOf(simulation.BodyOf(simulation.Request("GET", "/customer/subscriptions?active=true", kAlice)), "items") ==
        1);
}

}  // namespace plinto::polar::server
