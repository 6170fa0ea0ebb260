// Meters: what is counted from usage events, and how.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Route;

struct Meter {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string name = {};
  std::string unit = "scalar";  ///< scalar, token or custom
  std::optional<std::string> custom_label = {};
  std::optional<std::int64_t> custom_multiplier = {};
  Json filter = Json::object({{"conjunction", "and"}, {"clauses", Json::array()}});  ///< As the API gives it.
  Json aggregation = Json::object({{"func", "count"}});                              ///< Likewise.
  Json metadata = Json::object();
  std::optional<Timestamp> archived_at = {};
};

/// `Meter`
[[nodiscard]] Json RenderMeter(const World& world, const Meter& meter);

[[nodiscard]] std::span<const Route> MeterRoutes();

}  // namespace plinto::polar::emulator
