// A subject's subscriptions, changed at Polar and at once in the mirror, and what the mirror lists beside them.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> SubscriptionRoutes();

}  // namespace plinto::polar::server
