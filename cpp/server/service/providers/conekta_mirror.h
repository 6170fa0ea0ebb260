// What Conekta says now, brought into the mirror: before a route answers, and before a kept cancellation is forgotten.
#pragma once

#include <string>

#include "server/service/call_terms.h"
#include "server/service/mirror/conekta_fetch.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

/// Reads the customer's subscriptions at Conekta, and this order where one is named, and stores them together with
/// `more`. Errors: those of Conekta, NOT_FOUND where it does not have the customer; STORE_FAILED.
[[nodiscard]] Task<Status> MirrorConekta(Shared& shared, ConektaOwner owner, std::string order_id, Facts more,
                                         CallTerms terms);

}  // namespace plinto::polar::server
