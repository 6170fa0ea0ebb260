// Compares what was recorded here with what Polar's meters have counted, meter by meter and day by day (UTC).
//
// Polar's meters are asked first, and what is recorded is read afterwards: whatever had been reported before must be
// at Polar, and nothing may be there that is not recorded by then. What is on its way in between may be on either side.
// Only events that are stored here are known: not those of other programs, nor what retention or an erasure has
// removed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/decimal_sum.h"
#include "core/model/meter.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// Polar answers with as many days at most.
inline constexpr std::int64_t kMostVerifiedDays = 366;

struct VerificationRequest {
  Timestamp from;                              ///< the beginning of a day
  Timestamp to;                                ///< the end of one, not in it
  std::optional<std::string> subject_id = {};  ///< of one alone
};

struct DayOnMeter {
  Timestamp day;
  DecimalSum recorded = {};    ///< and reported before Polar was asked
  DecimalSum on_its_way = {};  ///< reported since, or not yet
  Number at_polar;
  bool agrees = true;
};

struct MeterCheck {
  std::string meter_id;
  std::string name;
  std::string not_compared = {};  ///< why; empty of one that is
  DecimalSum recorded = {};
  DecimalSum on_its_way = {};
  Number at_polar;
  std::vector<DayOnMeter> drift = {};  ///< the days that do not agree

  [[nodiscard]] bool Agrees() const { return not_compared.empty() && drift.empty(); }
};

struct Verification {
  std::vector<MeterCheck> meters;
  std::int64_t events = 0;   ///< recorded in the span
  std::int64_t waiting = 0;  ///< of these, not reported yet
  std::int64_t parked = 0;   ///< given up, so that Polar does not have them
};

/// Errors: those of Polar's answers (polar_call.h), STORE_FAILED.
[[nodiscard]] Task<Result<Verification>> VerifyUsage(Host& host, const Settings& settings, VerificationRequest request);

}  // namespace plinto::polar::server
