// What Polar tried to deliver and could not, taken from its list of deliveries as if it had been delivered.
//
// The list comes over an authenticated connection from Polar itself, so nothing in it needs a signature. An event has
// the same id there as in the header `webhook-id` (Polar's webhook/tasks.py), so none is processed twice.
#pragma once

#include <string>
#include <vector>

#include "server/service/shared.h"

namespace plinto::polar::server {

/// By Polar's clock, without either end.
struct DeliveryWindow {
  Timestamp from;
  Timestamp until;
  bool failed_only = true;
};

struct MissedDeliveries {
  Timestamp from;            ///< where the next window begins
  bool is_read = false;      ///< to the end of the window
  std::int64_t stored = 0;   ///< that were not known
  std::int64_t emptied = 0;  ///< that Polar lists without their content, after 90 days
};

/// Stores what these endpoints did not take, the oldest first, with ten requests for pages at most. Where that is not
/// all, or Polar or the store fails on the way, the next window begins where this one has come to.
[[nodiscard]] Task<MissedDeliveries> TakeMissedDeliveries(Shared& shared, std::vector<std::string> endpoints,
                                                          DeliveryWindow window);

}  // namespace plinto::polar::server
