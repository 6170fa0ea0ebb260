// What has become of one recorded event: `GET /usage/event`.
#pragma once

#include "core/gateway/usage_fate.h"
#include "server/service/route.h"
#include "server/store/rows.h"

namespace plinto::polar::server {

/// As it is told.
[[nodiscard]] UsageEventFate ToldOf(const UsageFate& fate);

[[nodiscard]] Task<Result<HttpResponse>> GetUsageEvent(Shared& shared, Context context);

}  // namespace plinto::polar::server
