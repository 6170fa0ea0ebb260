// Conekta, behind the interface that it shares with Polar (provider.h): pages that take cards, cash and transfers, and
// subscriptions by card. What it lacks is kept here (kept_cancellation.h) or said to be missing. docs/conekta.md.
#pragma once

#include "server/service/providers/provider.h"

namespace plinto::polar::server {

class ConektaProvider final : public Provider {
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

/// PROVIDER_NOT_CONFIGURED, and what to set.
[[nodiscard]] Status CheckConekta(const Settings& settings);

}  // namespace plinto::polar::server
