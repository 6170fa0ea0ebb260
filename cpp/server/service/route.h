// A route of the service: an operation of our API (core/gateway/routes.h) and the function that answers it.
#pragma once

#include "core/foundation/http.h"
#include "core/foundation/result.h"
#include "core/gateway/routes.h"
#include "server/base/async/task.h"

namespace plinto::polar::server {

struct Context;
struct Shared;

using RouteHandler = Task<Result<HttpResponse>> (*)(Shared& shared, Context context);

struct Route {
  Operation operation;
  RouteHandler handler;
};

}  // namespace plinto::polar::server
