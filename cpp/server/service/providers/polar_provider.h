// Polar, behind the interface that it shares with Conekta (provider.h).
#pragma once

#include "server/service/providers/provider.h"

namespace plinto::polar::server {

class PolarProvider final : public Provider {
 public:
  Status CheckPurchase(const Settings& settings, const Purchase& purchase) const override;
  Task<Result<OpenedPurchase>> OpenCheckout(Shared& shared, Purchase purchase, Buyer buyer, CustomerRow customer,
                                            CallTerms terms) override;
  Task<Result<std::optional<std::string>>> RefreshCheckout(Shared& shared, CheckoutRow row,
                                                           Timestamp deadline) override;
  Task<Result<Subscription>> Cancel(Shared& shared, OwnSubscription own, CancelOptions why, CallTerms terms) override;
  Task<Result<Subscription>> Resume(Shared& shared, OwnSubscription own, CallTerms terms) override;
  Task<Result<Subscription>> Change(Shared& shared, OwnSubscription own, PlanWish wish, CallTerms terms) override;
  Task<Result<CustomerPortalSession>> OpenPortal(Shared& shared, PortalVisit visit, CallTerms terms) override;
};

/// The checkout of a buyer who is not signed in: nothing of it is kept here.
[[nodiscard]] Task<Result<PolarCheckout>> OpenForStranger(Shared& shared, Purchase purchase, CallTerms terms);

/// A subscription as Polar has it now. `as_of`: when that was, by Polar's clock.
[[nodiscard]] Task<Result<Subscription>> ReadSubscription(Shared& shared, std::string id, CallTerms terms,
                                                          Timestamp& as_of);

}  // namespace plinto::polar::server
