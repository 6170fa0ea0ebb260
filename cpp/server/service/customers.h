// Customers at Polar: found, adopted or created, never twice for one subject.
#pragma once

#include "server/service/caller.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// The subject's customer, from the store or, by external id, from Polar. None when Polar has none either.
[[nodiscard]] Task<Result<std::optional<CustomerRow>>> FindCustomer(World& world, const Settings& settings,
                                                                    Subject subject, Timestamp deadline);

/// The caller's customer, created when there is none: an organization as a team with the caller as its owner, a user
/// as an individual, name and e-mail from Plinto.
/// Errors: CUSTOMER_NOT_FOUND for a service key when there is none; CONFLICT when Polar knows the e-mail under another
/// external id; those of Polar and Plinto.
[[nodiscard]] Task<Result<CustomerRow>> EnsureCustomer(World& world, const Settings& settings, Caller caller,
                                                       Timestamp deadline);

/// Creates the customer of a user who has just signed up; adopts the one with his external id if there is one.
[[nodiscard]] Task<Result<CustomerRow>> CreateCustomer(World& world, const Settings& settings, Subject subject,
                                                       CustomerCreate create, Timestamp deadline);

}  // namespace plinto::polar::server
