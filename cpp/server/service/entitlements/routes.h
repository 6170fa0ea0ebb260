// What a subject may use, and a signed token that says so.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> EntitlementRoutes();

}  // namespace plinto::polar::server
