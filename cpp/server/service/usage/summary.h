// What a subject used, summed up by event and by day or month, from the store.
#pragma once

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] Task<Result<HttpResponse>> GetUsageSummary(Shared& shared, Context context);

}  // namespace plinto::polar::server
