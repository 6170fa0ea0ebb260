// Where a checkout stands: from the store, or from its provider when what is stored may have changed since.
#pragma once

#include <string>

#include "server/service/shared.h"

namespace plinto::polar::server {

/// Of a checkout that the provider says is paid, what was bought is in the mirror when this returns: `/access` says the
/// same, with or without a webhook. Where it cannot be fetched, the checkout is asked about again the next time.
/// Errors: NOT_FOUND when the subject has started no checkout with this id; STORE_FAILED.
[[nodiscard]] Task<Result<CheckoutRow>> ReadCheckout(Shared& shared, Subject subject, std::string id,
                                                     Timestamp deadline);

}  // namespace plinto::polar::server
