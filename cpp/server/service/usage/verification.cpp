#include "server/service/usage/verification.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/billing/usage/meter_count.h"
#include "core/polar/catalog/meters.h"
#include "server/service/polar_call.h"
#include "server/service/usage/polar_event.h"

namespace plinto::polar::server {
namespace {

constexpr int kReadAtOnce = 5'000;
constexpr std::int64_t kDaySeconds = 86'400;
// Another server's clock may be behind this one's.
constexpr std::int64_t kClocksDifferSeconds = 60;
// Whose clock was ahead has recorded what is of an earlier time; nothing is of a much later one.
constexpr std::int64_t kReadBeforeSeconds = 2 * kDaySeconds;
// Polar adds doubles up.
constexpr double kRelative = 1e-9;

struct Sums {
  DecimalSum reported = {};
  DecimalSum added = {};    ///< on its way, above zero
  DecimalSum removed = {};  ///< and below
};
using Days = std::map<std::int64_t, Sums>;

/// A meter, what Polar says of each day, and what is recorded.
struct Compared {
  Meter meter;
  std::string not_compared;
  std::map<std::int64_t, Number> at_polar = {};
  Days days = {};
};

std::int64_t DayOf(Timestamp at) { return at.Seconds() / kDaySeconds; }

CallTerms Unhurried(Host& host) {
  return CallTerms(host.clock.Now().PlusMilliseconds(kJobBudgetMs), Priority::kReconcile);
}

Task<Result<std::vector<Meter>>> ReadMeters(Host& host, const Settings& settings) {
  std::vector<Meter> meters;
  PageWalk walk(MeterQuery{.is_archived = false, .limit = kMaxPageLimit});
  while (auto query = walk.Next()) {
    const CallOutcome outcome =
        co_await CallPolar(host, BuildListMeters(settings.polar, *query), true, Unhurried(host));
    Result<Page<Meter>> page = ReadOutcome(outcome, ParseMeters);
    if (!page) co_return std::move(page).error();
    for (Meter& meter : page->items) meters.push_back(std::move(meter));
    walk.Take(*page);
  }
  co_return meters;
}

// The last second: of the interval that the end is in, Polar counts all.
Task<Status> AskOf(Host& host, const Settings& settings, const VerificationRequest& request, Compared& one) {
  const MeterQuantitiesQuery query{.start_timestamp = request.from,
                                   .end_timestamp = request.to.PlusSeconds(-1),
                                   .interval = "day",
                                   .external_customer_id = request.subject_id};
  HttpRequest asked = BuildGetMeterQuantities(settings.polar, one.meter.id, query);
  const CallOutcome outcome = co_await CallPolar(host, std::move(asked), true, Unhurried(host));
  const Result<MeterQuantities> said = ReadOutcome(outcome, ParseMeterQuantities);
  if (!said) co_return said.error();
  for (const MeterQuantity& part : said->quantities) one.at_polar[DayOf(part.timestamp)] = part.quantity;
  co_return Done{};
}

void Count(std::vector<Compared>& meters, const UsageFate& fate, const VerificationRequest& request, Timestamp asked_at,
           Verification& found) {
  const Timestamp used_at = UsedAt(fate.usage);
  if (used_at < request.from || used_at >= request.to) return;
  if (request.subject_id && fate.usage.subject.id != *request.subject_id) return;
  ++found.events;
  if (fate.parked_at && !fate.reported_at) {
    ++found.parked;
    return;
  }
  if (!fate.reported_at) ++found.waiting;
  const bool is_settled = fate.reported_at && *fate.reported_at < asked_at.PlusSeconds(-kClocksDifferSeconds);
  const Json metadata = MetadataOf(fate.usage);
  for (Compared& one : meters) {
    if (!one.not_compared.empty()) continue;
    const auto counted = CountOn(one.meter, {fate.usage.event_name, used_at, metadata});
    if (!counted) continue;
    Sums& sums = one.days[DayOf(used_at)];
    (is_settled ? sums.reported : counted->IsNegative() ? sums.removed : sums.added).Add(*counted);
  }
}

Task<Status> CountRecorded(Host& host, const VerificationRequest& request, Timestamp asked_at,
                           std::vector<Compared>& meters, Verification& found) {
  const Timestamp since = request.from.PlusSeconds(-kReadBeforeSeconds);
  for (UsageRow after;;) {
    Result<std::vector<UsageFate>> read = co_await host.store.ReadUsage(since, std::move(after), kReadAtOnce);
    if (!read) co_return std::move(read).error();
    for (const UsageFate& fate : *read) Count(meters, fate, request, asked_at, found);
    if (read->size() < kReadAtOnce) co_return Done{};
    after = std::move(read->back().usage);
  }
}

double ToDouble(const DecimalSum& sum) {
  const auto number = Number::FromJson(sum.ToDecimal().ToJson());
  return number ? number->ToDouble() : 0;
}

bool IsBetween(double value, double least, double most) {
  const double room = kRelative * std::max({1.0, std::fabs(value), std::fabs(least), std::fabs(most)});
  return value >= least - room && value <= most + room;
}

DayOnMeter Compare(std::int64_t day, const Sums& sums, Number at_polar) {
  DayOnMeter compared{.day = Timestamp::FromSeconds(day * kDaySeconds),
                      .recorded = sums.reported,
                      .on_its_way = sums.added + sums.removed,
                      .at_polar = std::move(at_polar)};
  const double least = ToDouble(sums.reported + sums.removed);
  const double most = ToDouble(sums.reported + sums.added);
  compared.agrees = IsBetween(compared.at_polar.ToDouble(), least, most);
  return compared;
}

MeterCheck Judge(Compared one) {
  MeterCheck check{
      .meter_id = one.meter.id, .name = one.meter.name, .not_compared = std::move(one.not_compared), .at_polar = {}};
  if (!check.not_compared.empty()) return check;
  for (const auto& [day, number] : one.at_polar) one.days.try_emplace(day);
  double at_polar = 0;
  for (const auto& [day, sums] : one.days) {
    const auto said = one.at_polar.find(day);
    DayOnMeter compared = Compare(day, sums, said == one.at_polar.end() ? Number() : said->second);
    check.recorded += compared.recorded;
    check.on_its_way += compared.on_its_way;
    at_polar += compared.at_polar.ToDouble();
    if (!compared.agrees) check.drift.push_back(std::move(compared));
  }
  check.at_polar = Number(at_polar);
  return check;
}

}  // namespace

Task<Result<Verification>> VerifyUsage(Host& host, const Settings& settings, VerificationRequest request) {
  Result<std::vector<Meter>> meters = co_await ReadMeters(host, settings);
  if (!meters) co_return std::move(meters).error();
  std::vector<Compared> compared;
  for (Meter& meter : *meters) {
    std::string why = WhyUncountable(meter);
    compared.push_back({.meter = std::move(meter), .not_compared = std::move(why)});
  }
  const Timestamp asked_at = host.clock.Now();
  for (Compared& one : compared) {
    if (!one.not_compared.empty()) continue;
    const Status asked = co_await AskOf(host, settings, request, one);
    if (!asked) co_return asked.error();
  }
  Verification found;
  const Status counted = co_await CountRecorded(host, request, asked_at, compared, found);
  if (!counted) co_return counted.error();
  for (Compared& one : compared) found.meters.push_back(Judge(std::move(one)));
  co_return found;
}

}  // namespace plinto::polar::server
