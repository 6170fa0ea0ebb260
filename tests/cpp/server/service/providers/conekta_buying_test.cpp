// Buying at Conekta by our own routes: which provider a country has, what cannot be sold there, what is kept of it.
#include "conekta_scene.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

constexpr const char* kSuccess = R"("success_url":"https://app.example/ok?c={CHECKOUT_ID}")";

std::string Wish(const std::string& members) { return "{" + std::string(kSuccess) + "," + members + "}"; }

HttpResponse Buy(ConektaScene& scene, const std::string& members, const char* user = kAlice) {
  return scene.simulation.Request("POST", "/checkout", user, Wish(members));
}

Json Bought(ConektaScene& scene, const std::string& members) {
  const HttpResponse answer = Buy(scene, members);
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return scene.simulation.BodyOf(answer);
}

std::string SlugIn(const Json& checkout) {
  const std::string url = ConektaScene::TextIn(checkout, "checkout_url");
  return url.substr(url.rfind('/') + 1);
}

/// The page's answer: 402 of a card that is declined.
int PayByCard(ConektaScene& scene, const Json& checkout, const std::string& number = "4242424242424242") {
  const std::string form = "lang=en&method=card&name=Ana+Ruiz&exp=12%2F40&cvc=123&number=" + number;
  const HttpRequest request{.method = "POST",
                            .url = "/conekta/checkout/" + SlugIn(checkout),
                            .headers = {{"content-type", "application/x-www-form-urlencoded"},
                                        {"content-length", std::to_string(form.size())}},
                            .body = form};
  return scene.simulation.emulator.Handle(request, scene.simulation.clock.Now()).status;
}

std::string StatusOf(ConektaScene& scene, const Json& checkout) {
  scene.simulation.clock.AdvanceTo(scene.simulation.clock.Now().PlusSeconds(6));  // what is fresh is not asked again
  const HttpResponse answer =
      scene.simulation.Request("GET", "/checkout/" + ConektaScene::TextIn(checkout, "checkout_id"), kAlice);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return ConektaScene::TextIn(scene.simulation.BodyOf(answer), "status");
}

void CheckRefused(ConektaScene& scene, const HttpResponse& answer, int status, const std::string& code,
                  const std::string& field) {
  INFO(answer.body);
  CHECK(answer.status == status);
  CHECK(scene.simulation.ErrorCodeOf(answer) == code);
  if (!field.empty()) CHECK(scene.simulation.FieldOf(answer) == field);
}

void KnowCustomer(ConektaScene& scene) {
  REQUIRE(scene.simulation.Request("POST", "/customer", kAlice).status == 200);
  const auto row = scene.simulation.Await(scene.simulation.store->FindCustomer({Subject::Kind::kUser, kAlice}));
  scene.polar_id = row->value().polar_customer_id;
}

}  // namespace

TEST_CASE("a buyer in Mexico subscribes on Conekta's page, without a webhook, and is known there once") {
  ConektaScene scene;
  KnowCustomer(scene);

  const Json first = Bought(scene, R"("slug":"pro","country":"mx")");
  const Json second = Bought(scene, R"("slug":"pro")");  // the country is kept

  CHECK(IsUuid(ConektaScene::TextIn(first, "checkout_id")));
  CHECK(FindMember(first, "client_secret") == nullptr);
  CHECK(ConektaScene::TextIn(second, "checkout_url").find("/conekta/checkout/") != std::string::npos);
  const Json customers = scene.Ask("GET", "/customers");
  REQUIRE(FindMember(customers, "data")->size() == 1);
  CHECK(ConektaScene::TextIn(FindMember(customers, "data")->at(0), "custom_reference") == kAlice);
  const HttpResponse known = scene.simulation.Request("POST", "/customer", kAlice);
  CHECK(ConektaScene::TextIn(scene.simulation.BodyOf(known), "country") == "MX");

  CHECK(StatusOf(scene, first) == "open");
  CHECK(PayByCard(scene, first, "4000000000000002") == 402);
  CHECK(StatusOf(scene, first) == "open");
  CHECK_FALSE(scene.IsAllowed("pro"));
  CHECK(PayByCard(scene, first) < 400);
  CHECK(StatusOf(scene, first) == "succeeded");
  CHECK(scene.IsAllowed("pro"));
  REQUIRE(scene.Orders().size() == 1);
  CHECK(scene.Orders().front().checkout_id == ConektaScene::TextIn(first, "checkout_id"));
  CheckRefused(scene, Buy(scene, R"("slug":"pro")"), 409, "CONFLICT", "slug");
  // What the webhooks tell afterwards is the same.
  scene.DeliverAll();
  CHECK(scene.Subscriptions().size() == 1);
  CHECK(scene.Orders().size() == 1);
}

TEST_CASE("a checkout that is paid is heard of by webhook alone") {
  ConektaScene scene;
  KnowCustomer(scene);
  const Json checkout = Bought(scene, R"("slug":"kit","country":"MX")");
  CHECK(PayByCard(scene, checkout) < 400);
  scene.DeliverAll();

  const auto row = scene.simulation.Await(scene.simulation.store->FindCheckout(
      {Subject::Kind::kUser, kAlice}, ConektaScene::TextIn(checkout, "checkout_id")));
  REQUIRE((row.ok() && row->has_value()));
  CHECK(row->value().status == "succeeded");
  CHECK(scene.IsAllowed("starter"));
}

TEST_CASE("a card at Conekta is shown like one at Polar, and references for cash are none") {
  ConektaScene scene;
  scene.MakeCustomer();
  const auto read = [&] { return scene.simulation.Request("GET", "/payment-methods", kAlice); };
  CHECK(read().body == R"({"items":[]})");  // nothing is bought there yet
  scene.Link();
  scene.Ask("POST", "/customers/" + scene.conekta_id + "/payment_sources", R"({"type":"cash_recurrent"})");

  const HttpResponse answer = read();

  REQUIRE(answer.status == 200);
  const Json body = scene.simulation.BodyOf(answer);
  const Json& items = *FindMember(body, "items");
  REQUIRE(items.size() == 1);
  CHECK(DumpJson(items[0]) == R"({"id":")" + ConektaScene::TextIn(items[0], "id") +
                                  R"(","type":"card","is_default":true,"brand":"visa","last4":"4242",)"
                                  R"("exp_month":12,"exp_year":2040})");
}

TEST_CASE("cards are not asked for at a Conekta whose key is gone, and one that fails is no empty list") {
  ConektaScene scene;
  scene.MakeCustomer();
  scene.Link();
  const auto read = [&] { return scene.simulation.Request("GET", "/payment-methods", kAlice); };
  const std::string path = "GET /conekta/customers/" + scene.conekta_id + "/payment_sources";
  scene.simulation.polar.faults.push_back({path, {HttpResponse{.status = 401}}});
  CHECK(read().status >= 500);

  scene.settings.conekta.api_key.clear();
  scene.simulation.Restart(scene.settings);
  CHECK(read().body == R"({"items":[]})");
}

TEST_CASE("the country decides: of the request, kept, of the product, and else it is Polar's") {
  ConektaScene scene;
  KnowCustomer(scene);
  Settings settings = scene.settings;
  settings.plans.front().country = "MX";  // the kit
  scene.simulation.Restart(settings);

  // Nothing is known, and the product has no country: Polar, which has no such product.
  CHECK(scene.simulation.ErrorCodeOf(Buy(scene, R"("slug":"pro")")) == "PRODUCT_UNKNOWN");
  CHECK(Buy(scene, R"("slug":"kit")").status == 201);
  // A buyer's word is not taken over what is kept.
  CHECK(Buy(scene, R"("slug":"pro","country":"DE")").status == 201);
  CheckRefused(scene, Buy(scene, R"("slug":"pro","country":"QQ")"), 422, "VALIDATION_FAILED", "country");
}

TEST_CASE("what Conekta cannot sell is refused with the field and what can be done") {
  ConektaScene scene;
  KnowCustomer(scene);
  REQUIRE(Buy(scene, R"("slug":"kit","country":"MX")").status == 201);
  const std::string kit = R"("slug":"kit",)";

  for (const auto& [members, field] :
       std::vector<std::pair<std::string, std::string>>{{R"("seats":2)", "seats"},
                                                        {R"("currency":"eur")", "currency"},
                                                        {R"("embed_origin":"https://app.example")", "embed_origin"},
                                                        {R"("custom_field_data":{"vat":"x"})", "custom_field_data"}}) {
    CheckRefused(scene, Buy(scene, kit + members), 409, "PROVIDER_UNSUPPORTED", field);
  }
  const std::string both = R"("products":[")" + std::string(kConektaKit) + R"(",")" + kConektaPro + R"("])";
  CheckRefused(scene, Buy(scene, both), 409, "PROVIDER_UNSUPPORTED", "products");
  CheckRefused(scene, Buy(scene, kit + R"("metadata":{"plinto_plan":"x"})"), 422, "VALIDATION_FAILED",
               "metadata.plinto_plan");
  CHECK(Buy(scene, kit + R"("currency":"MXN","metadata":{"seller":"ana"})").status == 201);

  Settings settings = scene.settings;
  settings.plans.front().conekta.reset();
  scene.simulation.Restart(settings);
  CheckRefused(scene, Buy(scene, R"("slug":"kit")"), 409, "PROVIDER_NOT_CONFIGURED", "slug");
  settings = scene.settings;
  settings.plans.back().conekta->plan_id = "none-such";
  scene.simulation.Restart(settings);
  CheckRefused(scene, Buy(scene, R"("slug":"pro")"), 409, "PROVIDER_NOT_CONFIGURED", "slug");
  settings.conekta.api_key.clear();
  scene.simulation.Restart(settings);
  const HttpResponse none = Buy(scene, R"("slug":"kit")");
  CheckRefused(scene, none, 409, "PROVIDER_NOT_CONFIGURED", "");
  CHECK(none.body.find("CONEKTA_API_KEY") != std::string::npos);
}

TEST_CASE("an answer of Conekta's that is lost is no checkout, and no second customer") {
  ConektaScene scene;
  KnowCustomer(scene);
  const EmulatedPolar::Fault lost{.outcome = TransportFault::kNetwork, .request_arrives = true};

  scene.simulation.polar.faults.push_back({"POST /conekta/customers", lost});
  CHECK(Buy(scene, R"("slug":"kit","country":"MX")").status == 502);
  scene.simulation.polar.faults.push_back({"POST /conekta/orders", lost});
  CHECK(scene.simulation.ErrorCodeOf(Buy(scene, R"("slug":"kit")")) == "CHECKOUT_OUTCOME_UNKNOWN");

  CHECK(Buy(scene, R"("slug":"kit")").status == 201);
  CHECK(FindMember(scene.Ask("GET", "/customers"), "data")->size() == 1);
  CHECK(scene.Orders().empty());
}

TEST_CASE("whoever was removed at Conekta buys there as somebody new, and keeps what they bought") {
  ConektaScene scene;
  KnowCustomer(scene);
  const Json first = Bought(scene, R"("slug":"kit","country":"MX")");
  CHECK(PayByCard(scene, first) < 400);
  scene.DeliverAll();
  const auto id_at_conekta = [&] {
    const Json customers = scene.Ask("GET", "/customers");
    REQUIRE(FindMember(customers, "data")->size() == 1);
    return ConektaScene::TextIn(FindMember(customers, "data")->at(0), "id");
  };
  const std::string removed = id_at_conekta();
  const Json plan = Bought(scene, R"("slug":"pro")");
  CHECK(PayByCard(scene, plan) < 400);
  CHECK(StatusOf(scene, plan) == "succeeded");
  CHECK(scene.IsAllowed("pro"));
  scene.Ask("DELETE", "/customers/" + removed);
  CHECK(scene.simulation.Request("GET", "/payment-methods", kAlice).body == R"({"items":[]})");

  // No webhook has told of it.
  const Json second = Bought(scene, R"("slug":"kit")");
  CHECK_FALSE(scene.IsAllowed("pro"));
  CHECK(PayByCard(scene, second) < 400);

  CHECK(StatusOf(scene, second) == "succeeded");
  CHECK(id_at_conekta() != removed);
  CHECK(scene.IsAllowed("starter"));
  CHECK(scene.Orders().size() == 3);
}

TEST_CASE("a key of another account makes nobody anew") {
  ConektaScene scene;
  KnowCustomer(scene);
  const Json bought = Bought(scene, R"("slug":"kit","country":"MX")");
  CHECK(PayByCard(scene, bought) < 400);
  scene.DeliverAll();
  for (const char* request : {"POST /conekta/orders", "/subscriptions?limit", "GET /conekta/orders/ord_"}) {
    scene.simulation.polar.faults.push_back({request, {.outcome = HttpResponse{.status = 404}}});
  }

  CheckRefused(scene, Buy(scene, R"("slug":"kit")"), 409, "PROVIDER_NOT_CONFIGURED", "");

  CHECK_FALSE(ConektaScene::TextIn(Bought(scene, R"("slug":"kit")"), "checkout_url").empty());
  CHECK(FindMember(scene.Ask("GET", "/customers"), "data")->size() == 1);
}

TEST_CASE("an erasure removes the customer at Conekta whose making was never answered") {
  ConektaScene scene;
  KnowCustomer(scene);
  const EmulatedPolar::Fault lost{.outcome = TransportFault::kNetwork, .request_arrives = true};
  scene.simulation.polar.faults.push_back({"POST /conekta/customers", lost});
  CHECK(Buy(scene, R"("slug":"kit","country":"MX")").status == 502);
  REQUIRE(FindMember(scene.Ask("GET", "/customers"), "data")->size() == 1);

  CHECK(scene.simulation.Request("DELETE", "/customer?polar=true", kAlice).status == 200);

  CHECK(FindMember(scene.Ask("GET", "/customers"), "data")->empty());
}

TEST_CASE("of two checkouts that make a customer at the same time, the slower one removes theirs again") {
  ConektaScene scene;
  KnowCustomer(scene);
  const auto make = [&scene] {
    return ConektaScene::TextIn(
        scene.Ask("POST", "/customers",
                  R"({"name":"Ana Ruiz","email":"ana@example.com","phone":"+525512345678","custom_reference":")" +
                      std::string(kAlice) + "\"}"),
        "id");
  };
  std::string other;
  scene.simulation.polar.meanwhile = [&](std::string request) -> Task<void> {
    if (request != "POST /conekta/customers" || !other.empty()) co_return;
    other = make();
    static_cast<void>(co_await scene.simulation.store->SetConektaCustomer(scene.polar_id, other));
  };

  CHECK(Buy(scene, R"("slug":"kit","country":"MX")").status == 201);

  const Json customers = scene.Ask("GET", "/customers");
  REQUIRE(FindMember(customers, "data")->size() == 1);
  CHECK(ConektaScene::TextIn(FindMember(customers, "data")->at(0), "id") == other);

  // One that could not be removed goes with an erasure.
  static_cast<void>(make());
  CHECK(scene.simulation.Request("DELETE", "/customer?polar=true", kAlice).status == 200);
  CHECK(FindMember(scene.Ask("GET", "/customers"), "data")->empty());
}

TEST_CASE("the price list has what a plan costs at Conekta, and does without while it is away") {
  ConektaScene scene;
  Settings settings = scene.settings;
  settings.plans.front().product_id = scene.simulation.ProductId();
  settings.plans.front().conekta = ConektaPrice{.plan_id = "pro-monthly"};
  settings.plans.resize(1);
  scene.simulation.Restart(settings);

  const HttpResponse answer = scene.simulation.Request("GET", "/products", "");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  CHECK(answer.body.find(R"("amount":19900)") != std::string::npos);
  CHECK(answer.body.find(R"("currency":"mxn")") != std::string::npos);

  scene.simulation.Restart(settings);
  scene.simulation.polar.faults.push_back({"/conekta/plans/", {HttpResponse{.status = 404, .body = "{}"}}});
  CHECK(scene.simulation.Request("GET", "/products", "").body.find("mxn") == std::string::npos);
}
