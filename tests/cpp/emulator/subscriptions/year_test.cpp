#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "billing_harness.h"
#include "scenario.h"

namespace plinto::polar::emulator {
namespace {

Json ReadVector() {
  std::ifstream file(std::string(PLINTO_POLAR_VECTORS) + "/subscription-year.json", std::ios::binary);
  REQUIRE(file.is_open());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto json = ParseJson(text);
  REQUIRE(json.ok());
  return *json;
}

// What happened within the day, without its time.
Strings OnDay(const Strings& events, std::string_view day) {
  Strings found;
  for (const std::string& event : events) {
    if (event.starts_with(day)) found.push_back(event.substr(event.find(' ') + 1));
  }
  return found;
}

Strings RunYear(const Json& vector) {
  const Timestamp start = *ParseTimestamp(TextAt(vector, "start"));
  Config config = TestConfig();
  config.seed = 7;
  Emulator emulator(std::move(config), start);
  Scenario scenario(emulator, start);
  scenario.Run(At(vector, "steps"));
  for (const std::string& problem : scenario.problems()) FAIL_CHECK(problem);
  return scenario.events();
}

}  // namespace

TEST_CASE("a year of one subscription gives the webhook sequence of the vector, twice the same") {
  const Json vector = ReadVector();

  const Strings events = RunYear(vector);

  Strings expected;
  const Json recorded = At(vector, "events");
  for (const Json& event : *recorded.get_ptr<const Json::array_t*>()) {
    expected.push_back(*event.get_ptr<const std::string*>());
  }
  if (const char* const path = std::getenv("PLINTO_POLAR_WRITE_YEAR")) {
    Json written = vector;
    SetMember(written, "events", Json(events));
    std::ofstream(path) << PrettyJson(written) << "\n";
  }
  CHECK(events == expected);
  CHECK(RunYear(vector) == events);
}

// The facts that the vector must hold, whatever else it records.
TEST_CASE("the year's vector holds what Polar does at each of its turns") {
  const Json vector = ReadVector();
  const Strings events = RunYear(vector);

  CHECK(OnDay(events, "2026-12-22") == Strings{"subscription.cycled active", "subscription.updated active",
                                               "order.created pending", "order.updated paid", "order.paid paid",
                                               "order.updated paid", "benefit_grant.cycled", "customer.state_changed"});
  CHECK(OnDay(events, "2027-03-22") == Strings{"subscription.cycled active", "subscription.updated active",
                                               "order.created pending", "subscription.updated past_due",
                                               "subscription.past_due past_due", "benefit_grant.revoked",
                                               "customer.state_changed"});
  CHECK(OnDay(events, "2027-03-24").empty());
  const Strings recovery = OnDay(events, "2027-03-29");
  REQUIRE(recovery.size() > 4);
  CHECK(Strings(recovery.begin(), recovery.begin() + 4) ==
        Strings{"subscription.updated active", "subscription.active active", "order.updated paid", "order.paid paid"});
  const Strings upgrade = OnDay(events, "2027-06-07");
  CHECK(std::find(upgrade.begin(), upgrade.end(), "order.created pending") <
        std::find(upgrade.begin(), upgrade.end(), "subscription.updated active"));
  CHECK(OnDay(events, "2027-10-30") ==
        Strings{"subscription.updated active", "subscription.canceled active", "customer.state_changed"});
  const Strings end = OnDay(events, "2027-11-22");
  CHECK(Strings(end.end() - 4, end.end() - 1).back() != "subscription.cycled active");
  CHECK(std::count(end.begin(), end.end(), "subscription.canceled canceled") == 1);
  CHECK(std::count(end.begin(), end.end(), "subscription.revoked canceled") == 1);
}

}  // namespace plinto::polar::emulator
