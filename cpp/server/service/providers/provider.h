// Who takes the payment, as the routes see it: Polar, or Conekta in Mexico. What one of them cannot do it says by
// PROVIDER_UNSUPPORTED, and what can be done instead.
//
// A checkout goes to the provider of the buyer's country (choice.h). A subscription stays with the one that it was
// bought from, whatever country is kept by now. What is changed is in the mirror when a function returns.
#pragma once

#include <string>
#include <vector>

#include "core/billing/provider.h"
#include "core/gateway/checkout.h"
#include "core/gateway/customer.h"
#include "core/gateway/subscriptions.h"
#include "core/model/subscription.h"
#include "server/service/call_terms.h"
#include "server/service/caller/caller.h"
#include "server/service/shared.h"

namespace plinto::polar::server {

/// Who starts a checkout.
struct Buyer {
  Caller caller;
  std::optional<PlintoUser> user = {};  ///< where Plinto was asked for them
};

/// What they want to buy: checked, and offered here.
struct Purchase {
  CheckoutFields fields;
  std::vector<std::string> products;
  bool codes_are_open = false;  ///< PRODUCTS opens discounts for all of the products
};

/// A checkout that was opened, as it is answered and kept.
struct OpenedPurchase {
  PolarCheckout answer;
  std::string product_id = {};  ///< empty: the first one that was asked for
  std::string product_price_id = {};
  std::string status = "open";
  std::string conekta_order_id = {};
};

/// A change of product or of seats: one of them is set.
struct PlanWish {
  std::string product_id = {};
  std::optional<std::int64_t> seats = {};
  std::optional<std::string> proration_behavior = {};
  std::string product_field = "product_id";  ///< as the request names the product
};

/// A subscription of the caller's, as the mirror has it.
struct OwnSubscription {
  Subscription subscription;
  CustomerRow customer;
  std::string actor;  ///< who changes it
};

struct PortalVisit {
  CustomerRow customer;
  std::optional<AccessToken> token = {};
  std::optional<std::string> user_id = {};
  std::optional<std::string> return_url = {};
  std::string subscription_id = {};  ///< of Conekta's: the one whose page is opened
};

class Provider {
 public:
  virtual ~Provider() = default;

  /// Can this be sold at all? Asked before anything is done. Errors: PROVIDER_NOT_CONFIGURED, PROVIDER_UNSUPPORTED.
  [[nodiscard]] virtual Status CheckPurchase(const Settings& settings, const Purchase& purchase) const = 0;
  /// Errors: CHECKOUT_OUTCOME_UNKNOWN, and the provider's, in terms of our own request.
  [[nodiscard]] virtual Task<Result<OpenedPurchase>> OpenCheckout(Shared& shared, Purchase purchase, Buyer buyer,
                                                                  CustomerRow customer, CallTerms terms) = 0;
  /// Stores where an unfinished checkout stands now, where the provider answers in time. Of one that is paid, what was
  /// bought is in the mirror when this returns; where that cannot be fetched, nothing is stored, so that it is asked
  /// about again the next time, and its status is returned.
  [[nodiscard]] virtual Task<Result<std::optional<std::string>>> RefreshCheckout(Shared& shared, CheckoutRow row,
                                                                                 Timestamp deadline) = 0;

  /// Each returns the subscription as it is afterwards. Errors: CONFLICT where its state has no such change.
  [[nodiscard]] virtual Task<Result<Subscription>> Cancel(Shared& shared, OwnSubscription own, CancelOptions why,
                                                          CallTerms terms) = 0;
  [[nodiscard]] virtual Task<Result<Subscription>> Resume(Shared& shared, OwnSubscription own, CallTerms terms) = 0;
  [[nodiscard]] virtual Task<Result<Subscription>> Change(Shared& shared, OwnSubscription own, PlanWish wish,
                                                          CallTerms terms) = 0;
  [[nodiscard]] virtual Task<Result<CustomerPortalSession>> OpenPortal(Shared& shared, PortalVisit visit,
                                                                       CallTerms terms) = 0;
};

/// Plinto's answer about whoever starts a checkout, where it has one.
[[nodiscard]] Task<void> AskForUser(Host& host, AccessToken token, std::optional<PlintoUser>& user);

[[nodiscard]] Provider& ProviderOf(PaymentProvider which);

/// What can be done with a subscription as it stands: of kSubscriptionActionTexts.
[[nodiscard]] std::vector<std::string> ActionsOn(const Subscription& subscription);

/// Whose subscription or order this is: no id of Polar's has a prefix.
[[nodiscard]] PaymentProvider ProviderOfId(std::string_view id);

/// PROVIDER_UNSUPPORTED. `instead` is a sentence that says what can be done.
[[nodiscard]] Error NotSupported(std::string field, std::string instead);

}  // namespace plinto::polar::server
