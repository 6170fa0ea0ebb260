// A customer that Polar has already, under an e-mail that a user of Plinto has: when it is theirs, and when it is not.
//
// Proof before identity: an e-mail alone proves nothing, since anybody may sign up with somebody else's. Polar is told
// only of addresses that Plinto has verified, whatever they are for. A customer is adopted by such an address when it
// is an individual, and no external id ties it to somebody else. That Polar has not verified the address does not
// matter: whoever typed it in at a checkout got no right to it.
#pragma once

#include "core/polar/client.h"
#include "server/service/call_terms.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

struct EmailClaim {
  Subject subject;
  std::string email;  ///< verified by Plinto
};

/// Ties the customer with this e-mail to the subject, by setting its external id at Polar. Stores nothing.
/// Errors: CONFLICT, with the reason, when it is not provably the subject's; those of Polar.
[[nodiscard]] Task<Result<CustomerRow>> AdoptByEmail(Host& host, const Settings& settings, EmailClaim claim,
                                                     CallTerms terms);

/// Polar's customers tell their kind by being a team, or, where the account has none, by their metadata. An external id
/// alone does not: who may only name ids could have a user's customer taken for an organization's.
[[nodiscard]] bool StandsForOrganization(const Customer& customer);
[[nodiscard]] Json OrganizationMark();

/// Polar is told of no address that Plinto has not verified.
[[nodiscard]] Error EmailNotVerified();
[[nodiscard]] Error EmailTaken();
[[nodiscard]] Error OrganizationForUser();
[[nodiscard]] Error UserForOrganization();

[[nodiscard]] CustomerRow RowOf(Subject subject, const Customer& customer);

}  // namespace plinto::polar::server
