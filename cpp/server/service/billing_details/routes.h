// What a billing page shows beside the mirror, asked of Polar each time: payment methods and invoices.
#pragma once

#include <span>

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] std::span<const Route> BillingDetailRoutes();

}  // namespace plinto::polar::server
