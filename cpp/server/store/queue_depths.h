// How much waits in the queues, and how much was given up, over all tenants: for operators.
#pragma once

#include <cstdint>

namespace plinto::polar::server {

struct QueueDepths {
  std::int64_t webhooks_waiting = 0;       ///< stored, to be processed now or later
  std::int64_t webhooks_parked = 0;        ///< given up with a reason
  std::int64_t usage_waiting = 0;          ///< stored, to be reported to Polar
  std::int64_t usage_parked = 0;           ///< refused by Polar
  std::int64_t notifications_waiting = 0;  ///< stored, to be delivered to the application
  std::int64_t notifications_parked = 0;   ///< given up with a reason

  bool operator==(const QueueDepths&) const = default;
};

}  // namespace plinto::polar::server
