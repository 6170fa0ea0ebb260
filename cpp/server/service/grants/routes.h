// `/grants`: what back ends give by hand, with a service key.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> GrantRoutes();

}  // namespace plinto::polar::server
