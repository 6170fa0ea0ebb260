// What is for sale, and by whose payment provider.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> ProductRoutes();

}  // namespace plinto::polar::server
