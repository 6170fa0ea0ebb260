// Starting a checkout, once per Idempotency-Key, and where it stands.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> CheckoutRoutes();

}  // namespace plinto::polar::server
