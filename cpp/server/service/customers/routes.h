// A subject's customer: made, sent to Polar's portal, forgotten.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> CustomerRoutes();

}  // namespace plinto::polar::server
