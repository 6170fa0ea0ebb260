// What is left of a customer's credits on a meter: Polar's last word, and what Polar has not said yet.
//
// Pure. Polar's figure is late by up to three hours, and does not say which events are in it. The ledger is an upper
// bound of what has been used: it begins with Polar's figure and all of ours that may be missing from it, counts each
// event of ours when it is recorded, rises to Polar's figure where that is higher (somebody else reports to the meter
// too), and goes down only to what Polar's figure and the events that may be missing from it come to. Why so:
// docs/decisions/server/leases.md.
#pragma once

#include <optional>
#include <vector>

#include "core/foundation/decimal_sum.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar {

/// Polar updates a figure 15 s to 3 h after the usage; as much again for its queues and for clocks that differ.
inline constexpr std::int64_t kFigureLagSeconds = 21'600;

/// What Polar has said of a customer's meter.
struct MeterFigure {
  DecimalSum consumed = {};
  std::int64_t credited = 0;
  Timestamp as_of = {};                       ///< by Polar's clock
  std::vector<Timestamp> period_starts = {};  ///< of the customer's subscriptions: a meter is reset at one of them
};

struct MeterLedger {
  DecimalSum used = {};
  DecimalSum leased = {};
  DecimalSum consumed = {};     ///< as Polar said last
  std::int64_t credited = 0;    ///< the same
  Timestamp as_of = {};         ///< when Polar said so; none yet where it is the first time there is
  Timestamp period_start = {};  ///< the last one before that
  Timestamp counted_at = {};    ///< when an event was counted last
  bool took_back = false;       ///< a quantity below 0 was counted in this period
  int told = 0;                 ///< the threshold that the application was told of: 0, 80 or 100

  [[nodiscard]] DecimalSum Balance() const { return DecimalSum(credited) - used - leased; }
};

/// From when on ours may be missing from a newer figure, if what was used is to be counted again: then Observe() wants
/// the sum of our events that Polar has not confirmed, or has since then. None where the figure only goes on.
[[nodiscard]] std::optional<Timestamp> CountsAgainFrom(const MeterLedger& ledger, const MeterFigure& figure);

/// Takes a figure in; one that is not newer changes nothing. `missing`: as CountsAgainFrom() asks for.
void Observe(MeterLedger& ledger, const MeterFigure& figure, const std::optional<DecimalSum>& missing);

/// An event of ours was recorded.
void CountUsage(MeterLedger& ledger, const Decimal& units, Timestamp now);

/// 100, 80 or 0: the highest threshold that this part of the whole has reached. 0 of nothing.
[[nodiscard]] int ThresholdReached(const DecimalSum& used, const DecimalSum& whole);

}  // namespace plinto::polar
