// What is published about this server: its OpenAPI document and the keys of its tokens.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> DocumentRoutes();

}  // namespace plinto::polar::server
