// Amounts, as Polar's models/discount.py, models/product_price.py and kit/currency.py compute them.
#include "emulator/catalog/money.h"

#include "catch.h"

#include "emulator/catalog/prices.h"

namespace plinto::polar::emulator {
namespace {

std::int64_t Metered(std::string_view units, std::string_view unit_amount) {
  return MeteredAmount(*ParseDecimal(units), *ParseDecimal(unit_amount));
}

}  // namespace

// Expectations: Python's own arithmetic on the same numbers.
TEST_CASE("percentages go through a binary fraction and round half away from zero") {
  CHECK(PercentageOff(1'999, 5'000) == 1'000);
  CHECK(PercentageOff(2'001, 5'000) == 1'001);
  CHECK(PercentageOff(-2'001, 5'000) == -1'001);
  CHECK(PercentageOff(1'001, 1'000) == 100);
  CHECK(PercentageOff(99'999'999, 10'000) == 99'999'999);
  CHECK(PercentageOff(1'150, 1'500) == 173);
  CHECK(PercentageOff(1'450, 2'900) == 420);
  CHECK(PercentageOff(1'650, 2'900) == 478);
  CHECK(PercentageOff(50, 2'900) == 14);
  CHECK(PercentageOff(2'850, 2'900) == 826);
}

TEST_CASE("amounts are written as en_US writes them, with the symbols it knows") {
  CHECK(FormatCurrency(50, "usd") == "$0.50");
  CHECK(FormatCurrency(123'450, "usd") == "$1,234.50");
  CHECK(FormatCurrency(-500, "usd") == "-$5.00");
  CHECK(FormatCurrency(900, "eur") ==
        "\xe2\x82\xac"
        "9.00");
  CHECK(FormatCurrency(900, "gbp") ==
        "\xc2\xa3"
        "9.00");
  CHECK(FormatCurrency(5'000, "jpy") ==
        "\xc2\xa5"
        "5,000");
  CHECK(FormatCurrency(900, "aud") == "A$9.00");
  CHECK(FormatCurrency(50, "chf") == "CHF0.50");
  CHECK(FormatCurrency(1'500, "czk") == "CZK15.00");
  CHECK(FormatCurrency(7'000, "isk") == "ISK70");
  CHECK(FormatCurrency(7'050, "isk") == "ISK70");
  CHECK(FormatCurrency(7'150, "isk") == "ISK72");
}

TEST_CASE("rates are written with all of their digits") {
  const auto rate = [](std::string_view text, std::string_view currency) {
    return FormatRate(*WideDecimal::Parse(text), currency);
  };
  CHECK(rate("100", "usd") == "$1.00");
  CHECK(rate("0.5", "usd") == "$0.005");
  CHECK(rate("0.000000000001", "usd") == "$0.00000000000001");
  CHECK(rate("12345.6", "eur") ==
        "\xe2\x82\xac"
        "123.456");
  CHECK(rate("80", "jpy") ==
        "\xc2\xa5"
        "80");
  CHECK(rate("0.25", "jpy") ==
        "\xc2\xa5"
        "0.25");
}

TEST_CASE("a fixed discount is split by largest remainder and adds up to itself") {
  CHECK(SplitByLargestRemainder(100, {1, 1, 1}) == std::vector<std::int64_t>{34, 33, 33});
  CHECK(SplitByLargestRemainder(1'000, {2'000, 500, 500}) == std::vector<std::int64_t>{667, 167, 166});
  CHECK(SplitByLargestRemainder(5, {0, 7}) == std::vector<std::int64_t>{0, 5});
  CHECK(SplitByLargestRemainder(5, {0, 0}) == std::vector<std::int64_t>{0, 0});
  CHECK(SplitByLargestRemainder(5, {}).empty());
}

TEST_CASE("tiers' amounts are exact products of decimals, rounded once") {
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
