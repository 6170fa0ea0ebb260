// Where a checkout stands: from the store, or from Polar when what is stored may have changed since.
#pragma once

#include <string>

#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// Errors: NOT_FOUND when the subject has started no checkout with this id; STORE_FAILED.
[[nodiscard]] Task<Result<CheckoutRow>> ReadCheckout(Host& host, const Settings& settings, Subject subject,
                                                     std::string id);

}  // namespace plinto::polar::server
