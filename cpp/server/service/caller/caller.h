// Who is calling and for whom: credentials, membership, policy, in this order, before anything else is looked at.
//
// The one place where the table of core/billing/access/access_policy.h is applied to requests. The subject of a user's
// request is the organization that `organization_id` names, else the user. A service key acts for the organization, or
// for the user of `user_id`; with both, for the organization in the name of the user.
#pragma once

#include <optional>
#include <string>

#include "server/service/caller/service_keys.h"
#include "server/service/host.h"

namespace plinto::polar::server {

/// What a request proves of its sender. Nothing on routes that ask for nothing, or for a signature.
struct Credentials {
  std::optional<AccessToken> token = {};
  std::optional<ServiceKey> key = {};  ///< instead of a token; never on requests that bear an `Origin`
};

/// Whom a request names.
struct SubjectNames {
  std::optional<std::string> organization_id = {};
  std::optional<std::string> user_id = {};
};

/// A caller who may do what they asked for.
struct Caller {
  std::optional<AccessToken> token;    ///< to ask Plinto in the user's name; a service key has none
  std::string actor;                   ///< who acts: a user's id or `key:` and a key's; never the same for two of them
  std::optional<std::string> user_id;  ///< the user who acts, or in whose name a key does
  Subject subject;
  OrganizationProfile organization = {};     ///< where the subject is one, as Plinto knows it
  std::optional<CustomerRow> customer = {};  ///< the subject's, as it was stored when they were admitted
};

/// Reads and checks what the action asks for: nothing for public routes and signed deliveries.
/// Errors: TOKEN_*, those of TokenVerifier, STORE_FAILED.
[[nodiscard]] Task<Result<Credentials>> Identify(Host& host, ServiceKeys& keys, const HttpRequest& request,
                                                 Action action);

/// Checks that the sender may do this to this subject; for an organization, by their role in it.
/// Errors: VALIDATION_FAILED (not a UUID, a key without a subject), ORGANIZATION_ACCESS_DENIED, ROLE_NOT_ALLOWED, those
/// of Plinto; TOKEN_INVALID and CUSTOMER_NOT_FOUND of a user or organization that Plinto has deleted.
[[nodiscard]] Task<Result<Caller>> Admit(Host& host, Credentials credentials, SubjectNames names, Action action);

}  // namespace plinto::polar::server
