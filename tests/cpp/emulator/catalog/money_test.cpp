// Amounts, as Polar's order/amounts.py, subscription/update.py and kit/currency.py compute them.
#include "emulator/catalog/money.h"

#include "catch.h"

#include "emulator/catalog/prices.h"

namespace plinto::polar::emulator {
namespace {

std::int64_t Metered(std::string_view units, std::string_view unit_amount) {
  return MeteredAmount(*ParseDecimal(units), *ParseDecimal(unit_amount));
}

}  // namespace

TEST_CASE("percentages round half away from zero") {
  CHECK(PolarRound(1'999, 5'000, 10'000) == 1'000);
  CHECK(PolarRound(2'001, 5'000, 10'000) == 1'001);
  CHECK(PolarRound(-2'001, 5'000, 10'000) == -1'001);
  CHECK(PolarRound(1'001, 1'000, 10'000) == 100);
  CHECK(PolarRound(99'999'999, 10'000, 10'000) == 99'999'999);
}

TEST_CASE("prorated prices round half to even, prorated seats are truncated toward zero") {
  CHECK(RoundHalfEven(5, 1, 2) == 2);
  CHECK(RoundHalfEven(7, 1, 2) == 4);
  CHECK(RoundHalfEven(-5, 1, 2) == -2);
  CHECK(RoundHalfEven(2'000, 1'339'200, 2'678'400) == 1'000);
  CHECK(Truncate(-1'999, 1, 2) == -999);
  CHECK(Truncate(1'999, 1, 2) == 999);
}

TEST_CASE("rounding is exact where a product does not fit 64 bits") {
  CHECK(PolarRound(9'000'000'000'000'000'000, 3, 3) == 9'000'000'000'000'000'000);
  CHECK(PolarRound(9'000'000'000'000'000'000, 7, 3) == std::numeric_limits<std::int64_t>::max());
  CHECK(RoundHalfEven(1, 1, 0) == 0);
}

TEST_CASE("a fixed discount is split by largest remainder and adds up to itself") {
  CHECK(SplitByLargestRemainder(100, {1, 1, 1}) == std::vector<std::int64_t>{34, 33, 33});
  CHECK(SplitByLargestRemainder(1'000, {2'000, 500, 500}) == std::vector<std::int64_t>{667, 167, 166});
  CHECK(SplitByLargestRemainder(5, {0, 7}) == std::vector<std::int64_t>{0, 5});
  CHECK(SplitByLargestRemainder(5, {0, 0}) == std::vector<std::int64_t>{0, 0});
  CHECK(SplitByLargestRemainder(5, {}).empty());
}

TEST_CASE("metered amounts are exact products of decimals, rounded once") {
  CHECK(Metered("1001", "0.5") == 501);
  CHECK(Metered("3", "0.1") == 0);
  CHECK(Metered("5", "0.1") == 1);
  CHECK(Metered("0.1", "0.2") == 0);
  CHECK(Metered("1000000", "0.000001") == 1);
  CHECK(Metered("99999.999999999999", "99999.999999999999") == 9'999'999'999 + 1);
  CHECK(Metered("-3", "0.5") == -2);
}

TEST_CASE("a decimal has at most 17 digits, 12 of them after the point, and prints without trailing zeros") {
  CHECK(FormatDecimal(*ParseDecimal("0.500000000000")) == "0.5");
  CHECK(FormatDecimal(*ParseDecimal("12")) == "12");
  CHECK(FormatDecimal(*ParseDecimal("-.25")) == "-0.25");
  CHECK(FormatDecimal(*ParseDecimal("00012.0")) == "12");
  CHECK(ParseDecimal("12345.123456789012").has_value());
  for (const char* bad : {"", "-", ".", "1.2.3", "1e5", " 1", "0x1", "1234567890123456789", "0.1234567890123"}) {
    CAPTURE(bad);
    CHECK_FALSE(ParseDecimal(bad).has_value());
  }
}

TEST_CASE("currencies are Polar's 126, with their own minimum charge") {
  CHECK(IsPresentmentCurrency("usd"));
  CHECK(IsPresentmentCurrency("try"));
  CHECK_FALSE(IsPresentmentCurrency("USD"));
  CHECK_FALSE(IsPresentmentCurrency("xxx"));
  CHECK(IsZeroDecimal("jpy"));
  CHECK_FALSE(IsZeroDecimal("isk"));
  CHECK_FALSE(IsZeroDecimal("huf"));
  CHECK(MinimumCharge("usd") == 50);
  CHECK(MinimumCharge("gbp") == 40);
  CHECK(MinimumCharge("jpy") == 80);
  CHECK(MinimumCharge("chf") == 50);
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
  price.graduated = true;
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
