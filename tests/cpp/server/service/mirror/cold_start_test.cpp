// A server that starts on an empty store fills the mirror from Polar by itself: slowly, once, and while it serves.
#include <map>

#include "server/service/mirror/cold_start.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

// A fifth of what the sandbox allows.
constexpr std::int64_t kRate = 20;

/// The first four digits make the e-mail address.
std::string UserId(int number) {
  const std::string digits = std::to_string(10'000 + number).substr(1);
  return digits + "0000-0000-4000-8000-000000000000";
}

/// An account with customers at Polar, and a server that has just been installed.
class Account {
 public:
  explicit Account(int users) {
    const Json list = Polar("GET", "/v1/webhooks/endpoints");
    const std::string id = *FindString(FindMember(list, "items")->get_ptr<const Json::array_t*>()->front(), "id");
    Polar("PATCH", "/v1/webhooks/endpoints/" + id, R"({"enabled":false})");
    for (int i = 0; i < users; ++i) Buy(UserId(i));
    settings.plans = {{.slug = "pro", .product_id = simulation.ProductId(), .tier = "pro"}};
  }

  void Install() {
    simulation.Reinstall(settings);
    simulation.polar.requests.clear();
    simulation.polar.on_request = [this](const std::string&) { ++by_minute[simulation.clock.Now().Seconds() / 60]; };
  }
  void Buy(const std::string& user, const std::string& more = "") {
    const HttpResponse checkout = simulation.Request("POST", "/checkout", user, simulation.CheckoutBody(more));
    INFO(checkout.body);
    REQUIRE(checkout.status == 201);
    simulation.Pay(simulation.BodyOf(checkout));
  }
  Json Polar(const std::string& method, const std::string& path, const std::string& body = "") {
    const HttpResponse answer = simulation.AskPolar(method, path, body);
    INFO(path << " " << answer.body);
    REQUIRE(answer.Succeeded());
    return answer.body.empty() ? Json() : simulation.BodyOf(answer);
  }
  std::string SubscriptionOf(const std::string& user) {
    const Json list = Polar("GET", "/v1/subscriptions/?external_customer_id=" + user);
    return *FindString(FindMember(list, "items")->get_ptr<const Json::array_t*>()->front(), "id");
  }
  std::string CustomerOf(const std::string& subject) {
    return *FindString(Polar("GET", "/v1/customers/external/" + subject), "id");
  }

  /// So many steps, or to the end. True when it has ended.
  bool Work(int steps = 1'000'000) {
    for (int i = 0; i < steps; ++i) {
      const auto next = simulation.Await(simulation.service->FillMirror());
      if (!next) return true;
      simulation.clock.AdvanceTo(*next);
    }
    return false;
  }
  /// The mirror's answer is Polar's, and Polar is not asked for it.
  void CheckMirror(const std::string& user, const std::string& query = "", const std::string& subject = "") {
    const Json state = Polar("GET", "/v1/customers/external/" + (subject.empty() ? user : subject) + "/state");
    const std::size_t asked = simulation.polar.requests.size();
    const HttpResponse answer = simulation.Request("GET", "/access" + query, user);
    INFO(user << " " << answer.body);
    REQUIRE(answer.status == 200);
    CHECK(*FindBool(simulation.BodyOf(answer), "allowed") == !FindMember(state, "active_subscriptions")->empty());
    CHECK(simulation.polar.requests.size() == asked);
  }
  bool IsKnown(const Subject& subject) {
    return simulation.Await(simulation.store->FindCustomer(subject))->has_value();
  }
  [[nodiscard]] std::ptrdiff_t CountStates() const {
    return std::count_if(simulation.polar.requests.begin(), simulation.polar.requests.end(),
                         [](const std::string& request) { return request.ends_with("/state"); });
  }

  Simulation simulation;
  Settings settings;
  std::map<std::int64_t, std::int64_t> by_minute;  ///< requests to Polar
};

Subject User(const std::string& id) { return {Subject::Kind::kUser, id}; }

}  // namespace

TEST_CASE("an empty store is filled with all that Polar has, within a share of what Polar allows") {
  constexpr int kUsers = 300;
  Account account(kUsers);
  for (int i = 0; i < kUsers; i += 3) account.Polar("DELETE", "/v1/subscriptions/" + account.SubscriptionOf(UserId(i)));
  account.Buy(kAlice, std::string(R"(,"organization_id":")") + kAcme + "\"");
  account.settings.polar_requests_per_minute = 100;
  account.Install();

  REQUIRE(account.Work());

  const std::size_t asked = account.simulation.polar.requests.size();
  CHECK(asked <= (kUsers + 1) * 5 + 2 * 4);
  for (const auto& [minute, requests] : account.by_minute) CHECK(requests <= 2 * kRate);
  CHECK(std::ssize(account.simulation.polar.requests) <= kRate * (std::ssize(account.by_minute) + 1));
  for (int i = 0; i < kUsers; ++i) account.CheckMirror(UserId(i));
  account.CheckMirror(kAlice, AcmeQuery(), kAcme);
  CHECK(account.Work());
  CHECK(account.simulation.polar.requests.size() == asked);
  CHECK(account.simulation.log.news.size() == 2);  // that it began, and that it is done
  CHECK(account.simulation.log.warnings.empty());
}

TEST_CASE("who asks before their turn is answered at once, and not fetched again") {
  Account account(30);
  account.Install();
  REQUIRE_FALSE(account.Work(5));
  account.simulation.polar.requests.clear();

  const Timestamp asked_at = account.simulation.clock.Now();
  const HttpResponse answer = account.simulation.Request("GET", "/access", UserId(29));
  CHECK(*FindBool(account.simulation.BodyOf(answer), "allowed"));
  CHECK(account.simulation.clock.Now() == asked_at);
  CHECK(account.simulation.polar.requests.size() == 6);
  const std::string state = "GET /v1/customers/" + account.CustomerOf(UserId(29)) + "/state";
  REQUIRE(account.simulation.polar.Count(state) == 1);

  REQUIRE(account.Work());
  CHECK(account.simulation.polar.Count(state) == 1);
  for (int i = 0; i < 30; ++i) account.CheckMirror(UserId(i));
}

TEST_CASE("after a restart it goes on, and after its end it does not begin again") {
  Account account(120);
  account.Install();
  for (int i = 0; i < 9; ++i) {
    REQUIRE_FALSE(account.Work(13));
    account.simulation.Restart(account.settings);
  }
  REQUIRE(account.Work());

  CHECK(account.CountStates() == 120);
  for (int i = 0; i < 120; ++i) account.CheckMirror(UserId(i));
  account.simulation.polar.requests.clear();
  account.simulation.Restart(account.settings);
  CHECK(account.Work(1));
  CHECK(account.simulation.polar.requests.empty());
}

TEST_CASE("who slips through because pages move is found") {
  Account account(130);
  account.Install();
  while (account.CountStates() < 60) REQUIRE_FALSE(account.Work(1));
  for (int i = 0; i < 10; ++i) account.Polar("DELETE", "/v1/customers/" + account.CustomerOf(UserId(i)));

  REQUIRE(account.Work());

  for (int i = 10; i < 130; ++i) account.CheckMirror(UserId(i));
}

TEST_CASE("who was erased, who was deleted and who is nobody of Plinto's stay out") {
  Account account(4);
  const auto create = [&](const std::string& external_id, const std::string& more) {
    account.Polar("POST", "/v1/customers/", R"({"external_id":")" + external_id + "\"," + more + "}");
  };
  create("shop-17", R"("email":"old@example.com")");
  create("F0000000-0000-4000-8000-000000000000", R"("email":"loud@example.com")");
  account.Polar("POST", "/v1/customers/", R"({"email":"stranger@example.com"})");
  create(kAcme, R"("email":"acme@example.com","metadata":{"plinto_subject":"organization"})");
  account.Install();
  const Timestamp now = account.simulation.clock.Now();
  REQUIRE(account.simulation.Await(account.simulation.store->EraseSubject(User(UserId(0)), now)).ok());
  const SubjectNews gone{UserId(1), now, true};
  REQUIRE(account.simulation.Await(account.simulation.store->SaveSubjectNews(gone)).ok());
  account.Polar("DELETE", "/v1/customers/" + account.CustomerOf(UserId(2)));

  REQUIRE(account.Work());

  for (int i = 0; i < 3; ++i) CHECK_FALSE(account.IsKnown(User(UserId(i))));
  CHECK(account.IsKnown(User(UserId(3))));
  CHECK(account.IsKnown({Subject::Kind::kOrganization, kAcme}));
  CHECK_FALSE(account.IsKnown(User("F0000000-0000-4000-8000-000000000000")));
  CHECK_FALSE(account.IsKnown(User("f0000000-0000-4000-8000-000000000000")));
  CHECK(*account.simulation.Await(account.simulation.store->IsErased(UserId(0))));
  CHECK(account.CountStates() == 2);
}

TEST_CASE("while Polar is away it waits, and goes on") {
  Account account(3);
  account.Install();
  const HttpResponse busy{.status = 429, .headers = {{"retry-after", "300"}}, .body = {}};
  account.simulation.polar.faults.push_back({"GET /v1/customers/?", {busy}});
  for (int i = 0; i < 60; ++i) {
    account.simulation.polar.faults.push_back({"/v1/", {TransportFault::kNetwork}});
  }
  const Timestamp began = account.simulation.clock.Now();

  REQUIRE(account.Work());

  CHECK(account.simulation.polar.faults.empty());
  CHECK(account.simulation.clock.Now() >= began.PlusSeconds(3'600));
  // Said once, however long it lasts, and once more when it is over.
  CHECK(account.simulation.log.began.size() == 1);
  CHECK(account.simulation.log.ended.size() == 1);
  for (int i = 0; i < 3; ++i) account.CheckMirror(UserId(i));
}

TEST_CASE("one customer whom Polar does not tell of holds up nobody") {
  Account account(5);
  account.Install();
  const std::string odd = account.CustomerOf(UserId(2));
  const HttpResponse senseless{.status = 200, .headers = {}, .body = "{}"};
  for (int i = 0; i < 100; ++i) {
    account.simulation.polar.faults.push_back({"/v1/customers/" + odd + "/state", {senseless}});
  }

  REQUIRE(account.Work());

  REQUIRE_FALSE(account.simulation.log.warnings.empty());
  CHECK(account.simulation.log.warnings[0].find(odd) != std::string::npos);
  for (const int i : {0, 1, 3, 4}) account.CheckMirror(UserId(i));
  account.simulation.polar.faults.clear();
  const HttpResponse answer = account.simulation.Request("GET", "/access", UserId(2));
  CHECK(*FindBool(account.simulation.BodyOf(answer), "allowed"));
}

TEST_CASE("asked for again, everybody is fetched anew once, also after a restart in the middle") {
  Account account(8);
  account.Install();
  REQUIRE(account.Work());
  account.Polar("DELETE", "/v1/subscriptions/" + account.SubscriptionOf(UserId(6)));
  account.Buy(UserId(8));
  Simulation& simulation = account.simulation;
  Host host = simulation.MakeHost();
  account.settings.polar = {.base_url = "http://polar.test", .access_token = simulation.emulator.access_token()};
  simulation.polar.requests.clear();
  simulation.clock.Advance(1);
  ColdStart asked(host, account.settings);
  REQUIRE(simulation.Await(asked.Again()).ok());

  simulation.Restart(account.settings);
  REQUIRE_FALSE(account.Work(4));
  simulation.Restart(account.settings);
  REQUIRE(account.Work());

  CHECK(account.CountStates() == 9);
  for (int i = 0; i < 9; ++i) account.CheckMirror(UserId(i));
}

TEST_CASE("a clock that was ahead when it was asked for again does not make it endless") {
  Account account(3);
  account.Install();
  Simulation& simulation = account.simulation;
  Host host = simulation.MakeHost();
  account.settings.polar = {.base_url = "http://polar.test", .access_token = simulation.emulator.access_token()};
  const Timestamp now = simulation.clock.Now();
  ColdStart cold_start(host, account.settings);
  simulation.clock.Set(now.PlusSeconds(365 * 24 * 3'600));
  REQUIRE(simulation.Await(cold_start.Again()).ok());
  REQUIRE(simulation.Await(cold_start.Work()).has_value());
  REQUIRE(simulation.Await(cold_start.Work()).has_value());
  simulation.clock.Set(now);

  int steps = 0;
  while (const auto next = simulation.Await(cold_start.Work())) {
    simulation.clock.AdvanceTo(*next);
    REQUIRE(++steps < 50);
  }
  for (int i = 0; i < 3; ++i) account.CheckMirror(UserId(i));
}
