// Finds the route of a request: which operation a path and a method ask for, below which mount, with which query.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/service/route.h"

namespace plinto::polar::server {

/// The routes of all rooms. Every operation of our API has one, but for the probes of the process, which are answered
/// before the service (http/middleware.h).
[[nodiscard]] std::vector<Route> AllRoutes();

struct RouteMatch {
  const RouteFact* route = nullptr;
  RouteHandler handler = nullptr;
  std::string allowed = {};  ///< the methods that the path answers to; empty when there is no such path
  std::vector<std::pair<std::string, std::string>> query = {};
  std::string id = {};  ///< what stands for `{id}` in the path, as it was sent
};

/// Looks below `/polar` and `/api/v1/polar`, for documents at the root as well.
[[nodiscard]] RouteMatch FindRoute(const HttpRequest& request);

/// Bytes of body that an operation takes.
[[nodiscard]] std::size_t BodyLimitOf(Operation operation);

/// What is not understood is refused by name, and so is what stands twice and may stand once: a parameter that the
/// route does not know (a misspelled one would widen the question), a header that has one value, a body where none is
/// taken, a coding of the body that the route does not undo.
/// Errors: UNKNOWN_FIELD, VALIDATION_FAILED, with the parameter, the header or `body` as field.
[[nodiscard]] Status CheckForm(const RouteMatch& match, const HttpRequest& request);

}  // namespace plinto::polar::server
