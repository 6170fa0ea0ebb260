// What the mirror holds of a subject: the whole, its entitlements, and lists by page.
#pragma once

#include "server/service/route.h"

namespace plinto::polar::server {

[[nodiscard]] Task<Result<HttpResponse>> GetCustomerData(Shared& shared, Context context);
[[nodiscard]] Task<Result<HttpResponse>> GetCustomerState(Shared& shared, Context context);
[[nodiscard]] Task<Result<HttpResponse>> ListSubscriptions(Shared& shared, Context context);
[[nodiscard]] Task<Result<HttpResponse>> ListOrders(Shared& shared, Context context);
[[nodiscard]] Task<Result<HttpResponse>> ListBenefits(Shared& shared, Context context);
[[nodiscard]] Task<Result<HttpResponse>> ListMeters(Shared& shared, Context context);

}  // namespace plinto::polar::server
