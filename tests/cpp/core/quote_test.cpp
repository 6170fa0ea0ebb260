// What products cost up front. The figures are reckoned by hand.
#include "catch.h"

#include <array>

#include "core/billing/pricing/tiers.h"
#include "core/gateway/products.h"

using namespace plinto::polar;

namespace {

// A product of Polar's as the price list shows it.
ProductOffer Offered(std::string_view prices) {
  const Result<Json> list = ParseJson(prices);
  REQUIRE(list.ok());
  std::int64_t count = 0;
  Json numbered = Json::array();
  for (Json price : *list->get_ptr<const Json::array_t*>()) {
    SetMember(price, "id", "22222222-2222-4222-8222-22222222220" + std::to_string(++count));
    if (FindMember(price, "price_currency") == nullptr) SetMember(price, "price_currency", "usd");
    numbered.push_back(std::move(price));
  }
  const Json json = Json::object({{"id", "11111111-1111-4111-8111-111111111111"},
                                  {"name", "A product"},
                                  {"recurring_interval", "month"},
                                  {"recurring_interval_count", 1},
                                  {"prices", std::move(numbered)}});
  const Result<Product> product = Decode<Product>(json);
  if (!product) FAIL(product.error().field << ": " << product.error().message);
  return ToProductOffer(*product);
}

ProductOffer Seats(std::string_view type) {
  return Offered(R"([{"amount_type": "seat_based", "seat_tiers": {"seat_tier_type": ")" + std::string(type) +
                 R"(", "minimum_seats": 2, "maximum_seats": 50, "tiers": [
      {"min_seats": 2, "max_seats": 10, "price_per_seat": 1500},
      {"min_seats": 11, "max_seats": 50, "price_per_seat": 1200}]}}])");
}

ProductOffer Units(std::string_view type, std::string_view first_rate = "2.5") {
  return Offered(R"([{"amount_type": "unit_based", "minimum_units": 3, "tiers": {"type": ")" + std::string(type) +
                 R"(", "tiers": [{"bound": 100, "unit_amount": ")" + std::string(first_rate) +
                 R"("}, {"bound": 1000, "unit_amount": "2"}]}}])");
}

std::int64_t Cost(const ProductOffer& product, const Quantity& quantity = {}) {
  const Result<ProductQuote> quote = QuoteProduct(product, "usd", quantity);
  if (!quote) FAIL(quote.error().field << ": " << quote.error().message);
  return quote->amount;
}

std::string Refusal(const ProductOffer& product, const std::string& currency, const Quantity& quantity = {}) {
  const Result<ProductQuote> quote = QuoteProduct(product, currency, quantity);
  if (quote) return "";
  return std::string(ToText(quote.error().code)) + " " + quote.error().field + ": " + quote.error().message;
}

}  // namespace

TEST_CASE("seats by volume are all priced by the tier that is reached") {
  const ProductOffer team = Seats("volume");

  CHECK(Cost(team) == 3'000);                  // the fewest: 2 * 1500
  CHECK(Cost(team, {.seats = 10}) == 15'000);  // 10 * 1500
  CHECK(Cost(team, {.seats = 11}) == 13'200);  // 11 * 1200
  CHECK(Cost(team, {.seats = 50}) == 60'000);  // 50 * 1200
  CHECK(QuoteProduct(team, "usd", {.seats = 7})->seats == 7);
}

TEST_CASE("graduated seats are each priced by their own tier") {
  const ProductOffer team = Seats("graduated");

  CHECK(Cost(team, {.seats = 10}) == 15'000);
  CHECK(Cost(team, {.seats = 11}) == 16'200);  // 10 * 1500 + 1200
  CHECK(Cost(team, {.seats = 50}) == 63'000);  // 10 * 1500 + 40 * 1200
}

TEST_CASE("a number of seats that no tier has is priced by the nearest one") {
  const std::vector<SeatTier> tiers = {{.min_seats = 5, .max_seats = 10, .price_per_seat = 1'500},
                                       {.min_seats = 11, .max_seats = 20, .price_per_seat = 1'200}};

  CHECK(AmountOfSeats(TierType::kVolume, tiers, 3) == 4'500);       // 3 * 1500
  CHECK(AmountOfSeats(TierType::kVolume, tiers, 30) == 36'000);     // 30 * 1200
  CHECK(AmountOfSeats(TierType::kGraduated, tiers, 30) == 27'000);  // 10 * 1500 + 10 * 1200, and no more
  CHECK(AmountOfSeats(TierType::kVolume, tiers, 0) == 0);
  CHECK(AmountOfSeats(TierType::kVolume, {}, 3) == 0);
}

TEST_CASE("units by volume and graduated, with half a cent rounded away from zero") {
  CHECK(Cost(Units("volume")) == 8);                 // 3 * 2.5 = 7.5
  CHECK(Cost(Units("volume"), {.units = 5}) == 13);  // 12.5
  CHECK(Cost(Units("volume"), {.units = 100}) == 250);
  CHECK(Cost(Units("volume"), {.units = 101}) == 202);            // 101 * 2
  CHECK(Cost(Units("graduated"), {.units = 101}) == 252);         // 100 * 2.5 + 2
  CHECK(Cost(Units("graduated", "0.005"), {.units = 101}) == 3);  // 0.5 + 2 = 2.5, rounded once
  CHECK(Cost(Units("volume", "0.000000000001"), {.units = 3}) == 0);
  CHECK(QuoteProduct(Units("volume"), "usd")->units == 3);
}

TEST_CASE("units with a rate that is not a whole number of cents are not rounded one by one") {
  CHECK(Cost(Units("volume", "0.333"), {.units = 100}) == 33);  // 33.3, not 100 * 0
  CHECK(Cost(Units("volume", "0.335"), {.units = 100}) == 34);  // 33.5
}

TEST_CASE("prices of one currency add up, and usage is told of") {
  const ProductOffer product = Offered(R"([{"amount_type": "fixed", "price_amount": 1000},
      {"amount_type": "seat_based", "seat_tiers": {"tiers": [{"min_seats": 1, "price_per_seat": 300}]}},
      {"amount_type": "metered_unit", "unit_amount": "0.5", "meter_id": "33333333-3333-4333-8333-333333333333"},
      {"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"}])");

  CHECK(*QuoteProduct(product, "usd", {.seats = 4}) ==
        ProductQuote{.currency = "usd", .amount = 2'200, .seats = 4, .is_metered = true});
  CHECK(*QuoteProduct(product, "eur") == ProductQuote{.currency = "eur", .amount = 900});
}

TEST_CASE("a price that buyers name is quoted by what the page begins with") {
  CHECK(Cost(Offered(R"([{"amount_type": "custom", "minimum_amount": 500, "preset_amount": 900}])")) == 900);
  CHECK(Cost(Offered(R"([{"amount_type": "custom", "minimum_amount": 500}])")) == 500);
  CHECK(Cost(Offered(R"([{"amount_type": "fixed", "price_amount": 0}])")) == 0);
}

TEST_CASE("what cannot be bought is refused by the name of the field") {
  const ProductOffer fixed = Offered(R"([{"amount_type": "fixed", "price_amount": 1000}])");

  CHECK(Refusal(fixed, "eur") == "VALIDATION_FAILED currency: This product has no price in `eur`.");
  CHECK(Refusal(fixed, "usd", {.seats = 1}) == "VALIDATION_FAILED seats: This product is not sold by seats.");
  CHECK(Refusal(fixed, "usd", {.units = 1}) == "VALIDATION_FAILED units: This product is not sold by units.");
  CHECK(Refusal(Seats("volume"), "usd", {.seats = 1}) == "VALIDATION_FAILED seats: Sold from 2 seats on.");
  CHECK(Refusal(Seats("volume"), "usd", {.seats = 51}) == "VALIDATION_FAILED seats: Sold up to 50 seats.");
  CHECK(Refusal(Units("volume"), "usd", {.units = 2}) == "VALIDATION_FAILED units: Sold from 3 units on.");
  CHECK(Refusal(Units("volume"), "usd", {.units = 1'001}) == "VALIDATION_FAILED units: Sold up to 1000 units.");
}

TEST_CASE("what this version does not know is not quoted, and the other currencies are") {
  const ProductOffer product = Offered(R"([{"amount_type": "fixed", "price_amount": 1000},
      {"amount_type": "by_weather", "sunny_amount": 1},
      {"amount_type": "fixed", "price_amount": 900, "price_currency": "eur"}])");

  CHECK(Refusal(product, "usd").starts_with("UPSTREAM_ANSWER_INVALID"));
  CHECK(Refusal(Units("by_moon"), "usd").starts_with("UPSTREAM_ANSWER_INVALID"));
  CHECK(product.quotes == std::vector{ProductQuote{.currency = "eur", .amount = 900}});
}

TEST_CASE("an offer has a quote for each currency, for the fewest") {
  const ProductOffer product = Offered(R"([
      {"amount_type": "seat_based", "seat_tiers": {"tiers": [{"min_seats": 3, "price_per_seat": 300}]}},
      {"amount_type": "seat_based", "price_currency": "eur",
       "seat_tiers": {"tiers": [{"min_seats": 3, "price_per_seat": 250}]}}])");

  CHECK(product.quotes == std::vector{ProductQuote{.currency = "usd", .amount = 900, .seats = 3},
                                      ProductQuote{.currency = "eur", .amount = 750, .seats = 3}});
  CHECK(Offered("[]").quotes.empty());
}
