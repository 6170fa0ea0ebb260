// Finds the route of a request and checks what Polar checks before any route runs: version, CORS, size, token.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "emulator/api/answers.h"
#include "emulator/api/lists.h"

namespace plinto::polar::emulator {

struct World;
struct Session;

/// A request on its route.
struct Call {
  const HttpRequest& request;
  std::vector<std::string> path;  ///< The values of the pattern's `{...}` segments, decoded.
  ListQuery query;
  const Session* session = nullptr;  ///< Of routes with Access::kSession.
};

enum class Access : std::uint8_t {
  kOrganization,  ///< The organization's access token.
  kSession,       ///< A customer's or member's session token: the portal API.
  kPublic,        ///< Nothing, or a secret in the path: client checkouts and pages.
};

struct Route {
  std::string_view method;
  std::string_view pattern;  ///< `/v1/customers/{id}/state`
  Access access;
  HttpResponse (*handler)(World& world, const Call& call);
};

/// An answer, and the pattern of the route that gave or refused it; empty when none matched.
struct Dispatched {
  HttpResponse answer;
  std::string_view route;
};
/// Answers one request at `world.now`.
[[nodiscard]] Dispatched Dispatch(World& world, const HttpRequest& request);

/// Answers 501 for a route that the emulator lacks and that would otherwise match the `{id}` of another route.
[[nodiscard]] HttpResponse AnswerMissing(World& world, const Call& call);

}  // namespace plinto::polar::emulator
