// The filter `query` of lists: SQL's ILIKE where Polar's server writes one by itself, a plain part of the text
// elsewhere.
#include "catalog_harness.h"

namespace plinto::polar::emulator {
namespace {

Strings NamesIn(Polar& polar, std::string_view url, std::string_view member, std::string_view token = "own") {
  const Answer answer = polar.Get(url, token);
  CAPTURE(url, answer.raw.body);
  REQUIRE(answer.status == 200);
  Strings names;
  for (std::size_t i = 0; i < At(answer.json, "items").size(); ++i) {
    names.push_back(TextAt(answer.json, "items." + std::to_string(i) + "." + std::string(member)));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("products, meters, benefits and discounts are searched by pattern") {
  PriceShop shop;
  const auto find = [&](std::string_view list, std::string_view query, std::string_view member = "name") {
    return NamesIn(shop, "/v1/" + std::string(list) + "/?limit=100&query=" + std::string(query), member);
  };
  for (const std::string_view name : {"api_test", "apiXtest", "api100%", "api1000"}) {
    shop.NewProduct(name, R"([{"amount_type": "fixed", "price_amount": 900}])");
    shop.NewMeter(name);
    shop.Post("/v1/benefits/",
              Json::object({{"type", "custom"}, {"description", name}, {"properties", Json::object()}}));
    shop.Post("/v1/discounts/",
              Json::object({{"name", name}, {"type", "percentage"}, {"duration", "once"}, {"basis_points", 1'000}}));
  }

  for (const std::string_view list : {"products", "meters", "benefits", "discounts"}) {
    const std::string_view member = list == "benefits" ? "description" : "name";
    CAPTURE(list);
    CHECK(find(list, "api_test", member) == Strings{"apiXtest", "api_test"});
    CHECK(find(list, "api%5C_test", member) == Strings{"api_test"});
    CHECK(find(list, "api%25t", member) == Strings{"apiXtest", "api_test"});
    CHECK(find(list, "100%25", member) == Strings{"api100%", "api1000"});
    CHECK(find(list, "100%5C%25", member) == Strings{"api100%"});
    CHECK(find(list, "nothing", member).empty());
  }
  CHECK(find("products", "API1000") == Strings{"api1000"});
  // The name of a discount is searched by LIKE, its code by ILIKE.
  CHECK(find("discounts", "API1000").empty());
  shop.Post("/v1/discounts/", Json::object({{"name", "Coded"},
                                            {"code", "SUMMER"},
                                            {"type", "percentage"},
                                            {"duration", "once"},
                                            {"basis_points", 1'000}}));
  CHECK(find("discounts", "su__er") == Strings{"Coded"});
}

TEST_CASE("an underscore stands for one letter, whatever its bytes") {
  PriceShop shop;
  shop.NewProduct("Caf\xc3\xa9 au lait", R"([{"amount_type": "fixed", "price_amount": 900}])");

  CHECK(NamesIn(shop, "/v1/products/?query=caf_%20au", "name").size() == 1);
  CHECK(NamesIn(shop, "/v1/products/?query=caf__%20au", "name").empty());
}

TEST_CASE("checkouts and a buyer's grants are searched by pattern, deliveries by their ids and codes") {
  Shop shop;
  shop.NewCheckout(Json::object({{"customer_email", "a_b@example.com"}}));
  shop.NewCheckout(Json::object({{"customer_email", "axb@example.com"}}));
  shop.Begin();

  CHECK(NamesIn(shop, "/v1/checkouts/?query=a_b", "customer_email").size() == 2);
  CHECK(NamesIn(shop, "/v1/checkouts/?query=a%5C_b", "customer_email") == Strings{"a_b@example.com"});
  const std::string token = shop.PortalToken();
  CHECK(NamesIn(shop, "/v1/customer-portal/benefit-grants/?query=%25", "id", token).size() == 1);
  CHECK(NamesIn(shop, "/v1/customer-portal/benefit-grants/?query=%5C%25", "id", token).empty());
  CHECK(!NamesIn(shop, "/v1/webhooks/deliveries?query=2_2", "id").empty());
}

TEST_CASE(
    "customers are searched by the plain text of e-mail, name and billing name, and by how their external id begins") {
  Polar polar;
  const auto create = [&](std::string_view email, std::string_view name, std::string_view external_id) {
    polar.Post("/v1/customers/", Json::object({{"email", email}, {"name", name}, {"external_id", external_id}}));
  };
  create("a@example.com", "user_1", "ext%1");
  create("b@example.com", "userX1", "extX1");
  polar.Subscribe();
  const Json billing = Json::object({{"billing_name", "Lovelace & Co"}});
  REQUIRE(polar.Call("PATCH", "/v1/customer-portal/customers/me", billing, polar.PortalToken()).status == 200);
  const auto find = [&](std::string_view query) {
    return NamesIn(polar, "/v1/customers/?query=" + std::string(query), "email");
  };

  CHECK(find("user_1") == Strings{"a@example.com"});
  CHECK(find("ext%25") == Strings{"a@example.com"});
  CHECK(find("t%251").empty());
  CHECK(find("%25").empty());
  CHECK(find("lovelace") == Strings{"ada@example.com"});
}

}  // namespace plinto::polar::emulator
