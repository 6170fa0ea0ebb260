// Reads from Polar, and from Conekta where they buy there (conekta_fetch.h), all that the mirror holds of one customer.
// Webhooks keep it up from then on.
#pragma once

#include <string>

#include "server/service/call_terms.h"
#include "server/service/host.h"
#include "server/service/settings.h"
#include "server/store/reconcile_store.h"

namespace plinto::polar::server {

/// Of each kind of object at most so many, the newest.
inline constexpr std::int64_t kMaxFetched = 1'000;

/// All that Polar knows of a customer, and Conekta.
struct FetchedCustomer {
  Facts facts = {};
  bool is_deleted = false;  ///< Polar does not have the customer (any more); what they bought it has all the same
  bool has_all_subscriptions = false;
  bool has_all_orders = false;
  Result<Facts> conekta = Facts{};  ///< what Conekta knows; nothing of who buys nothing there
};

/// State, subscriptions, orders, refunds, grants and seats, each as old as the request that asked for it, by Polar's
/// clock (polar_clock.h). A customer that Polar does not have (any more) is told as deleted.
/// Errors: those of Polar.
[[nodiscard]] Task<Result<FetchedCustomer>> FetchWholeCustomer(Host& host, const Settings& settings,
                                                               std::string polar_customer_id, CallTerms terms);

/// A snapshot that the mirror holds of a subscription or an order, and that Polar's list does not have, though the list
/// is complete: Polar is asked for it by its id. Where it does not exist any more, it is told as having ended.
/// Errors: those of Polar.
[[nodiscard]] Task<Result<Facts>> FetchMissing(Host& host, const Settings& settings, std::string kind,
                                               HeldSnapshot held, CallTerms terms);

/// The facts of FetchWholeCustomer() alone, of both. Errors: those of Polar and Conekta.
[[nodiscard]] Task<Result<Facts>> FetchCustomer(Host& host, const Settings& settings, std::string polar_customer_id,
                                                CallTerms terms);

}  // namespace plinto::polar::server
