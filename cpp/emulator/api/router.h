// Finds the route of a request and checks what Polar checks before any route runs: version, CORS, size, token, and what
// FastAPI checks before it looks anything up.
//
// Their order: an invalid token, a body that is no JSON, a token that is missing or may not, and then path, query and
// body together. A handler that reads a body adds what is wrong with it to the path's issues and answers before it
// looks for what the path names (Issues::Refusal).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/api/lists.h"

namespace plinto::polar::emulator {

struct World;
struct Fault;
struct Session;

/// A request on its route.
struct Call {
  const HttpRequest& request;
  std::vector<std::string> path;  ///< The values of the pattern's `{...}` segments, decoded; ids in lower case.
  ListQuery query;
  const Session* session = nullptr;  ///< Of the portal's routes.
  Issues issues = {};                ///< Of the path. Empty on routes without a body.
};

enum class RequestBody : std::uint8_t {
  kByMethod,  ///< POST, PATCH and PUT have one.
  kNone,      ///< What is sent is not read.
};

enum class Access : std::uint8_t {
  kOrganization,  ///< The organization's access token.
  kSession,       ///< A customer's or member's session token: the portal API.
  kBilling,       ///< The same, of somebody who may manage billing (MayManageBilling).
  kManager,       ///< A session of an owner or billing manager; none of a customer without a member.
  kPublic,        ///< Nothing, or a secret in the path: client checkouts and pages.
};

struct Route {
  std::string_view method;
  std::string_view pattern;  ///< `/v1/customers/{id}/state`
  Access access;
  HttpResponse (*handler)(World& world, const Call& call);
  RequestBody body = RequestBody::kByMethod;
};
[[nodiscard]] inline bool TakesBody(const Route& route) {
  return route.body == RequestBody::kByMethod && route.method != "GET" && route.method != "DELETE";
}

/// A request's route, by method and path.
struct FoundRoute {
  const Route* route = nullptr;
  std::vector<std::string> values = {};  ///< Of the pattern's `{...}` segments, decoded.
  bool path_exists = false;              ///< Another method may be all that is wrong.
};
/// A literal segment wins over a variable one: /v1/customers/external/{...} is listed after /v1/customers/{id}/state.
[[nodiscard]] FoundRoute FindRoute(std::span<const std::span<const Route>> routes, std::string_view method,
                                   std::string_view path);
/// The answer that a fault gives instead: `failed` for a server error, a slow one is the given answer with
/// kDelayHeader, a cut one has status 0.
[[nodiscard]] HttpResponse FaultyAnswer(const Fault& fault, HttpResponse answer, HttpResponse failed);

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
