// Conekta's objects as our models: the border behind which nobody asks who was paid.
//
// Pure. `customer_id` becomes the customer's id at Polar, `product_id` the product's in PRODUCTS; amounts stay integers
// of the smallest unit, ids stay Conekta's (`sub_...`, `ord_...`). docs/decisions/server/second-provider.md.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/billing/billing_views.h"
#include "core/billing/plan.h"
#include "core/conekta/orders.h"
#include "core/conekta/plans.h"
#include "core/conekta/subscriptions.h"
#include "core/model/order.h"

namespace plinto::polar {

/// Whose objects are translated, by what, and when Conekta was asked, by its clock.
struct ConektaTerms {
  std::string customer_id;  ///< at Polar
  std::span<const Plan> plans = {};
  Timestamp as_of = {};
};

/// `plan` null: Conekta does not have it any more; then the amount is not known. A plan that no entry of PRODUCTS names
/// is told as a product of the plan's id, which gives nothing.
///   in_trial -> trialing, active, past_due, paused; past_due that was never paid -> incomplete; canceled and expired
///   -> canceled, and over. A cancellation that is kept for a date (server/store/kept_cancellation.h) is none of
///   Conekta's.
[[nodiscard]] Subscription ToSubscription(const ConektaSubscription& from, const ConektaPlan* plan,
                                          const ConektaTerms& terms);

/// Is there more to it than a page? What nobody has tried to pay, or was refused there, is a checkout and no order yet,
/// as at Polar.
[[nodiscard]] bool IsOrder(const ConektaOrder& from);

/// `subscriptions`: the customer's, to know whose cycle it paid for. What was not begun here, and belongs to none of
/// them, names no product and gives nothing; nor does what was paid for a plan, by itself.
///   pending_payment, pre_authorized, under_fraud_review, declined (of a renewal: it is tried again) -> pending;
///   expired, canceled, voided, fraudulent -> void; charged_back -> refunded; others as they are.
[[nodiscard]] Order ToOrder(const ConektaOrder& from, std::span<const ConektaSubscription> subscriptions,
                            const ConektaTerms& terms);

/// Where its checkout stands, in Polar's words: `open`, `confirmed` (money is on its way), `succeeded` or `expired`.
[[nodiscard]] std::string ToCheckoutStatus(const ConektaOrder& from, Timestamp as_of);

/// What was given back of a purchase: takes its access where that was all of it, or the bank did so. None of an order
/// that was never paid. One of each order, so that a refund that is taken back gives access again.
[[nodiscard]] std::optional<RefundView> ToRefund(const ConektaOrder& from);

}  // namespace plinto::polar
