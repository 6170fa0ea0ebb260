// The subscription that a route is about: the caller's own, and what is asked of it.
#pragma once

#include <string>

#include "core/gateway/subscriptions.h"
#include "core/model/subscription.h"
#include "server/service/caller/context.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

/// The subscription of the path, from the mirror. Errors: NOT_FOUND when it is not the caller's.
[[nodiscard]] Task<Result<Subscription>> FindOwnSubscription(Shared& shared, const Context& context, Caller caller);

/// The product that a change is to; empty for one of seats. Errors: PRODUCT_UNKNOWN.
[[nodiscard]] Result<std::string> ProductOf(const Settings& settings, const ChangeOptions& change);
/// How the change names it.
[[nodiscard]] std::string ProductFieldOf(const ChangeOptions& change);
/// May a buyer choose how the change to this product is billed? Errors: VALIDATION_FAILED.
[[nodiscard]] Status CheckProrationIsOpen(const Settings& settings, const std::string& product_id,
                                          const ChangeOptions& change);

}  // namespace plinto::polar::server
