// What Polar, Conekta and Plinto deliver: verified, stored and acknowledged; the inbox works it off.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> DeliveryRoutes();

}  // namespace plinto::polar::server
