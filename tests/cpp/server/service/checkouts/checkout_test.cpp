// POST /checkout: one key, one checkout; what buyers may ask for, and who need not be signed in.
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

std::string TextOfCheckout(Simulation& simulation, const HttpResponse& answer, const char* member) {
  const std::string id = *FindString(simulation.BodyOf(answer), "checkout_id");
  HttpRequest get{.method = "GET",
                  .url = "/v1/checkouts/" + id,
                  .headers = {{"authorization", "Bearer " + simulation.emulator.access_token()}}};
  const Json checkout = simulation.BodyOf(simulation.emulator.Handle(get, simulation.clock.Now()));
  const Json* found = FindMember(checkout, member);
  return found == nullptr ? "" : DumpJson(*found);
}

Settings Opening(std::vector<std::string> options) {
  Simulation probe;
  Settings settings;
  settings.plans = {
      {.slug = "pro", .product_id = probe.ProductId(), .tier = "pro", .checkout_options = std::move(options)}};
  return settings;
}

}  // namespace

TEST_CASE("one Idempotency-Key gives one checkout, another request under it is refused") {
  Simulation simulation;
  const HttpHeaders key = {{"Idempotency-Key", "4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10"}};

  const HttpResponse first = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(), key);
  const HttpResponse again = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(), key);
  const HttpResponse other =
      simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(R"(,"locale":"es")"), key);
  const HttpResponse of_bob = simulation.Request("POST", "/checkout", kBob, simulation.CheckoutBody(), key);
  const HttpResponse of_acme =
      simulation.Request("POST", "/checkout" + AcmeQuery(), kAlice, simulation.CheckoutBody(), key);

  REQUIRE(first.status == 201);
  CHECK(again.body == first.body);
  CHECK(simulation.ErrorCodeOf(other) == "IDEMPOTENCY_KEY_REUSED");
  CHECK(simulation.ErrorCodeOf(of_acme) == "IDEMPOTENCY_KEY_REUSED");
  REQUIRE(of_bob.status == 201);
  CHECK(of_bob.body != first.body);
  CHECK(simulation.polar.Count("POST /v1/checkouts/") == 2);
}

TEST_CASE("a key whose request failed may be used again at once") {
  Simulation simulation;
  const HttpHeaders key = {{"Idempotency-Key", "k"}};
  simulation.polar.faults.push_back({"/v1/checkouts/", {HttpResponse{.status = 500}}});

  CHECK(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(), key).status == 502);
  CHECK(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(), key).status == 201);
}

TEST_CASE("bad input is refused by the field, and nothing is sent") {
  Simulation simulation;
  const auto refused = [&](const std::string& body, const std::string& field) {
    const HttpResponse answer = simulation.Request("POST", "/checkout", kAlice, body);
    INFO(body);
    CHECK(answer.status == 422);
    CHECK(simulation.FieldOf(answer) == field);
  };

  refused("{}", "product_id");
  refused(R"({"product_id":"pro"})", "product_id");
  refused(simulation.CheckoutBody(R"(,"organization_id":"acme")"), "organization_id");
  refused(simulation.CheckoutBody(R"(,"success_url":"https://evil.example/")"), "success_url");
  refused(simulation.CheckoutBody(R"(,"success_url":"https://app.example.evil.example/")"), "success_url");
  refused(simulation.CheckoutBody(R"(,"return_url":"https://app.example:8443/")"), "return_url");
  refused(simulation.CheckoutBody(R"(,"success_url":"https://{CHECKOUT_ID}.evil.example/")"), "success_url");
  refused(simulation.CheckoutBody(R"(,"success_url":"https://app.example{CHECKOUT_ID}.evil.example/")"), "success_url");
  refused(simulation.CheckoutBody(R"(,"success_url":"https://app.ex{CHECKOUT_ID}ple/")"), "success_url");
  refused(simulation.CheckoutBody(R"(,"success_url":"https://app.example/{CHECKOUT}")"), "success_url");
  refused(simulation.CheckoutBody(R"(,"return_url":"https://app.example{@evil.example/")"), "return_url");
  refused(simulation.CheckoutBody(R"(,"embed_origin":"https://app.example/pricing")"), "embed_origin");
  refused(simulation.CheckoutBody(R"(,"metadata":{"a":null})"), "metadata.a");
  refused(simulation.CheckoutBody(R"(,"discount_id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10")"), "discount_id");
  CHECK(simulation.Request("POST", "/checkout", kAlice, "{").status == 400);
  CHECK(simulation.polar.requests.empty());
}

TEST_CASE("discounts, trials and amounts are refused to buyers by the field until PRODUCTS opens them") {
  const std::pair<const char*, const char*> asked[] = {
      {"discount_id", R"(,"discount_id":"4fbb0c2e-0f7c-4c3e-9d59-2f8f5a3f6d10")"},
      {"allow_discount_codes", R"(,"allow_discount_codes":true)"},
      {"allow_trial", R"(,"allow_trial":true)"},
      {"trial_interval", R"(,"trial_interval":"year","trial_interval_count":5)"},
      {"amount", R"(,"amount":0)"},
  };
  for (Settings settings : {Settings(), Opening({"anonymous"})}) {
    Simulation simulation(std::move(settings));
    for (const auto& [field, more] : asked) {
      INFO(more);
      const HttpResponse refused = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(more));
      CHECK(refused.status == 422);
      CHECK(simulation.FieldOf(refused) == field);
    }
    CHECK(simulation.polar.requests.empty());
  }
}

TEST_CASE("what PRODUCTS opens is passed on: codes on the page, and a trial") {
  Simulation simulation(Opening({"discounts", "trials"}));
  const std::string trial = R"(,"trial_interval":"week","trial_interval_count":2)";

  const HttpResponse opened = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(trial));

  INFO(opened.body);
  REQUIRE(opened.status == 201);
  CHECK(TextOfCheckout(simulation, opened, "allow_discount_codes") == "true");
  CHECK(TextOfCheckout(simulation, opened, "trial_interval") == "\"week\"");
  CHECK(TextOfCheckout(simulation, opened, "trial_interval_count") == "2");
  const HttpResponse half =
      simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(R"(,"trial_interval":"week")"));
  CHECK(simulation.FieldOf(half) == "trial_interval_count");
  Simulation closed;
  const HttpResponse usual = closed.Request("POST", "/checkout", kAlice, closed.CheckoutBody());
  CHECK(TextOfCheckout(closed, usual, "allow_discount_codes") == "false");
}

TEST_CASE("without signing in a buyer buys what PRODUCTS opens to them, and owns it once they sign up") {
  Simulation simulation(Opening({"anonymous"}));
  simulation.plinto.email_verified = true;

  const HttpResponse opened = simulation.Request("POST", "/checkout", "", simulation.CheckoutBody());

  INFO(opened.body);
  REQUIRE(opened.status == 201);
  HttpRequest pay{.method = "POST",
                  .url = "/v1/checkouts/client/" + *FindString(simulation.BodyOf(opened), "client_secret") + "/confirm",
                  .headers = {{"content-type", "application/json"}},
                  .body = R"({"confirmation_token_id":"ctoken_visa","customer_name":"Alice",)"
                          R"("customer_email":"a11c@example.com","customer_billing_address":{"country":"FR"}})"};
  pay.headers.Add("content-length", std::to_string(pay.body.size()));
  REQUIRE(simulation.emulator.Handle(pay, simulation.clock.Now()).status == 200);
  simulation.DeliverAll();
  REQUIRE(simulation.Request("POST", "/customer", kAlice).status == 200);
  const Json data = simulation.BodyOf(simulation.Request("GET", "/customer/data", kAlice));
  CHECK(FindMember(data, "subscriptions")->size() == 1);
}

TEST_CASE("whoever is not signed in buys nothing else, for nobody else, and not without end") {
  Settings settings = Opening({"anonymous"});
  settings.plans.push_back({.slug = "basic", .product_id = "11111111-1111-4111-8111-111111111111", .tier = "basic"});
  settings.rate_limits.per_address = 5;
  Simulation simulation(std::move(settings));
  const auto status = [&](const std::string& body, const std::string& query = "") {
    return simulation.Request("POST", "/checkout" + query, "", body).status;
  };

  CHECK(status(R"({"slug":"basic"})") == 401);
  CHECK(status(R"({"products":[")" + simulation.ProductId() + R"(","11111111-1111-4111-8111-111111111111"]})") == 401);
  CHECK(status(simulation.CheckoutBody(std::string(R"(,"organization_id":")") + kAcme + "\"")) == 401);
  CHECK(status(simulation.CheckoutBody(), AcmeQuery()) == 401);
  CHECK(simulation.Request("GET", "/customer/data", "").status == 401);
  CHECK(simulation.polar.requests.empty());
  CHECK(status(simulation.CheckoutBody()) == 429);
  Simulation closed;
  CHECK(closed.Request("POST", "/checkout", "", closed.CheckoutBody()).status == 401);
}

TEST_CASE("a product that Polar does not have is refused as such") {
  Simulation simulation;

  const HttpResponse answer =
      simulation.Request("POST", "/checkout", kAlice, R"({"product_id":"00000000-0000-4000-8000-000000000000"})");

  CHECK(answer.status == 422);
  CHECK(simulation.ErrorCodeOf(answer) == "PRODUCT_UNKNOWN");
  CHECK(simulation.FieldOf(answer) == "product_id");
}

TEST_CASE("a currency that the product has no price in is refused as the currency, and a product as it was named") {
  Simulation simulation;
  const HttpResponse currency =
      simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(R"(,"currency":"eur")"));
  INFO(currency.body);
  CHECK(simulation.ErrorCodeOf(currency) == "VALIDATION_FAILED");
  CHECK(simulation.FieldOf(currency) == "currency");
  const HttpResponse second = simulation.Request(
      "POST", "/checkout", kAlice,
      R"({"products":[")" + simulation.ProductId() + R"(","00000000-0000-4000-8000-000000000000"]})");
  CHECK(simulation.ErrorCodeOf(second) == "PRODUCT_UNKNOWN");
  CHECK(simulation.FieldOf(second) == "products[1]");
  const HttpResponse seats = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(R"(,"seats":2)"));
  CHECK(simulation.ErrorCodeOf(seats) == "VALIDATION_FAILED");
  CHECK(simulation.FieldOf(seats) == "seats");
  Settings settings;
  settings.plans = {{.slug = "ghost", .product_id = "00000000-0000-4000-8000-000000000000", .tier = "pro"}};
  Simulation listed(settings);
  const HttpResponse slug = listed.Request("POST", "/checkout", kAlice, R"({"slug":"ghost"})");
  CHECK(listed.ErrorCodeOf(slug) == "PRODUCT_UNKNOWN");
  CHECK(listed.FieldOf(slug) == "slug");
}

TEST_CASE("an address of the buyer's that Polar does not take leaves the checkout as it is, without it") {
  Simulation simulation;
  simulation.polar.faults.push_back(
      {"POST /v1/checkouts/",
       {HttpResponse{.status = 422,
                     .body = R"({"detail":[{"loc":["body","CheckoutProductsCreate","customer_email"],)"
                             R"("msg":"value is not a valid email address","type":"value_error"}]})"}}});

  CHECK(simulation.Request("POST", "/checkout" + AcmeQuery(), kAlice, simulation.CheckoutBody()).status == 201);
}

TEST_CASE("the place for a checkout's id is filled in, however the URL was encoded") {
  Simulation simulation;
  for (const char* written : {"{CHECKOUT_ID}", "%7BCHECKOUT_ID%7D", "%7bCHECKOUT_ID%7d"}) {
    const std::string url = std::string("https://app.example/paid?checkout=") + written;
    const HttpResponse made =
        simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(R"(,"success_url":")" + url + "\""));
    INFO(made.body);
    REQUIRE(made.status == 201);
    const std::string id = *FindString(simulation.BodyOf(made), "checkout_id");
    CHECK(TextOfCheckout(simulation, made, "success_url") == "\"https://app.example/paid?checkout=" + id + "\"");
  }
}

TEST_CASE("with PRODUCTS set, only what it lists is sold, by slug too") {
  Settings settings;
  const std::string id = emulator::Emulator({.seed = 7}, Timestamp{}).products().front().id;
  settings.plans = {{.slug = "pro", .product_id = id, .tier = "pro"}};
  Simulation simulation(settings);

  CHECK(simulation.Request("POST", "/checkout", kAlice, R"({"slug":"pro"})").status == 201);
  const HttpResponse unknown = simulation.Request("POST", "/checkout", kAlice, R"({"slug":"max"})");
  CHECK(simulation.ErrorCodeOf(unknown) == "PRODUCT_UNKNOWN");
  CHECK(simulation.FieldOf(unknown) == "slug");
}

TEST_CASE("where Polar's answer to a checkout is lost, the caller is told that the outcome is not known") {
  for (const auto fault : {TransportFault::kTimeout, TransportFault::kNetwork}) {
    Simulation simulation;
    const Timestamp start = simulation.clock.Now();
    simulation.polar.faults.push_back({"/v1/checkouts/", {fault, true, 60}});

    const HttpResponse answer = simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody());

    CHECK(simulation.ErrorCodeOf(answer) == "CHECKOUT_OUTCOME_UNKNOWN");
    CHECK(simulation.polar.Count("POST /v1/checkouts/") == 1);
    CHECK(simulation.clock.Now().Milliseconds() - start.Milliseconds() <= 10'000);
  }
}

TEST_CASE("a free subscriber buys the paid plan and keeps one subscription") {
  Simulation simulation;
  const std::string free = simulation.emulator.products()[1].id;
  simulation.Pay(
      simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, R"({"product_id":")" + free + "\"}")));
  simulation.DeliverAll();
  const auto subscriptions = [&] {
    const Json body = simulation.BodyOf(simulation.Request("GET", "/customer/subscriptions", kAlice));
    return *FindMember(body, "items")->get_ptr<const Json::array_t*>();
  };
  REQUIRE(subscriptions().size() == 1);
  const std::string id = *FindString(subscriptions().front(), "id");

  const HttpResponse started =
      simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody(R"(,"subscription_id":")" + id + "\""));
  REQUIRE(started.status == 201);
  simulation.Pay(simulation.BodyOf(started));
  simulation.DeliverAll();

  REQUIRE(subscriptions().size() == 1);
  CHECK(*FindString(subscriptions().front(), "id") == id);
  CHECK(*FindString(subscriptions().front(), "product_id") == simulation.ProductId());
  CHECK(FindInteger(subscriptions().front(), "amount") == 2'000);
}

TEST_CASE("only the subject's own free subscription can be made a paid one") {
  Simulation simulation;
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
  simulation.DeliverAll();
  const Json list = simulation.BodyOf(simulation.Request("GET", "/customer/subscriptions", kAlice));
  const std::string paid = *FindString(FindMember(list, "items")->get_ptr<const Json::array_t*>()->front(), "id");
  const auto refused = [&](const std::string& id, const char* user) {
    const HttpResponse answer =
        simulation.Request("POST", "/checkout", user, simulation.CheckoutBody(R"(,"subscription_id":")" + id + "\""));
    INFO(answer.body);
    CHECK(answer.status == 422);
    CHECK(simulation.FieldOf(answer) == "subscription_id");
    return answer.body;
  };

  CHECK(refused(paid, kAlice).find("Only free subscriptions can be upgraded.") != std::string::npos);
  CHECK(refused(paid, kEve).find("no subscription with this id") != std::string::npos);
  refused("99999999-9999-4999-8999-999999999999", kAlice);
  refused("mine", kAlice);
}
