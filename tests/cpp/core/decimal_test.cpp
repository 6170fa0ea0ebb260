#include "core/foundation/decimal.h"

#include <catch.h>

#include "core/foundation/codec.h"
#include "core/foundation/decimal_sum.h"

using namespace plinto::polar;

namespace {

std::string TextOf(std::string_view text) {
  const auto decimal = Decimal::Parse(text);
  return decimal ? decimal->text() : "nothing";
}

DecimalSum Sum(std::initializer_list<const char*> texts) {
  DecimalSum sum;
  for (const char* text : texts) sum.Add(*Decimal::Parse(text));
  return sum;
}

}  // namespace

TEST_CASE("equal decimals have one text, however they were written") {
  CHECK(TextOf("0.10") == "0.1");
  CHECK(TextOf("1e-7") == "0.0000001");
  CHECK(TextOf("1.50E+3") == "1500");
  CHECK(TextOf("-0.0") == "0");
  CHECK(TextOf("007") == "7");
  CHECK(TextOf("-12.340") == "-12.34");
  CHECK(TextOf("9007199254740991") == "9007199254740991");
}

TEST_CASE("what is no decimal, or has no room in one, is nothing") {
  for (const char* text : {"", "-", ".5", "5.", "1e", "0x10", "1,5", " 1", "1 ", "NaN", "Infinity", "1e101", "+1",
                           "0.0000000000000000000000000000001", "1e30"}) {
    INFO(text);
    CHECK(TextOf(text) == "nothing");
  }
}

TEST_CASE("a double holds 15 digits of any decimal, and some of 17") {
  for (const char* text : {"0.1", "-123456789.012345", "0.30000000000000004", "9007199254740991", "1e-7", "1e22"}) {
    INFO(text);
    CHECK(Decimal::Parse(text)->IsHeldByDouble());
  }
  for (const char* text : {"0.12345678901234567890", "9007199254740993", "1.00000000000000001"}) {
    INFO(text);
    CHECK_FALSE(Decimal::Parse(text)->IsHeldByDouble());
  }
}

TEST_CASE("a tenth, a million times over, is a hundred thousand") {
  DecimalSum sum;
  for (int i = 0; i < 1'000'000; ++i) sum.Add(*Decimal::Parse("0.1"));
  CHECK(sum.Text() == "100000");
}

TEST_CASE("sums and balances are exact on both sides of zero") {
  CHECK(Sum({"0.25", "-1"}).Text() == "-0.75");
  CHECK(Sum({"-0.25", "0.25"}).Text() == "0");
  CHECK(Sum({"-0.000000000000000000000000000001"}).Text() == "-0.000000000000000000000000000001");
  CHECK((Sum({"1"}) - Sum({"3.5"})).Text() == "-2.5");
  CHECK(Sum({"-2.5"}) < Sum({"-2.4"}));
  CHECK(Sum({"-0.5"}) < DecimalSum(0));
  CHECK(Sum({"10.01"}) > DecimalSum(10));
  CHECK(Sum({"0.5", "0.5"}) == DecimalSum(1));
}

TEST_CASE("a number under the exact key keeps its last digit where no double holds it") {
  const Result<Json> json =
      ParseJson(R"({"quantity":0.12345678901234567890,"other":0.12345678901234567890})", {.exact_key = "quantity"});
  REQUIRE(json.ok());
  CHECK(*FindString(*json, "quantity") == "0.12345678901234567890");
  CHECK(FindMember(*json, "other")->is_number());
}
