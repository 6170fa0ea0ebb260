// Balances: an upper bound of what was used, out of Polar's late word and our own count; limits and their periods.
#include "catch.h"

#include <random>

#include "core/billing/usage/countable_meter.h"
#include "core/billing/usage/meter_ledger.h"
#include "core/billing/usage/usage_limit.h"

using namespace plinto::polar;

namespace {

const Timestamp kStart = *ParseTimestamp("2026-11-20T06:00:00Z");
constexpr std::int64_t kHour = 3'600;

Timestamp At(std::int64_t hours) { return kStart.PlusSeconds(hours * kHour); }

MeterFigure Figure(std::int64_t consumed, std::int64_t hours, std::int64_t credited = 100) {
  return {.consumed = consumed, .credited = credited, .as_of = At(hours), .period_starts = {At(-24)}};
}

/// Opened with a figure of which nothing is missing.
MeterLedger Opened(std::int64_t consumed = 0) {
  MeterLedger ledger;
  REQUIRE(CountsAgainFrom(ledger, Figure(consumed, 0)));
  Observe(ledger, Figure(consumed, 0), DecimalSum(0));
  return ledger;
}

Meter AMeter(const char* filter, const char* aggregation) {
  const std::string text = std::string(R"({"id":"3e7e0000-0000-4000-8000-000000000001","name":"Tokens","filter":)") +
                           filter + R"(,"aggregation":)" + aggregation + "}";
  const Result<Meter> meter = DecodeText<Meter>(text);
  REQUIRE(meter.ok());
  return *meter;
}

}  // namespace

TEST_CASE("a balance is Polar's last word, less what is not in it yet and what is leased") {
  MeterLedger ledger;
  Observe(ledger, Figure(30, 0), DecimalSum(12));

  CHECK(ledger.Balance() == 100 - 30 - 12);
  ledger.leased = 8;
  CHECK(ledger.Balance() == 50);
  CountUsage(ledger, *Decimal::Parse("0.1"), At(0));
  CHECK(ledger.Balance().Text() == "49.9");
}

TEST_CASE("Polar's late word does not count twice what was counted here, nor forget it") {
  MeterLedger ledger = Opened();
  CountUsage(ledger, 10, At(0));

  CHECK_FALSE(CountsAgainFrom(ledger, Figure(0, 1)));
  Observe(ledger, Figure(0, 1), std::nullopt);
  CHECK(ledger.used == 10);
  Observe(ledger, Figure(10, 3), std::nullopt);
  CHECK(ledger.used == 10);
}

TEST_CASE("a word of Polar's that is older than the last one changes nothing") {
  MeterLedger ledger = Opened(50);
  CHECK_FALSE(CountsAgainFrom(ledger, Figure(0, -1, 900)));
  Observe(ledger, Figure(0, -1, 900), DecimalSum(0));
  CHECK(ledger.used == 50);
  CHECK(ledger.credited == 100);
}

TEST_CASE("what others report to the meter counts as soon as Polar says so") {
  MeterLedger ledger = Opened();
  CountUsage(ledger, 10, At(0));
  Observe(ledger, Figure(25, 1), std::nullopt);
  CHECK(ledger.used == 25);
}

TEST_CASE("a meter that begins anew frees what was used, but for what Polar may not have yet") {
  MeterLedger ledger = Opened(90);
  CountUsage(ledger, 5, At(30));
  MeterFigure renewed = Figure(0, 31);
  renewed.period_starts = {At(29)};

  const auto since = CountsAgainFrom(ledger, renewed);

  REQUIRE(since);
  // The meter was reset at the period's start: five minutes before it all had come in.
  CHECK(*since == At(29).PlusSeconds(-300));
  Observe(ledger, renewed, DecimalSum(5));
  CHECK(ledger.used == 5);
  CHECK(ledger.Balance() == 95);
}

TEST_CASE("usage that was taken back is no reset") {
  MeterLedger ledger = Opened(90);
  CountUsage(ledger, -20, At(1));
  const MeterFigure figure = Figure(70, 2);

  const auto since = CountsAgainFrom(ledger, figure);

  REQUIRE(since);
  CHECK(*since == At(2).PlusSeconds(-kFigureLagSeconds));
}

TEST_CASE("credits that are bought are there at once") {
  MeterLedger ledger = Opened(100);
  CHECK(ledger.Balance() == 0);
  const MeterFigure more = Figure(100, 1, 500);
  REQUIRE(CountsAgainFrom(ledger, more));
  Observe(ledger, more, DecimalSum(0));
  CHECK(ledger.Balance() == 400);
}

TEST_CASE("once it is quiet, what was counted twice when the balance was opened is put right") {
  MeterLedger ledger;
  Observe(ledger, Figure(30, 0), DecimalSum(30));
  CHECK(ledger.used == 60);
  CHECK(CountsAgainFrom(ledger, Figure(30, 7)));
  Observe(ledger, Figure(30, 7), DecimalSum(0));
  CHECK(ledger.used == 30);
}

TEST_CASE("over any history the balance is never above the truth, and is the truth once all is quiet") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most)); };
    struct Event {
      std::int64_t units;
      std::int64_t minute;
      std::int64_t reported;  // when we know that Polar has it
      std::int64_t counted;   // when Polar's figure has it
    };
    std::vector<Event> events;
    MeterLedger ledger;
    const auto at = [](std::int64_t minute) { return kStart.PlusSeconds(minute * 60); };
    const auto observe = [&](std::int64_t minute) {
      MeterFigure figure{.credited = 1'000, .as_of = at(minute), .period_starts = {at(-1'000)}};
      for (const Event& one : events) {
        if (one.counted <= minute) figure.consumed += one.units;
      }
      std::optional<DecimalSum> missing;
      if (const auto since = CountsAgainFrom(ledger, figure)) {
        missing.emplace();
        for (const Event& one : events) {
          if (one.reported > minute || at(one.reported) >= *since) *missing += one.units;
        }
      }
      Observe(ledger, figure, missing);
    };
    observe(0);
    std::int64_t minute = 0;
    std::int64_t truth = 0;
    for (int step = 0; step < 200; ++step) {
      minute += below(60);
      if (below(3) > 0) {
        const std::int64_t reported = minute + below(30);
        events.push_back({1 + below(9), minute, reported, reported + 1 + below(180)});
        truth += events.back().units;
        CountUsage(ledger, events.back().units, at(minute));
      } else {
        observe(minute);
      }
      INFO("seed " << seed << ", step " << step);
      REQUIRE(ledger.used >= truth);
    }
    observe(minute + 24 * 60);
    INFO("seed " << seed);
    CHECK(ledger.used == truth);
  }
}

TEST_CASE("a threshold is reached at 80 % and at 100 %, exactly") {
  CHECK(ThresholdReached(DecimalSum(*Decimal::Parse("79.999999999999999999")), 100) == 0);
  CHECK(ThresholdReached(80, 100) == 80);
  CHECK(ThresholdReached(DecimalSum(*Decimal::Parse("99.9")), 100) == 80);
  CHECK(ThresholdReached(100, 100) == 100);
  CHECK(ThresholdReached(140, 100) == 100);
  CHECK(ThresholdReached(5, 0) == 0);
}

TEST_CASE("that a threshold was told holds until more is credited, or the meter begins anew") {
  MeterLedger ledger;
  Observe(ledger, Figure(50, 0), DecimalSum(45));
  ledger.told = 80;
  Observe(ledger, Figure(50, 7), DecimalSum(0));
  CHECK(ledger.used == 50);
  CHECK(ledger.told == 80);
  Observe(ledger, Figure(50, 8, 200), DecimalSum(0));
  CHECK(ledger.told == 0);
}

TEST_CASE("a balance is kept on meters that count one event's name, or sum up its quantity; others say why not") {
  const char* const by_name =
      R"({"conjunction":"and","clauses":[{"property":"name","operator":"eq","value":"tokens"}]})";
  const auto counts = ReadCountableMeter(AMeter(by_name, R"({"func":"count"})"), "meter");
  REQUIRE(counts.ok());
  CHECK(counts->event_name == "tokens");
  CHECK(counts->UnitsOf(7) == 1);
  const auto sums = ReadCountableMeter(AMeter(by_name, R"({"func":"sum","property":"quantity"})"), "meter");
  REQUIRE(sums.ok());
  CHECK(sums->UnitsOf(7) == 7);

  const char* const two_names = R"({"conjunction":"or","clauses":[{"property":"name","operator":"eq","value":"a"},)"
                                R"({"property":"name","operator":"eq","value":"b"}]})";
  for (const auto& [filter, aggregation] :
       {std::pair(two_names, R"({"func":"count"})"), std::pair(by_name, R"({"func":"max","property":"quantity"})"),
        std::pair(by_name, R"({"func":"sum","property":"other"})"),
        std::pair(R"({"property":"name","operator":"like","value":"a"})", R"({"func":"count"})")}) {
    const auto refused = ReadCountableMeter(AMeter(filter, aggregation), "meter");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kMeterNotReservable);
    CHECK(refused.error().field == "meter");
  }
}

TEST_CASE("a limit's period is a calendar day or month in UTC") {
  const Timestamp at = *ParseTimestamp("2024-02-29T23:59:59.999999Z");
  CHECK(FormatTimestamp(PeriodStart(LimitPeriod::kDay, at)) == "2024-02-29T00:00:00Z");
  CHECK(FormatTimestamp(PeriodEnd(LimitPeriod::kDay, at)) == "2024-03-01T00:00:00Z");
  CHECK(FormatTimestamp(PeriodStart(LimitPeriod::kMonth, at)) == "2024-02-01T00:00:00Z");
  CHECK(FormatTimestamp(PeriodEnd(LimitPeriod::kMonth, at)) == "2024-03-01T00:00:00Z");
  CHECK(FormatTimestamp(PeriodEnd(LimitPeriod::kMonth, *ParseTimestamp("2026-12-31T12:00:00Z"))) ==
        "2027-01-01T00:00:00Z");
  CHECK(FormatTimestamp(PeriodStart(LimitPeriod::kDay, Timestamp{-1})) == "1969-12-31T00:00:00Z");
}

TEST_CASE("a refusal names what is left, what is asked for and what to do") {
  const Error limit = LimitReached("call", LimitPeriod::kDay, 10, -1, 3, *ParseTimestamp("2026-11-23T00:00:00Z"));
  CHECK(limit.code == ErrorCode::kUsageLimitReached);
  CHECK(limit.field == "quantity");
  CHECK(limit.details == "limit=10 period=day remaining=0 required=3 resets_at=2026-11-23T00:00:00Z");
  const Error balance = BalanceExhausted("Tokens", DecimalSum(*Decimal::Parse("0.5")), 1);
  CHECK(balance.code == ErrorCode::kUsageBalanceExhausted);
  CHECK(balance.details == "balance=0.5 required=1");
}
