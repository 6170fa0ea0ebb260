// Caps on one event of one user or organization: set, listed, removed. They are kept by the store, where usage is
// recorded.
#pragma once

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] Task<Result<HttpResponse>> PutUsageLimit(Shared& shared, Context context);
[[nodiscard]] Task<Result<HttpResponse>> ListLimits(Shared& shared, Context context);
[[nodiscard]] Task<Result<HttpResponse>> DeleteUsageLimit(Shared& shared, Context context);

}  // namespace plinto::polar::server
