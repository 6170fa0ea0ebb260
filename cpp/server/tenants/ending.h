// The end of a tenant that an operator has removed: nobody leaves without their last notification, and no usage
// unbilled.
#pragma once

#include "server/tenants/tenant.h"

namespace plinto::polar::server {

/// So long a tenant stays at least: every server on the database has read by then that it is ending.
inline constexpr std::int64_t kEndingSeconds = 5;

/// Writes the last notification of each customer, where the tenant has an application that is told. True once all of
/// them are delivered and all usage is reported, and nothing of either was given up: then the tenant may go.
/// Its jobs run meanwhile. Errors: STORE_FAILED.
[[nodiscard]] Task<Result<bool>> WorkOffEnding(Tenant& tenant, Timestamp now);

}  // namespace plinto::polar::server
