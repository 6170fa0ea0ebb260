// What prices come to, as Polar's models/product_price.py computes it.
#include "emulator/catalog/prices.h"

#include "catch.h"

namespace plinto::polar::emulator {

// Polar's tests/models/test_product_price.py, and 1.005, which is less than that as a binary fraction.
TEST_CASE("usage is charged at its rate, and the line says how") {
  struct Case {
    std::string unit_amount;
    std::optional<std::int64_t> cap;
    double units;
    std::int64_t amount;
    std::string label;
  };
  const std::string times = " consumed units) \xc3\x97 ";
  const std::string capped = " \xe2\x80\x94 Capped at ";
  for (const Case& one : std::vector<Case>{
           {"100", {}, 1, 100, "(1" + times + "$1.00"},
           {"100", {}, 1.994, 199, "(1.994" + times + "$1.00"},
           {"100", {}, 1.995, 200, "(1.995" + times + "$1.00"},
           {"100", {}, 1.996, 200, "(1.996" + times + "$1.00"},
           {"100", {}, 1.005, 100, "(1.005" + times + "$1.00"},
           {"100", {}, 1.015, 101, "(1.015" + times + "$1.00"},
           {"100", 5'000, 1'000, 5'000, "(1,000" + times + "$1.00" + capped + "$50.00"},
           {"100", 5'000, 1, 100, "(1" + times + "$1.00"},
           {"100", 0, 1, 0, "(1" + times + "$1.00" + capped + "$0.00"},
           {"0.000000000001", {}, 1e6, 0, "(1,000,000" + times + "$0.00000000000001"},
           {"0.000000000001", {}, 1e12, 1, "(1,000,000,000,000" + times + "$0.00000000000001"},
           {"0.5", {}, 100, 50, "(100" + times + "$0.005"},
           {"100", {}, -5, 0, "(0" + times + "$1.00"},
           {"1", {}, 1.2345, 1, "(1.234" + times + "$0.01"},
           {"1", {}, 0.0005, 0, "(0" + times + "$0.01"},
       }) {
    const Price price = {.kind = PriceKind::kMeteredUnit, .unit_amount = one.unit_amount, .cap_amount = one.cap};
    CAPTURE(one.units, one.unit_amount);
    CHECK(ChargeOf(price, one.units).amount == one.amount);
    CHECK(ChargeOf(price, one.units).label == one.label);
  }
}

TEST_CASE("seats are priced by the tier that is reached, or each in its own tier when graduated") {
  Price price = {.kind = PriceKind::kSeatBased,
                 .seat_tiers = {{.min_seats = 2, .max_seats = 10, .price_per_seat = 1'500},
                                {.min_seats = 11, .price_per_seat = 1'200}}};

  CHECK(AmountOf(price, {.seats = 10}) == 15'000);
  CHECK(AmountOf(price, {.seats = 11}) == 13'200);
  CHECK(AmountOf(price) == 3'000);
  CHECK(FewestOf(price) == 2);
  CHECK_FALSE(MostOf(price).has_value());
  price.seat_tier_type = TierType::kGraduated;
  CHECK(AmountOf(price, {.seats = 11}) == 16'200);
  price.seat_tiers.back().max_seats = 50;
  CHECK(MostOf(price) == 50);
}

TEST_CASE("a price that the buyer names begins with its preset, else with its minimum") {
  Price price = {.kind = PriceKind::kCustom, .minimum_amount = 500};

  CHECK(AmountOf(price) == 500);
  price.preset_amount = 900;
  CHECK(AmountOf(price) == 900);
  CHECK(AmountOf(price, {}, 1'234) == 1'234);
}

}  // namespace plinto::polar::emulator
