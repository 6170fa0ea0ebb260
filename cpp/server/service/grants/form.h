// A grant by hand out of what was asked for, and back into what is answered: for the routes and for `plinto-polar
// grant`.
#pragma once

#include <span>

#include "core/billing/plan.h"
#include "core/gateway/grants.h"
#include "server/base/random.h"
#include "server/store/grants.h"

namespace plinto::polar::server {

/// A grant that may be stored. `options` hold what the codec checks. Errors: VALIDATION_FAILED for neither or both of
/// tier and features, a tier that PRODUCTS does not have, and dates that give nothing.
[[nodiscard]] Result<GrantRow> NewGrant(const AccessGrantOptions& options, Subject subject, std::string by,
                                        std::span<const Plan> plans, Random& random, Timestamp now);

/// The grant that is kept. Errors: CONFLICT where the external id names another grant, or the subject has too many;
/// CUSTOMER_NOT_FOUND where Plinto has deleted the subject.
[[nodiscard]] Result<GrantRow> KeptGrant(AddedGrant added, const GrantRow& asked, const AccessGrantOptions& options);

[[nodiscard]] AccessGrant ViewOf(const GrantRow& row);

}  // namespace plinto::polar::server
