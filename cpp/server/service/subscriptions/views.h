// A subscription of the mirror as our API shows it.
#pragma once

#include "core/gateway/customer.h"
#include "core/model/subscription.h"

namespace plinto::polar::server {

[[nodiscard]] CustomerSubscription ViewOf(const Subscription& one);

}  // namespace plinto::polar::server
