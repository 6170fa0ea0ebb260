// Who is calling and for whom: token, membership, policy, in this order, before anything else is looked at.
#pragma once

#include <optional>
#include <string>

#include "server/service/world.h"

namespace plinto::polar::server {

/// A caller who may do what he asked for.
struct Caller {
  AccessToken token;
  Subject subject;
  std::string organization_name;  ///< of an organization, as Plinto knows it; may be empty
};

/// Verifies the token and, for an organization, the caller's role in it. Without one he acts for himself.
/// Errors: TOKEN_*, VALIDATION_FAILED (not a UUID), ORGANIZATION_ACCESS_DENIED, ROLE_NOT_ALLOWED, those of Plinto.
[[nodiscard]] Task<Result<Caller>> Admit(World& world, AccessToken token, std::optional<std::string> organization_id,
                                         Action action);

[[nodiscard]] Result<AccessToken> Authenticate(const World& world, const HttpRequest& request);

}  // namespace plinto::polar::server
