// A catalog of the user's own: bodies of Polar's create requests, with ids and keys.
#include "emulator/control/wasm_api.h"
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kCatalog = R"({
  "seed": 7,
  "meters": [{"key": "calls", "name": "Calls", "filter": {"conjunction": "and", "clauses": []},
              "aggregation": {"func": "count"}}],
  "benefits": [
    {"key": "flag", "type": "feature_flag", "description": "Beta", "properties": {}},
    {"key": "credits", "type": "meter_credit", "description": "10 calls",
     "properties": {"units": 10, "rollover": false, "meter_id": "calls"}}],
  "products": [
    {"id": "11111111-1111-4111-8111-111111111111", "key": "plan", "name": "flag", "recurring_interval": "month",
     "prices": [{"amount_type": "fixed", "price_amount": 900},
                {"amount_type": "metered_unit", "meter_id": "calls", "unit_amount": "1.5"}],
     "benefits": ["flag", "credits"]}],
  "discounts": [{"name": "Ten", "code": "TEN", "type": "percentage", "basis_points": 1000, "duration": "once",
                 "products": ["plan"]}],
  "customers": [{"email": "ada@example.com", "external_id": "user-1"}]
})";

std::optional<Error> ProblemOf(std::string catalog) {
  return Emulator({.catalog = std::move(catalog)}, kStart).catalog_error();
}

}  // namespace

TEST_CASE("a seed file fills the catalog under ids of its own, and announces nothing") {
  Polar polar({.webhook_url = "https://app.example.com/webhooks", .catalog = std::string(kCatalog)});
  const auto& problem = polar.emulator.catalog_error();
  CAPTURE(problem ? problem->message : "");
  REQUIRE_FALSE(problem.has_value());

  const Json product = polar.Get("/v1/products/11111111-1111-4111-8111-111111111111").json;

  CHECK(TextAt(product, "name") == "flag");
  CHECK(TextAt(product, "benefits.1.type") == "meter_credit");
  CHECK(TextAt(product, "prices.1.meter.name") == "Calls");
  CHECK(At(polar.Get("/v1/products/").json, "pagination.total_count") == Json(1));
  CHECK(TextAt(polar.Get("/v1/discounts/").json, "items.0.products.0.id") == TextAt(product, "id"));
  CHECK(TextAt(polar.Get("/v1/customers/external/user-1").json, "email") == "ada@example.com");
  CHECK(polar.Types(60).empty());
  CHECK(SeedNumberOf(kCatalog) == 7);
}

TEST_CASE("a key that no entry has is refused with those that there are") {
  const auto wrong = ProblemOf(R"({
    "meters": [{"key": "calls", "name": "Calls", "filter": {"conjunction": "and", "clauses": []},
                "aggregation": {"func": "count"}}],
    "products": [{"name": "Plan", "recurring_interval": "month", "prices": [
      {"amount_type": "metered_unit", "meter_id": "cals", "unit_amount": "1.5"}]}]
  })");
  const auto none = ProblemOf(R"({"products": [{"name": "Plan", "recurring_interval": "month", "benefits": ["flag"],
    "prices": [{"amount_type": "fixed", "price_amount": 900}]}]})");

  REQUIRE(wrong.has_value());
  CHECK(wrong->message.find("the key 'cals'. Known keys: calls.") != std::string::npos);
  REQUIRE(none.has_value());
  CHECK(none->message.find("the key 'flag'. None has a key.") != std::string::npos);
}

TEST_CASE("a seed file sets the organization and hands out tokens with scopes of their own") {
  Polar polar({.catalog = R"({
    "settings": {"benefit_revocation_grace_period": 7, "portal_pause": true},
    "tokens": [{"token": "polar_oat_reader", "scopes": ["products:read"]}, {"token": "polar_oat_all"}]
  })"});
  REQUIRE_FALSE(polar.emulator.catalog_error().has_value());

  CHECK(At(polar.Get("/_emulator/settings", "").json, "benefit_revocation_grace_period") == Json(7));
  CHECK(At(polar.Get("/_emulator/settings", "").json, "portal_pause") == Json(true));
  CHECK(polar.Get("/v1/products/", "polar_oat_reader").status == 200);
  CHECK(polar.Get("/v1/customers/", "polar_oat_reader").status == 403);
  CHECK(polar.Get("/v1/customers/", "polar_oat_all").status == 200);
  CHECK(polar.Get("/v1/customers/").status == 200);
}

TEST_CASE("one seed file and one number give one catalog") {
  Polar first({.seed = 7, .catalog = std::string(kCatalog)});
  Polar second({.seed = 7, .catalog = std::string(kCatalog)});

  CHECK(first.Get("/v1/benefits/").raw.body == second.Get("/v1/benefits/").raw.body);
  CHECK(first.emulator.access_token() == second.emulator.access_token());
}

TEST_CASE("a damaged seed file is refused with the line, a wrong one with the field") {
  const auto syntax = ProblemOf("{\n  \"products\": [\n    {,\n  ]\n}");
  REQUIRE(syntax.has_value());
  CHECK(syntax->code == ErrorCode::kInvalidJson);
  CHECK(syntax->message.find("line 3") != std::string::npos);

  const auto field_of = [](std::string catalog) {
    const auto problem = ProblemOf(std::move(catalog));
    return problem ? problem->field : "none";
  };
  CHECK(field_of(R"({"products": [{"name": "Plan", "prices": [{"amount_type": "fixed", "price_amount": 3}]}]})") ==
        "products[0].prices[0].price_amount");
  CHECK(field_of(R"({"products": [{"name": "Plan", "prices": []}]})") == "products[0].prices");
  CHECK(field_of(R"({"product": []})") == "product");
  CHECK(field_of(R"({"customers": {}})") == "customers");
  CHECK(field_of(R"({"benefits": [{"id": "x"}]})") == "benefits[0].id");
  CHECK(field_of(R"({"tokens": [{"token": "t", "scopes": ["everything"]}]})") == "tokens[0].scopes[0]");
  CHECK(field_of(R"({"tokens": [{"token": "t"}, {"token": "t"}]})") == "tokens[1].token");
  CHECK(field_of(R"({"tokens": "t"})") == "tokens");
  CHECK(field_of(R"({"settings": {"portal_pause": "perhaps"}})") == "settings.portal_pause");
  CHECK(field_of(R"({"meters": [{"key": "m", "name": "Calls", "filter": {"conjunction": "and", "clauses": []},
                                 "aggregation": {"func": "count"}}],
                     "products": [{"name": "Plan", "recurring_interval": "month",
                                   "prices": [{"amount_type": "metered_tiers", "meter_id": "m",
                                               "tiers": {"type": "volume", "tiers": []}}]}]})") ==
        "products[0].prices[0].tiers.tiers");
  CHECK(field_of(R"({"seed": "seven"})") == "seed");
  CHECK(field_of("[]") == "seed file");
  CHECK_FALSE(ProblemOf("{}").has_value());
}

TEST_CASE(
    "the in-process emulator takes a catalog, with its number unless told another, and names what is wrong in it") {
  const auto config = ReadConfig(R"({"catalog": )" + std::string(kCatalog) + "}");
  REQUIRE(config.ok());
  CHECK(config->seed == 7);
  CHECK(Emulator(*config, kStart).products().front().id == "11111111-1111-4111-8111-111111111111");

  const auto numbered = ReadConfig(R"({"seed": 9, "catalog": )" + std::string(kCatalog) + "}");
  REQUIRE(numbered.ok());
  CHECK(numbered->seed == 9);

  const auto wrong = ReadConfig(R"({"catalog": {"products": [{"name": "Plan", "prices": []}]}})");
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().field == "catalog.products[0].prices");
}

}  // namespace plinto::polar::emulator
