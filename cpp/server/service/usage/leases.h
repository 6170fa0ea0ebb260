// A part of a balance set aside before the work is done; then committed, or given back.
#pragma once

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] Task<Result<HttpResponse>> PostReservation(Shared& shared, Context context);
[[nodiscard]] Task<Result<HttpResponse>> PostCommit(Shared& shared, Context context);
[[nodiscard]] Task<Result<HttpResponse>> PostRelease(Shared& shared, Context context);

}  // namespace plinto::polar::server
