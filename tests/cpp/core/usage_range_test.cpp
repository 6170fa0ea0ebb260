#include "core/billing/usage/usage_range.h"

#include <catch.h>

using namespace plinto::polar;

namespace {

std::string Refusal(const UsageRange& range, const char* quantity, bool is_end_user = true) {
  const Status status = CheckUsageRange(range, *Decimal::Parse(quantity), is_end_user);
  if (status) return "";
  CHECK(status.error().field == "quantity");
  CHECK(status.error().code == ErrorCode::kValidationFailed);
  return status.error().message;
}

}  // namespace

TEST_CASE("without a range end users record from 0 up, and back ends what they like") {
  CHECK(Refusal({}, "0").empty());
  CHECK(Refusal({}, "9007199254740991").empty());
  CHECK(Refusal({}, "-0.0000001") ==
        "Must be at least 0 for this event. End users take no usage back unless USAGE_EVENTS says how much.");
  CHECK(Refusal({}, "-9007199254740991", false).empty());
}

TEST_CASE("a range binds everybody, to the last digit") {
  const UsageRange range = {.minimum = Decimal::Parse("-0.5"), .maximum = Decimal::Parse("100.25")};
  for (const bool is_end_user : {true, false}) {
    CHECK(Refusal(range, "-0.5", is_end_user).empty());
    CHECK(Refusal(range, "100.25", is_end_user).empty());
    CHECK(Refusal(range, "100.2500001", is_end_user) == "Must be from -0.5 to 100.25 for this event.");
    CHECK(Refusal(range, "-0.50001", is_end_user) == "Must be from -0.5 to 100.25 for this event.");
  }
}

TEST_CASE("a greatest quantity alone leaves end users at 0 and back ends without a least") {
  const UsageRange range = {.maximum = 10};
  CHECK(Refusal(range, "11") == "Must be from 0 to 10 for this event.");
  CHECK_FALSE(Refusal(range, "-1").empty());
  CHECK(Refusal(range, "-1", false).empty());
  CHECK(Refusal(range, "11", false) == "Must be at most 10 for this event.");
}

TEST_CASE("a least quantity alone leaves the greatest to Polar's limits") {
  CHECK(Refusal({.minimum = 1}, "0.5") == "Must be at least 1 for this event.");
  CHECK(Refusal({.minimum = -3}, "-3").empty());
  CHECK(Refusal({.minimum = 1}, "1000000").empty());
}
