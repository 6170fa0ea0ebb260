// Carries out cancellations that are kept here (server/store/kept_cancellation.h): at Conekta, a day before the date,
// by one of all servers; and forgets them once the date has come and the mirror knows the end.
#pragma once

#include "server/base/job_run.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

/// Does what is due. Returns when the next is.
[[nodiscard]] Task<JobRun> CarryOutCancellations(Shared& shared);

}  // namespace plinto::polar::server
