// Customers at Polar: found, adopted or created, never twice for one subject.
#pragma once

#include "server/service/call_terms.h"
#include "server/service/caller/caller.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// The subject's customer, from the store or, by external id, from Polar. None when Polar has none either.
[[nodiscard]] Task<Result<std::optional<CustomerRow>>> FindCustomer(Host& host, const Settings& settings,
                                                                    Subject subject, CallTerms terms);

/// The same of the caller's, whose row was read when they were admitted.
[[nodiscard]] Task<Result<std::optional<CustomerRow>>> FindCustomerOf(Host& host, const Settings& settings,
                                                                      Caller caller, CallTerms terms);

/// The caller's customer, created when there is none: an organization as a team with the caller as its owner, a user
/// as an individual, name and e-mail from Plinto.
/// Errors: CUSTOMER_NOT_FOUND for a service key when there is none; CONFLICT when Plinto has not verified the user's
/// e-mail, or Polar knows it under another external id; those of Polar and Plinto. `asked` is the user, where
/// Plinto was asked for them, before or here.
[[nodiscard]] Task<Result<CustomerRow>> EnsureCustomer(Host& host, const Settings& settings, Caller caller,
                                                       CallTerms terms, std::optional<PlintoUser>* asked = nullptr);

/// Creates the customer, whose e-mail Plinto has verified; adopts the one that Polar has already when it is provably
/// the subject's: by its external id, or a user's by that e-mail (adoption.h). Errors: CONFLICT when it is not; those
/// of Polar.
[[nodiscard]] Task<Result<CustomerRow>> CreateCustomer(Host& host, const Settings& settings, Subject subject,
                                                       CustomerCreate create, CallTerms terms);

/// Creates an organization's customer: as a team with this owner, or, where Polar's account has no teams, as an
/// individual with the owner's e-mail, which Plinto has verified. The organization's own billing e-mail is nobody's
/// proof, and stays at Plinto. Errors: as CreateCustomer().
[[nodiscard]] Task<Result<CustomerRow>> CreateOrganization(Host& host, const Settings& settings, Subject subject,
                                                           OrganizationProfile profile, PlintoUser owner,
                                                           CallTerms terms);

/// Brings a customer's name and e-mail to Polar and into the store; an empty one stays as it is. Asks Polar nothing
/// when nothing has changed. None when Polar has no such customer (any more). Errors: CONFLICT when the e-mail is
/// another customer's; those of Polar.
[[nodiscard]] Task<Result<std::optional<CustomerRow>>> UpdateCustomer(Host& host, const Settings& settings,
                                                                      Subject subject, std::string email,
                                                                      std::string name, CallTerms terms);

/// Removes the customer at Polar, anonymized, if there is one; its subscriptions end at once.
[[nodiscard]] Task<Status> DeleteAtPolar(Host& host, const Settings& settings, std::string external_id,
                                         CallTerms terms);

}  // namespace plinto::polar::server
