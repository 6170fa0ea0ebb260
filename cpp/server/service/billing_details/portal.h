// `GET /customer/portal`: the page of whoever takes the subject's payments.
#pragma once

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] Task<Result<HttpResponse>> GetPortalUrl(Shared& shared, Context context);

}  // namespace plinto::polar::server
