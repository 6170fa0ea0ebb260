// Decimal numbers, held against Python's: what `python3 -c 'from decimal import *; print(...)'` answers.
#include "core/foundation/wide_decimal.h"

#include <cmath>
#include <limits>

#include "catch.h"

using namespace plinto::polar;

namespace {

WideDecimal Of(std::string_view text) { return *WideDecimal::Parse(text); }
std::string Quotient(std::int64_t number, std::int64_t divisor) {
  return WideDecimal(number).Over(WideDecimal(divisor)).Text();
}

}  // namespace

TEST_CASE("a quotient has 28 digits, half to even") {
  CHECK(Quotient(1, 3) == "0.3333333333333333333333333333");
  CHECK(Quotient(2, 3) == "0.6666666666666666666666666667");
  CHECK(Quotient(1, 8) == "0.125");
  CHECK(Quotient(1'000, 8) == "125");
  CHECK(Quotient(-1, 7) == "-0.1428571428571428571428571429");
  CHECK(Quotient(0, 7) == "0");
  CHECK(Quotient(7, 0) == "0");
}

TEST_CASE("a double is taken over with all of its digits, and its product has 28") {
  CHECK(WideDecimal::Exactly(1.005).Text() == "1.00499999999999989341858963598497211933135986328125");
  CHECK(WideDecimal::Exactly(-0.5).Text() == "-0.5");
  CHECK(WideDecimal::Exactly(1e22).Text() == "10000000000000000000000");
  CHECK(WideDecimal::Exactly(0).Text() == "0");
  CHECK(WideDecimal::Exactly(std::numeric_limits<double>::infinity()).Text() == "0");
  CHECK(WideDecimal::Exactly(0.1).Times(WideDecimal(3)).Text() == "0.3000000000000000166533453694");
}

TEST_CASE("a third of 3,000 is a little less than 1,000 once it is a factor of 28 digits") {
  const WideDecimal factor = WideDecimal::Exactly(864'000).Over(WideDecimal::Exactly(2'592'000));

  CHECK(WideDecimal(3'000).Times(factor).Text() == "999.9999999999999999999999999");
  CHECK(WideDecimal(3'000).Times(factor).Truncated() == 999);
  CHECK(WideDecimal(-3'000).Times(factor).Truncated() == -999);
  CHECK(WideDecimal(3'000).Times(factor).HalfToEven() == 1'000);
}

TEST_CASE("whole numbers are made by cutting, by half to even and by half away from zero") {
  CHECK(Of("2.5").Truncated() == 2);
  CHECK(Of("2.5").HalfToEven() == 2);
  CHECK(Of("3.5").HalfToEven() == 4);
  CHECK(Of("2.5").HalfAwayFromZero() == 3);
  CHECK(Of("-2.5").HalfAwayFromZero() == -3);
  CHECK(Of("2.49999").HalfAwayFromZero() == 2);
  CHECK(Of("0.5").HalfToEven() == 0);
  CHECK(Of("0.04").HalfAwayFromZero() == 0);
  CHECK(Of("9.99").HalfToEven() == 10);
  CHECK(Of("1e30").Truncated() == std::numeric_limits<std::int64_t>::max());
  CHECK(Of("-1e30").Truncated() == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("numbers are read as Python reads them") {
  CHECK(Of(" 1_000.50 ").Text() == "1000.5");
  CHECK(Of("1e-3").Text() == "0.001");
  CHECK(Of("+.5").Text() == "0.5");
  CHECK(Of("1E+2").Text() == "100");
  CHECK(Of("-0").Text() == "0");
  for (const char* bad : {"", "-", ".", "1.2.3", "0x1", "NaN", "Infinity", "1e", "1e9999999", "one"}) {
    CAPTURE(bad);
    CHECK_FALSE(WideDecimal::Parse(bad).has_value());
  }
}

TEST_CASE("numbers are written grouped, with as many digits as are asked for") {
  CHECK(Of("1234567.891").Grouped(0, 3) == "1,234,567.891");
  CHECK(Of("1234567").Grouped(2, 2) == "1,234,567.00");
  CHECK(Of("0.0005").Grouped(0, 3) == "0");
  CHECK(Of("0.0015").Grouped(0, 3) == "0.002");
  CHECK(Of("0.00051").Grouped(0, 3) == "0.001");
  CHECK(Of("999.9996").Grouped(0, 3) == "1,000");
  CHECK(Of("-1234.5").Grouped(2, 2) == "-1,234.50");
}
