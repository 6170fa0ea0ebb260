// What products cost in Mexico, in the price list: beside Polar's prices, in Conekta's currency.
#pragma once

#include <vector>

#include "core/gateway/products.h"
#include "server/service/call_terms.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// Adds Conekta's price to each offer of an entry that has one, and its quote; what Polar sells in that currency stays
/// as it is. A plan is asked for at Conekta. Where that does not answer, the plans' prices are left out.
[[nodiscard]] Task<void> AddConektaPrices(Host& host, const Settings& settings, std::vector<ProductOffer>& offers,
                                          Timestamp deadline);

}  // namespace plinto::polar::server
