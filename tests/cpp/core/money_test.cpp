// Amounts, as Polar's models/discount.py and kit/math.py compute them.
#include "core/billing/pricing/money.h"

#include "catch.h"

using namespace plinto::polar;

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
