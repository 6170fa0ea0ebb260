// Plans: one amount, one interval, and how often a refused renewal is tried again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {
struct World;
struct Route;
}  // namespace plinto::polar::emulator

namespace plinto::polar::emulator::conekta {

struct Plan {
  std::string id = {};
  Timestamp created_at = {};
  std::string name = {};
  std::int64_t amount = 0;
  std::string currency = "MXN";
  std::string interval = {};  ///< `week`, `half_month`, `month` or `year`.
  std::int64_t frequency = 1;
  std::optional<std::int64_t> trial_period_days = {};
  std::optional<std::int64_t> expiry_count = {};  ///< Charges after which a subscription ends.
  std::int64_t max_retries = 3;
  std::int64_t retry_delay_hours = 48;
  bool deleted = false;  ///< What runs on it goes on.
};

/// Where the cycle that begins at `start` ends. Months and years are the calendar's, `anchor_day` is the first cycle's
/// day of the month; half a month is 15 days.
[[nodiscard]] Timestamp CycleEnd(const Plan& plan, Timestamp start, int anchor_day);
/// Deleted ones are not found.
[[nodiscard]] Plan* FindPlan(World& world, std::string_view id);
[[nodiscard]] Json RenderPlan(const Plan& plan);

[[nodiscard]] std::span<const Route> PlanRoutes();

}  // namespace plinto::polar::emulator::conekta
