// Who is calling and for whom: credentials, membership, policy, in this order, before anything else is looked at.
//
// The one place where the table of core/billing/access_policy.h is applied to requests. The subject of a request is
// the organization that `organization_id` names, else the signed-in user.
#pragma once

#include <optional>
#include <string>

#include "server/service/world.h"

namespace plinto::polar::server {

/// What a request proves of its sender. Nothing on routes that ask for nothing, or for a signature.
struct Credentials {
  std::optional<AccessToken> token = {};
};

/// A caller who may do what he asked for.
struct Caller {
  std::optional<AccessToken> token;  ///< to ask Plinto in the user's name
  std::string actor;                 ///< who acts: the user's id; never the same for two of them
  Subject subject;
  std::string organization_name;  ///< of an organization, as Plinto knows it; may be empty
};

/// Reads and checks what the action asks for: nothing for public routes and signed deliveries.
/// Errors: TOKEN_*, and those of TokenVerifier.
[[nodiscard]] Task<Result<Credentials>> Identify(World& world, const HttpRequest& request, Action action);

/// Checks that the sender may do this to this subject; for an organization, by his role in it.
/// Errors: VALIDATION_FAILED (not a UUID), ORGANIZATION_ACCESS_DENIED, ROLE_NOT_ALLOWED, those of Plinto.
[[nodiscard]] Task<Result<Caller>> Admit(World& world, Credentials credentials,
                                         std::optional<std::string> organization_id, Action action);

}  // namespace plinto::polar::server
