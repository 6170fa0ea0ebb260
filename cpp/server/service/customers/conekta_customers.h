// A subject's customer at Conekta, beside the one at Polar, whose id stays the key of everything here.
//
// Nothing at Conekta is idempotent: a customer is looked for, by the id at Plinto that it bears, before one is made.
// That id stays, though the customer at Polar may be deleted and made anew.
#pragma once

#include <string>
#include <vector>

#include "server/service/call_terms.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// Who buys, as Conekta wants to know them.
struct ConektaContact {
  std::string email;
  std::string name;
};

/// The id of the customer at Conekta: the one that is kept, else one that is found there, else a new one; kept.
/// Errors: CUSTOMER_NOT_FOUND of a customer who was erased meanwhile; those of Conekta.
[[nodiscard]] Task<Result<std::string>> EnsureConektaCustomer(Host& host, const Settings& settings,
                                                              CustomerRow customer, ConektaContact contact,
                                                              CallTerms terms);

/// The customers at Conekta who bear this id of Plinto's, the oldest first: it is one, unless two checkouts were opened
/// at the same time and somebody could not remove theirs again. Errors: those of Conekta.
[[nodiscard]] Task<Result<std::vector<std::string>>> FindAtConekta(Host& host, const Settings& settings,
                                                                   std::string subject_id, CallTerms terms);

/// Ends all that the subject has at Conekta, and removes the customer there, if there is one. Errors: those of Conekta;
/// PROVIDER_NOT_CONFIGURED of somebody who is known there, without a key.
[[nodiscard]] Task<Status> DeleteAtConekta(Host& host, const Settings& settings, Subject subject, CallTerms terms);

}  // namespace plinto::polar::server
