// The clock and the log, as tests use them.
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

Answer SetClock(Polar& polar, Json body) { return polar.Post("/_emulator/clock", body, ""); }
std::string Shown(Polar& polar) { return TextAt(polar.Get("/_emulator/clock", "").json, "now"); }

}  // namespace

TEST_CASE("the clock is moved by words, and months are the calendar's") {
  Polar polar;
  SetClock(polar, Json::object({{"now", "2027-01-31T12:00:00Z"}}));

  CHECK(TextAt(SetClock(polar, Json::object({{"advance", "1 month"}})).json, "now") == "2027-02-28T12:00:00Z");
  CHECK(TextAt(SetClock(polar, Json::object({{"advance", "2 weeks, 3 days 90 minutes"}})).json, "now") ==
        "2027-03-17T13:30:00Z");
  CHECK(TextAt(SetClock(polar, Json::object({{"advance", "1 year"}})).json, "now") == "2028-03-17T13:30:00Z");
  for (const std::string_view words : {"", "soon", "1", "month", "-1 day", "1 fortnight", "200 years"}) {
    CHECK(SetClock(polar, Json::object({{"advance", words}})).status == 422);
  }
}

TEST_CASE("the clock never goes back") {
  Polar polar;

  const Answer refused = SetClock(polar, Json::object({{"now", "2026-01-01T00:00:00Z"}}));

  CHECK(refused.status == 422);
  CHECK(Shown(polar) == FormatTimestamp(polar.now));
}

TEST_CASE("a frozen clock stands while the caller's runs, and runs on from there") {
  Polar polar;
  SetClock(polar, Json::object({{"mode", "frozen"}}));
  const std::string stood = Shown(polar);
  polar.now = polar.now.PlusSeconds(1'000);

  CHECK(Shown(polar) == stood);
  polar.NewCustomer();
  CHECK_FALSE(polar.emulator.NextDue() > polar.now);
  SetClock(polar, Json::object({{"mode", "real"}}));
  polar.now = polar.now.PlusSeconds(5);
  CHECK(Shown(polar) == FormatTimestamp(kStart.PlusSeconds(5)));
}

TEST_CASE("a scaled clock runs so much faster, and timers come due so much sooner") {
  Polar polar;
  polar.Subscribe();
  const Timestamp begun = polar.now;
  REQUIRE(At(SetClock(polar, Json::object({{"rate", 86'400}})).json, "mode") == Json("scaled"));

  const auto types = polar.Types(32);

  CHECK(polar.now.Seconds() - begun.Seconds() == 32);
  CHECK(std::find(types.begin(), types.end(), "subscription.cycled") != types.end());
  CHECK(SetClock(polar, Json::object({{"rate", -1}})).status == 422);
}

TEST_CASE("the log is filtered by path, status and type, and cut at a limit") {
  Polar polar;
  polar.Subscribe();
  const auto count = [&](std::string_view query, std::string_view list) {
    return At(polar.Get("/_emulator/log?" + std::string(query), "").json, list).size();
  };

  CHECK(count("path=/v1/customers", "requests") == 1);
  CHECK(count("status=404", "requests") == 0);
  CHECK(count("type=order.paid", "deliveries") == 1);
  CHECK(count("limit=2", "deliveries") == 2);
  CHECK(polar.Get("/_emulator/log?nonsense=1", "").status == 422);
  CHECK(TextAt(polar.Get("/_emulator/log", "").json, "requests.0.route") == "/v1/customers/");
}

TEST_CASE("the log page shows requests and deliveries and sends one again") {
  Polar polar;
  polar.NewCheckout();
  const auto first = polar.Receive();
  const std::string id = *first[0].request.headers.Find("webhook-id");

  const Answer page = polar.Get("/_emulator", "");
  const Answer again = polar.Form("/_emulator/events/" + id + "/redeliver", "");

  CHECK(page.Header("content-type") == "text/html; charset=utf-8");
  CHECK(page.Header("referrer-policy") == "same-origin");
  CHECK(page.raw.body.find("/v1/checkouts/") != std::string::npos);
  CHECK(page.raw.body.find("action=\"/_emulator/events/" + id + "/redeliver\"") != std::string::npos);
  CHECK(again.status == 303);
  CHECK(polar.Receive().size() == 1);
  CHECK(polar.Form("/_emulator/events/x/redeliver", "").status == 404);
}

TEST_CASE("a span that is too long is refused by the limit, whatever its unit") {
  Polar polar;

  for (const std::string_view span : {"1000 years", "9000000000 days", "6 years", "1 day 5000000000 seconds"}) {
    const Answer refused = SetClock(polar, Json::object({{"advance", span}}));
    CAPTURE(span);
    CHECK(refused.status == 422);
    CHECK(TextAt(refused.json, "detail.0.msg") == "The clock is moved by five years at most at a time.");
  }
  CHECK(TextAt(SetClock(polar, Json::object({{"advance", "soon"}})).json, "detail.0.msg").starts_with("Not a span"));
}

}  // namespace plinto::polar::emulator
