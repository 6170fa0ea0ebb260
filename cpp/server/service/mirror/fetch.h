// Reads from Polar all that the mirror holds of one customer. Webhooks keep it up from then on.
#pragma once

#include <string>

#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// Of each kind of object at most so many, the newest.
inline constexpr std::int64_t kMaxFetched = 1'000;

/// State, subscriptions, orders, refunds, grants and seats, each as old as the request that asked for it, by Polar's
/// clock (polar_clock.h). A customer
/// that Polar does not have (any more) is told as deleted.
/// Errors: those of Polar.
[[nodiscard]] Task<Result<Facts>> FetchCustomer(Host& host, const Settings& settings, std::string polar_customer_id,
                                                Timestamp deadline);

}  // namespace plinto::polar::server
