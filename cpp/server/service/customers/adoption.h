// A customer that Polar has already, under an e-mail that a user of Plinto has: when it is theirs, and when it is not.
//
// An e-mail alone proves nothing: anybody may sign up with somebody else's. A customer is adopted by it only when
// Plinto has verified the address, the customer is an individual, and no external id ties it to somebody else. That
// Polar has not verified the address does not matter: whoever typed it in at a checkout got no right to it.
#pragma once

#include "core/polar/client.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

struct EmailClaim {
  Subject subject;
  std::string email;
  bool is_verified = false;  ///< by Plinto
};

/// Ties the customer with this e-mail to the subject, by setting its external id at Polar. Stores nothing.
/// Errors: CONFLICT, with the reason, when it is not provably the subject's; those of Polar.
[[nodiscard]] Task<Result<CustomerRow>> AdoptByEmail(Host& host, const Settings& settings, EmailClaim claim,
                                                     Timestamp deadline);

/// Polar's customers tell their kind by being a team, or, where the account has none, by their metadata. An external id
/// alone does not: who may only name ids could have a user's customer taken for an organization's.
[[nodiscard]] bool StandsForOrganization(const Customer& customer);
[[nodiscard]] Json OrganizationMark();

[[nodiscard]] Error EmailTaken();
[[nodiscard]] Error OrganizationForUser();
[[nodiscard]] Error UserForOrganization();

[[nodiscard]] CustomerRow RowOf(Subject subject, const Customer& customer);

}  // namespace plinto::polar::server
