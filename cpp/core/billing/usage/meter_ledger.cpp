#include "core/billing/usage/meter_ledger.h"

#include <algorithm>

namespace plinto::polar {
namespace {

// By so much our clock may be behind Polar's.
constexpr std::int64_t kClockSeconds = 300;

/// The latest start of a period that the figure may know of.
Timestamp LatestStart(const MeterFigure& figure) {
  Timestamp latest;
  for (const Timestamp start : figure.period_starts) {
    if (start <= figure.as_of) latest = std::max(latest, start);
  }
  return latest;
}

/// The first period that began within the lag: the meter was not reset before.
std::optional<Timestamp> FirstStartSince(const MeterFigure& figure, Timestamp since) {
  std::optional<Timestamp> first;
  for (const Timestamp start : figure.period_starts) {
    if (start < since || start > figure.as_of) continue;
    first = first ? std::min(*first, start) : start;
  }
  return first;
}

}  // namespace

std::optional<Timestamp> CountsAgainFrom(const MeterLedger& ledger, const MeterFigure& figure) {
  if (figure.as_of <= ledger.as_of) return std::nullopt;
  const Timestamp since = figure.as_of.PlusSeconds(-kFigureLagSeconds);
  const bool is_first = ledger.as_of == Timestamp{};
  const bool has_dropped = !is_first && figure.consumed < ledger.consumed;
  const bool is_quiet = ledger.counted_at <= since;
  const bool is_changed =
      is_first || has_dropped || figure.credited != ledger.credited || LatestStart(figure) != ledger.period_start;
  if (!is_changed && !is_quiet) return std::nullopt;
  // Consumption that has dropped was reset, unless usage was taken back: what Polar had before counts no more.
  if (!has_dropped || ledger.took_back) return since;
  const std::optional<Timestamp> start = FirstStartSince(figure, since);
  return start ? std::max(since, start->PlusSeconds(-kClockSeconds)) : since;
}

void Observe(MeterLedger& ledger, const MeterFigure& figure, const std::optional<DecimalSum>& missing) {
  if (figure.as_of <= ledger.as_of) return;
  const bool is_first = ledger.as_of == Timestamp{};
  if (is_first || figure.consumed > ledger.used) ledger.used = figure.consumed;
  if (missing) {
    const DecimalSum counted = figure.consumed + *missing;
    ledger.used = is_first ? counted : std::min(ledger.used, counted);
  }
  const Timestamp period_start = LatestStart(figure);
  const bool has_dropped = figure.consumed < ledger.consumed;
  if (has_dropped) ledger.took_back = false;
  // Not where it was only counted again: each threshold is told once.
  const bool begins_anew = has_dropped || figure.credited != ledger.credited || period_start != ledger.period_start;
  ledger.consumed = figure.consumed;
  ledger.credited = figure.credited;
  ledger.as_of = figure.as_of;
  ledger.period_start = period_start;
  if (begins_anew) ledger.told = std::min(ledger.told, ThresholdReached(ledger.used, ledger.credited));
}

void CountUsage(MeterLedger& ledger, const Decimal& units, Timestamp now) {
  ledger.used.Add(units);
  ledger.counted_at = std::max(ledger.counted_at, now);
  ledger.took_back = ledger.took_back || units.IsNegative();
}

int ThresholdReached(const DecimalSum& used, const DecimalSum& whole) {
  if (whole <= DecimalSum(0)) return 0;
  if (used >= whole) return 100;
  const DecimalSum twice = used + used;
  const DecimalSum doubled = whole + whole;
  return twice + twice + used >= doubled + doubled ? 80 : 0;
}

}  // namespace plinto::polar
