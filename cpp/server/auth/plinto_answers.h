// Plinto's answers, read: the user, the membership, and the several shapes of its errors.
#pragma once

#include <string_view>

#include "server/auth/plinto.h"
#include "server/upstream/http_client.h"

namespace plinto::polar::server {

/// Errors: TOKEN_INVALID (401, and 403: Plinto knows the user but refuses them), UPSTREAM_FAILED, UPSTREAM_TIMEOUT,
/// UPSTREAM_ANSWER_INVALID (also when it is not the user of the token).
[[nodiscard]] Result<PlintoUser> ParsePlintoUser(const HttpOutcome& outcome, std::string_view user_id);

/// 403 and 404 are memberships without a role. Errors: as above, without the 403.
[[nodiscard]] Result<Membership> ParseMembership(const HttpOutcome& outcome);

}  // namespace plinto::polar::server
