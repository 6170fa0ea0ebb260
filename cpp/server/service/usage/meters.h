// The meters of the Polar account that balances are kept on, held in memory for five minutes.
//
// Polar is asked by one at a time. While Polar does not answer, what is held stays good for a day. A name that is not
// among them is looked for once more: its meter may have been made since. For coroutines of one executor thread.
#pragma once

#include "core/billing/usage/countable_meter.h"
#include "server/base/async/single_flight.h"
#include "server/service/call_terms.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

class MeterCatalog {
 public:
  /// Both outlive this.
  MeterCatalog(Host& host, const Settings& settings) : host_(host), settings_(settings) {}

  /// The meter by its id or name, or the only one that counts the event. Errors, naming `meter` or `event_name`:
  /// METER_UNKNOWN, METER_NOT_RESERVABLE; VALIDATION_FAILED where several are meant, or it counts another event; those
  /// of Polar when nothing is held.
  [[nodiscard]] Task<Result<CountableMeter>> FindFor(std::string event_name, std::optional<std::string> meter,
                                                     CallTerms terms);
  /// The meter by its id or name, or by the event that it counts. Errors: the same, naming `meter`.
  [[nodiscard]] Task<Result<CountableMeter>> Find(std::string name, CallTerms terms);

 private:
  using Matching = std::vector<Meter> (*)(const std::vector<Meter>& meters, const std::string& name);
  /// Those that match; asked for anew where none of those that are held does.
  [[nodiscard]] Task<Result<std::vector<Meter>>> FindMatching(Matching matching, std::string name, CallTerms terms);
  [[nodiscard]] Task<void> Refresh(CallTerms terms);
  [[nodiscard]] bool IsYounger(std::int64_t seconds) const;

  Host& host_;
  const Settings& settings_;
  SingleFlight flight_;
  std::vector<Meter> meters_;
  std::optional<Timestamp> fetched_at_;
  std::optional<Timestamp> failed_at_;
  Error failure_;
};

}  // namespace plinto::polar::server
