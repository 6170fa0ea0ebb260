// Ends of periods and trials, by Polar's calendar rule.
#include "catch.h"

#include "core/billing/pricing/periods.h"

using namespace plinto::polar;

namespace {

std::string End(std::string_view start, std::string_view interval, std::int64_t count, int anchor_day) {
  return FormatTimestamp(NextPeriod(*ParseTimestamp(start), interval, count, anchor_day));
}

}  // namespace

TEST_CASE("a period of months ends on its anchor day, or on the month's last") {
  CHECK(End("2026-01-31T10:00:00.123456Z", "month", 1, 31) == "2026-02-28T10:00:00.123456Z");
  CHECK(End("2026-02-28T10:00:00Z", "month", 1, 31) == "2026-03-31T10:00:00Z");
  CHECK(End("2026-01-31T10:00:00Z", "month", 3, 31) == "2026-04-30T10:00:00Z");
  CHECK(End("2024-02-29T10:00:00Z", "year", 1, 29) == "2025-02-28T10:00:00Z");
  CHECK(End("2027-02-28T10:00:00Z", "year", 1, 29) == "2028-02-29T10:00:00Z");
}

TEST_CASE("days and weeks are added, whatever the anchor") {
  CHECK(End("2026-02-27T10:00:00Z", "day", 3, 31) == "2026-03-02T10:00:00Z");
  CHECK(End("2028-02-27T10:00:00Z", "week", 1, 31) == "2028-03-05T10:00:00Z");
}

TEST_CASE("what begins anew has its own day as the anchor") {
  CHECK(AddInterval(*ParseTimestamp("2026-01-31T00:00:00Z"), "month", 1) == *ParseTimestamp("2026-02-28T00:00:00Z"));
  CHECK(AddInterval(*ParseTimestamp("2026-02-28T00:00:00Z"), "month", 1) == *ParseTimestamp("2026-03-28T00:00:00Z"));
}
