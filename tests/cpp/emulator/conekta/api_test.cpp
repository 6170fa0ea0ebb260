// What every route of the emulator of Conekta shares: keys, languages, refusals, lists, faults.
#include "conekta_harness.h"

namespace plinto::polar::emulator {
namespace {

Strings IdsOf(const Json& list) {
  Strings ids;
  const Json data = At(list, "data");
  for (std::size_t i = 0; i < data.size(); ++i) ids.push_back(TextAt(data[i], "id"));
  return ids;
}

// The path and query of a page's address, without the prefix that Call() adds.
std::string PathIn(const Json& list, std::string_view member) {
  constexpr std::string_view kBefore = "http://127.0.0.1:4010/conekta";
  const std::string url = TextAt(list, member);
  REQUIRE(url.starts_with(kBefore));
  return url.substr(kBefore.size());
}

}  // namespace

TEST_CASE("without the key Conekta answers nobody") {
  Seller shop;
  const Answer without = shop.Send({"GET", "/conekta/orders"});
  CHECK(without.status == 401);
  CHECK(CodeOf(without) == "conekta.errors.authentication.missing_key");
  CHECK(shop.Send({"GET", "/conekta/orders", {{"authorization", "Bearer key_wrong"}}}).status == 401);
  CHECK(shop.Send({"GET", "/conekta/orders", {{"authorization", "Basic a2V5Og=="}}}).status == 401);
  CHECK(shop.Get("/orders").status == 200);
  CHECK(shop.Get("/orders").Header("conekta-media-type") == "conekta-v2.3.0; format=application/json");
}

TEST_CASE("an unknown member is refused by name, in the language of the request") {
  Seller shop;
  Json body = Seller::OrderBody();
  SetMember(body, "discount_percentage", 10);
  SetMember(body, "checkout", Seller::Hosted(Json::object({{"return_to", "https://x.example"}})));

  const Answer english = shop.Post("/orders", body);
  CHECK(english.status == 422);
  CHECK(TextAt(english.json, "type") == "parameter_validation_error");
  CHECK(CodeOf(english) == "conekta.errors.parameter_validation.whitelist");
  CHECK(TextAt(english.json, "details.0.message") == "The \"discount_percentage\" parameter is not allowed");
  CHECK(TextAt(english.json, "details.1.param") == "checkout.return_to");
  const Answer spanish = shop.Call("POST", "/orders", body, {});
  CHECK(TextAt(spanish.json, "details.0.message").starts_with("El parametro \"discount_percentage\" no est"));
  CHECK(At(shop.Get("/orders").json, "data").empty());
}

TEST_CASE("what is missing or wrong is named with its place") {
  Seller shop;
  const Answer empty = shop.Post("/orders", Json::object());
  CHECK(empty.status == 422);
  CHECK(TextAt(empty.json, "details.0.param") == "currency");
  CHECK(TextAt(empty.json, "details.1.param") == "customer_info");
  Json body = Seller::OrderBody();
  SetMember(body, "checkout", Seller::Hosted(Json::object({{"expires_at", kStart.Seconds() + 60}})));
  CHECK(TextAt(shop.Post("/orders", body).json, "details.0.param") == "checkout.expires_at");
  SetMember(body, "checkout", Seller::Hosted(Json::object({{"excluded_payment_methods", Json::array({"cash"})}})));
  CHECK(shop.Post("/orders", body).status == 422);
  CHECK(shop.Get("/orders/ord_none").status == 404);
  CHECK(TextAt(shop.Get("/orders/ord_none").json, "type") == "resource_not_found_error");
  CHECK(shop.Get("/payout_orders").status == 501);
  HttpRequest broken = {"POST", "/conekta/orders", {}, "{"};
  broken.headers.Add("authorization", "Bearer " + shop.emulator.conekta_api_key());
  CHECK(shop.Send(broken).status == 422);
}

TEST_CASE("only test cards become tokens, and their names have no digits") {
  Seller shop;
  const auto with = [](std::string_view number, std::string_view name) {
    return Json::object({{"card", Json::object({{"number", std::string(number)},
                                                {"name", std::string(name)},
                                                {"exp_month", "12"},
                                                {"exp_year", "2040"},
                                                {"cvc", "123"}})}});
  };
  CHECK(shop.Post("/tokens", with("4242 4242 4242 4242", "Ana Ruiz")).status == 200);
  CHECK(CodeOf(shop.Post("/tokens", with("4111111111111111", "Ana Ruiz"))) ==
        "conekta.errors.parameter_validation.card.number");
  CHECK(CodeOf(shop.Post("/tokens", with("4242424242424242", "Ana 2"))) ==
        "conekta.errors.parameter_validation.card.name");
}

TEST_CASE("a list goes from page to page by the addresses that it gives") {
  Seller shop;
  Strings made;
  for (int i = 0; i < 5; ++i) made.push_back(shop.NewPlan("plan-" + std::to_string(i)));
  const Strings newest = {made.rbegin(), made.rend()};

  const Json first = shop.Get("/plans?limit=2").json;
  CHECK(IdsOf(first) == Strings{newest[0], newest[1]});
  CHECK(At(first, "has_more") == Json(true));
  CHECK(At(first, "previous_page_url").is_null());
  const Json second = shop.Get(PathIn(first, "next_page_url")).json;
  CHECK(IdsOf(second) == Strings{newest[2], newest[3]});
  const Json last = shop.Get(PathIn(second, "next_page_url")).json;
  CHECK(IdsOf(last) == Strings{newest[4]});
  CHECK(At(last, "has_more") == Json(false));
  CHECK(At(last, "next_page_url").is_null());
  CHECK(IdsOf(shop.Get(PathIn(last, "previous_page_url")).json) == Strings{newest[2], newest[3]});
  CHECK(shop.Get("/plans?limit=251").status == 422);
  CHECK(shop.Get("/plans?next=plan-none").status == 422);
  CHECK(IdsOf(shop.Get("/plans?search=LAN-3").json) == Strings{"plan-3"});
}

TEST_CASE("customers and their cards are made, changed and deleted") {
  Seller shop;
  const Json customer = shop.NewCustomer();
  const std::string url = "/customers/" + TextAt(customer, "id");
  CHECK(TextAt(customer, "payment_sources.data.0.last4") == "4242");
  CHECK(TextAt(customer, "default_payment_source_id") == TextAt(customer, "payment_sources.data.0.id"));

  const Json second =
      shop.Post(url + "/payment_sources", Json::object({{"type", "card"}, {"token_id", "tok_test_mastercard_4444"}}))
          .json;
  CHECK(At(second, "default") == Json(false));
  CHECK(TextAt(shop.Post(url + "/payment_sources", Json::object({{"type", "cash"}})).json, "type") == "cash_recurrent");
  const Json changed =
      shop.Call("PUT", url, Json::object({{"default_payment_source_id", TextAt(second, "id")}, {"name", "Ana Gil"}}))
          .json;
  CHECK(TextAt(changed, "name") == "Ana Gil");
  CHECK(TextAt(changed, "custom_reference") == "user_7");
  CHECK(shop.Call("DELETE", url + "/payment_sources/" + TextAt(second, "id")).status == 200);
  CHECK(TextAt(shop.Get(url).json, "default_payment_source_id") == TextAt(customer, "default_payment_source_id"));
  CHECK(At(shop.Get(url + "/payment_sources").json, "data").size() == 2);
  CHECK(shop.Call("PUT", url, Json::object({{"email", "nobody"}})).status == 422);

  CHECK(shop.Call("DELETE", url).status == 200);
  CHECK(shop.Get(url).status == 404);
}

TEST_CASE("faults strike Conekta's answers, too, and change no id") {
  Seller shop;
  Seller calm;
  const auto fault = [&](std::string_view kind, bool after) {
    return shop.Control(
        "faults",
        Json::object({{"kind", std::string(kind)}, {"match", "POST /conekta/orders"}, {"count", 1}, {"after", after}}));
  };
  REQUIRE(fault("429", false).status == 201);
  const Answer limited = shop.Post("/orders", Seller::OrderBody());
  CHECK(limited.status == 429);
  CHECK(limited.Header("retry-after") == "1");
  REQUIRE(fault("5xx", false).status == 201);
  const Answer failed = shop.Post("/orders", Seller::OrderBody());
  CHECK(failed.status == 500);
  CHECK(CodeOf(failed) == "conekta.errors.api.system.general_failure");
  REQUIRE(fault("cut", true).status == 201);
  CHECK(shop.Post("/orders", Seller::OrderBody()).status == 0);

  const Json kept = shop.Get("/orders").json;
  (void)calm.Post("/orders", Seller::OrderBody());
  CHECK(IdsOf(kept) == IdsOf(calm.Get("/orders").json));
}

TEST_CASE("there is no Conekta unless it is asked for, and Polar does not mind it") {
  Polar alone(Config{.seed = 7});
  CHECK(alone.Get("/conekta/orders").status == 404);
  CHECK(alone.Post("/_emulator/conekta/orders/ord_1/receive", Json::object()).status == 404);

  Config beside = Seller::SellerConfig();
  beside.seed = 7;
  Seller shop(beside);
  (void)shop.NewHosted();
  CHECK(shop.emulator.access_token() == alone.emulator.access_token());
  CHECK(shop.emulator.products().front().id == alone.emulator.products().front().id);
  CHECK(alone.emulator.conekta_url().empty());
  CHECK(shop.emulator.conekta_url() == "http://127.0.0.1:4010/conekta");
}

TEST_CASE("a journal brings Conekta back as it was, with its keys") {
  std::string journal;
  Config config = Seller::SellerConfig();
  config.journal = [&](std::string_view line) { journal += line; };
  Seller shop(config);
  const Json order = shop.NewHosted();
  (void)shop.Pay(order, "method=cash");
  const std::string key = TextAt(shop.Post("/webhook_keys", Json::object({{"active", true}})).json, "public_key");

  auto again = Emulator::Replay(journal, {}, {}, shop.now);

  REQUIRE(again.ok());
  CHECK(again->conekta_api_key() == shop.emulator.conekta_api_key());
  CHECK(key == "public one");
  HttpRequest read = {"GET", "/conekta/orders/" + TextAt(order, "id")};
  read.headers.Add("authorization", "Bearer " + again->conekta_api_key());
  CHECK(again->Handle(read, shop.now).body == shop.Get("/orders/" + TextAt(order, "id")).raw.body);
}

}  // namespace plinto::polar::emulator
