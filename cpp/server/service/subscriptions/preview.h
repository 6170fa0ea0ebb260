// `GET /subscriptions/{id}/preview`: what a change would cost, by the core's rule
// (core/billing/pricing/change_preview.h). Nothing is changed.
#pragma once

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] Task<Result<HttpResponse>> PreviewSubscription(Shared& shared, Context context);

}  // namespace plinto::polar::server
