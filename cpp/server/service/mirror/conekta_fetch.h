// Reads from Conekta what the mirror holds of one customer: what its webhooks name is asked for here, and nothing of
// what they say is believed.
//
// Facts are dated by Conekta's clock (polar_clock.h). It tells whole seconds, so each reading is newer, too, than all
// that the mirror held when it began: what is held was asked for before. Of one customer one reading at a time, where
// several are possible (deliveries/event_queue.h).
#pragma once

#include <string>
#include <vector>

#include "server/service/call_terms.h"
#include "server/service/host.h"
#include "server/service/settings.h"

namespace plinto::polar::server {

/// One customer, under both of their ids.
struct ConektaOwner {
  std::string polar_customer_id;
  std::string conekta_customer_id;
};

struct FetchedFromConekta {
  Facts facts = {};
  /// Conekta did not have the customer (any more) at this time, by its clock; nothing else is known then.
  std::optional<Timestamp> gone_at = {};
  std::string other_id = {};  ///< whose the order is, where it is another customer's at Conekta
};

/// The subscriptions of a customer with their last orders, and this order; none where it is empty.
/// Errors: those of Conekta, NOT_FOUND for an order that it does not have among them; STORE_FAILED.
[[nodiscard]] Task<Result<FetchedFromConekta>> FetchFromConekta(Host& host, const Settings& settings,
                                                                ConektaOwner owner, std::string order_id,
                                                                CallTerms terms);

/// All that Conekta knows: orders are searched for by the customer's address too, and those that the mirror holds are
/// asked for. Who is known anew is looked for first, by the id at Polar that a customer there bears; while Conekta does
/// not answer to that, the facts are partial. Nothing of who buys nothing there, or while there is no key.
/// Errors: those of Conekta; STORE_FAILED.
[[nodiscard]] Task<Result<Facts>> FetchAllOfConekta(Host& host, const Settings& settings, std::string polar_customer_id,
                                                    CallTerms terms);

/// Since when Conekta does not have them any more, by its clock; none of who is there. Errors: PROVIDER_NOT_CONFIGURED
/// where none of their orders is there either, so that the key may be another account's; those of Conekta;
/// STORE_FAILED.
[[nodiscard]] Task<Result<std::optional<Timestamp>>> FindGoneFromConekta(Host& host, const Settings& settings,
                                                                         ConektaOwner owner, CallTerms terms);

/// What the mirror holds of the customer's subscriptions at Conekta has ended, since Conekta had none of them any more
/// at this time, by its clock. Errors: STORE_FAILED.
[[nodiscard]] Task<Result<Facts>> EndAllOfConekta(Host& host, const Settings& settings, ConektaOwner owner,
                                                  Timestamp gone_at);

}  // namespace plinto::polar::server
