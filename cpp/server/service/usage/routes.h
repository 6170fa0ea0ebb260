// Usage: recorded one by one or in batches, and summed up.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> UsageRoutes();

}  // namespace plinto::polar::server
