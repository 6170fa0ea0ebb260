// Many usage events in one request, each with a result of its own; all that are accepted are stored in one transaction.
#pragma once

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] Task<Result<HttpResponse>> PostUsageBatch(Shared& shared, Context context);

}  // namespace plinto::polar::server
