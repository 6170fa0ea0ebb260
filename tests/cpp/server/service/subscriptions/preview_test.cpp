// GET /subscriptions/{id}/preview against the emulator: the amounts are those of the orders that the change then makes.
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

/// Alice has bought Pro for Acme, ten days of the month ago.
struct Bought {
  explicit Bought(Settings settings = {}) : simulation(std::move(settings)) {
    const std::string more = std::string(R"(,"organization_id":")") + kAcme + "\"";
    simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(more))));
    simulation.DeliverAll();
    simulation.clock.Advance(10 * 86'400);
    const Json list = simulation.BodyOf(simulation.Request("GET", "/customer/subscriptions" + AcmeQuery(), kAlice));
    id = *FindString(FindMember(list, "items")->get_ptr<const Json::array_t*>()->front(), "id");
  }

  std::string Named(const std::string& name) {
    for (const auto& product : simulation.emulator.products()) {
      if (product.name == name) return product.id;
    }
    FAIL("no product " << name);
    return {};
  }
  HttpResponse Preview(const std::string& change, const std::string& user = kAlice) {
    return simulation.Request("GET", "/subscriptions/" + id + "/preview" + AcmeQuery() + "&" + change, user);
  }
  Json Previewed(const std::string& change) {
    const HttpResponse answer = Preview(change);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return simulation.BodyOf(answer);
  }
  HttpResponse Change(const std::string& body) {
    return simulation.Request("POST", "/subscriptions/" + id + "/change" + AcmeQuery(), kAlice, body);
  }
  void Set(const std::string& settings) {
    HttpRequest request{.method = "POST", .url = "/_emulator/settings", .body = settings};
    request.headers.Add("content-length", std::to_string(settings.size()));
    REQUIRE(simulation.emulator.Handle(request, simulation.clock.Now()).status == 200);
  }
  /// The newest order's net amount.
  std::int64_t Charged() {
    simulation.DeliverAll();
    const HttpResponse answer = simulation.AskPolar("GET", "/v1/orders/?sorting=-created_at&limit=1");
    const Json body = simulation.BodyOf(answer);
    return *FindInteger(FindMember(body, "items")->get_ptr<const Json::array_t*>()->front(), "net_amount");
  }

  Simulation simulation;
  std::string id;
};

}  // namespace

TEST_CASE("what a change is previewed to cost is what it is charged") {
  Bought bought;
  bought.Set(R"({"proration_behavior":"invoice"})");
  const std::string team = bought.Named("Team");

  const Json preview = bought.Previewed("product_id=" + team);

  CHECK(*FindString(preview, "proration_behavior") == "invoice");
  CHECK(FindBool(preview, "is_estimate") == true);
  CHECK(FindMember(preview, "lines")->size() == 2);
  REQUIRE(bought.Change(R"({"product_id":")" + team + "\"}").status == 200);
  CHECK(FindInteger(preview, "amount_now") == bought.Charged());
}

TEST_CASE("a change that names no way of billing is previewed by what the organization has set at Polar") {
  Bought bought;
  const std::string change = "product_id=" + bought.Named("Pro yearly");
  CHECK(*FindString(bought.Previewed(change), "proration_behavior") == "prorate");
  bought.Set(R"({"proration_behavior":"next_period"})");
  // Held for some minutes.
  CHECK(*FindString(bought.Previewed(change), "proration_behavior") == "prorate");
  bought.simulation.clock.Advance(301);

  const Json later = bought.Previewed(change);

  CHECK(*FindString(later, "proration_behavior") == "next_period");
  CHECK(*FindString(later, "applies_at") == *FindString(later, "next_at"));
  CHECK(FindInteger(later, "amount_now") == 0);
  CHECK(FindInteger(later, "amount_next") == 20'000);
}

TEST_CASE("a preview asks Polar nothing that is known") {
  Bought bought;
  static_cast<void>(bought.Previewed("product_id=" + bought.Named("Team")));
  bought.simulation.polar.requests.clear();

  static_cast<void>(bought.Previewed("product_id=" + bought.Named("Pro yearly")));

  CHECK(bought.simulation.polar.requests.empty());
}

TEST_CASE("where the access token may not read the organization, the way of billing has to be named") {
  Bought bought;
  const HttpResponse denied{.status = 403, .body = R"({"error":"insufficient_scope","error_description":"no"})"};
  bought.simulation.polar.faults.push_back({"GET /v1/organizations/", {denied}});

  const HttpResponse answer = bought.Preview("product_id=" + bought.Named("Team"));

  CHECK(answer.status == 422);
  CHECK(bought.simulation.FieldOf(answer) == "proration_behavior");
  CHECK(answer.body.find("organizations:read") != std::string::npos);
}

TEST_CASE("a preview is refused where the change would be, by the field that the request has") {
  Bought probe;
  Settings settings;
  settings.plans = {{.slug = "pro", .product_id = probe.simulation.ProductId(), .tier = "pro"},
                    {.slug = "once", .product_id = probe.Named("Lifetime"), .tier = "pro"}};
  Bought bought(settings);
  const auto refused = [&](const std::string& change, const std::string& field) {
    const HttpResponse answer = bought.Preview(change);
    INFO(change << " " << answer.body);
    CHECK(answer.status == 422);
    CHECK(bought.simulation.FieldOf(answer) == field);
  };

  refused("", "product_id");
  refused("slug=pro&seats=2", "product_id");
  refused("slug=gold", "slug");
  refused("slug=once", "slug");
  refused("seats=2", "seats");
  refused("seats=none", "seats");
  refused("slug=pro&proration_behavior=later", "proration_behavior");
  refused("slug=pro&proration_behavior=invoice", "proration_behavior");  // buyers choose what PRODUCTS opens
  CHECK(bought.simulation.ErrorCodeOf(bought.Preview("slug=pro", kBob)) == "ROLE_NOT_ALLOWED");
  CHECK(bought.simulation.Request("GET", "/subscriptions/" + bought.id + "/preview?slug=pro", kEve).status == 404);
}
