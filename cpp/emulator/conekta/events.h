// Events: what happened, as GET /events lists it and as the webhooks are told.
#pragma once

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

struct Event {
  std::string id = {};
  std::string type = {};
  Timestamp created_at = {};
  Json data = {};
  std::string subject = {};  ///< The object's id.
};

/// Every type that a webhook may ask for.
[[nodiscard]] std::span<const std::string_view> EventTypes();

/// Notes that something happened to `object`, as it is now, and tells the webhooks that want to know. `previous`: what
/// the members that changed were.
void Tell(World& world, std::string_view type, Json object, Json previous = Json::object());
/// The same with all of `data`, to one webhook only if it is named.
void TellData(World& world, std::string_view type, Json data, std::string_view webhook_id);
/// With what became of its deliveries.
[[nodiscard]] Json RenderEvent(const World& world, const Event& event);

[[nodiscard]] std::span<const Route> EventRoutes();

}  // namespace plinto::polar::emulator::conekta
