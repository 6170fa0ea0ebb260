#include "requests.h"

namespace plinto::polar::contract {

std::vector<BuiltRequest> SubscriptionRequests() {
  const SubscriptionQuery full{.product_id = {kId, kOther},
                               .customer_id = {kId},
                               .external_customer_id = {kExternal},
                               .discount_id = {kId},
                               .active = true,
                               .status = {SubscriptionStatus::kActive, SubscriptionStatus::kPastDue},
                               .cancel_at_period_end = false,
                               .customer_cancellation_reason = {CancellationReason::kTooExpensive},
                               .canceled_at_after = Time(),
                               .canceled_at_before = Time(),
                               .started_after = Time(),
                               .started_before = Time(),
                               .page = 2,
                               .limit = 100,
                               .sorting = {"-started_at", "status"},
                               .metadata = MetadataFilter()};
  SubscriptionChange no_discount;
  SetMember(no_discount.extra, "discount_id", nullptr);
  const auto update = [](const char* variant, const SubscriptionUpdate& change) {
    return BuiltRequest{"subscriptions:update", variant, BuildUpdateSubscription(kAccount, kId, change)};
  };
  return {
      {"subscriptions:list", "minimal", BuildListSubscriptions(kAccount)},
      {"subscriptions:list", "full", BuildListSubscriptions(kAccount, full)},
      {"subscriptions:get", "minimal", BuildGetSubscription(kAccount, kId)},
      update("cancel", SubscriptionCancel{}),
      update("cancel with reason", SubscriptionCancel{.customer_cancellation_reason = CancellationReason::kUnused,
                                                      .customer_cancellation_comment = "Bye."}),
      update("uncancel", SubscriptionCancel{.cancel_at_period_end = false}),
      update("revoke", SubscriptionRevoke{.customer_cancellation_reason = CancellationReason::kOther}),
      update("product", SubscriptionChange{.product_id = kOther, .proration_behavior = Proration::kProrate}),
      update("discount", SubscriptionChange{.discount_id = kOther}),
      update("no discount", no_discount),
      update("trial end", SubscriptionChange{.trial_end = "now"}),
      update("metadata", SubscriptionChange{.metadata = Metadata()}),
      update("seats", SubscriptionSeats{.seats = 5, .proration_behavior = Proration::kInvoice}),
      update("units", SubscriptionUnits{.units = 7, .proration_behavior = Proration::kNextPeriod}),
      update("period end", SubscriptionPeriodEnd{.current_billing_period_end = Time()}),
      update("pause", SubscriptionPause{.resumes_at = Time()}),
      update("no pause", SubscriptionPause{.pause_at_period_end = false}),
      update("resume", SubscriptionResume{}),
      update("clear pending", SubscriptionClearPending{}),
      {"subscriptions:revoke", "minimal", BuildRevokeSubscription(kAccount, kId)},
  };
}

}  // namespace plinto::polar::contract
