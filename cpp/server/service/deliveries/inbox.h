// The inbox of deliveries: kept and acknowledged when they come, worked off afterwards, in any order.
//
// It has queues by what a delivery waits for. Polar's events become facts for the mirror, which waits for nobody: they
// are worked off here, many at once. Plinto's wait for Polar, and Conekta's for Conekta: they have queues of their own
// (event_queue.h).
#pragma once

#include <optional>

#include "server/base/job_run.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

/// Stores a delivery that is known to be from who it says. False when it is known already. Errors: STORE_FAILED.
[[nodiscard]] Task<Result<bool>> StoreDelivery(Shared& shared, WebhookRow webhook);

/// Stores a delivery whose signature holds, and acknowledges it. One that is known already is acknowledged as well.
/// Errors: STORE_FAILED.
[[nodiscard]] Task<Result<HttpResponse>> KeepDelivery(Shared& shared, WebhookRow webhook, int status = 202);

/// Works off Polar's deliveries that are due. Returns when the next one will be, if any waits.
[[nodiscard]] Task<JobRun> ProcessInbox(Shared& shared);

}  // namespace plinto::polar::server
