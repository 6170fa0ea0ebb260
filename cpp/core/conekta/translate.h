// Conekta's objects as our models: the border behind which nobody asks who was paid.
//
// Pure. `customer_id` becomes the customer's id at Polar, `product_id` the product's in PRODUCTS; amounts stay integers
// of the smallest unit, ids stay Conekta's (`sub_...`, `ord_...`). docs/decisions/server/second-provider.md.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/billing/billing_views.h"
#include "core/conekta/orders.h"
#include "core/conekta/plans.h"
#include "core/conekta/subscriptions.h"
#include "core/model/order.h"

namespace plinto::polar {

/// What an entry of PRODUCTS is at Conekta: a plan, or an amount that is paid once.
struct ConektaOffer {
  std::string slug;
  std::string product_id;
  std::string plan_id = {};                  ///< of what renews; empty of what is bought once
  std::optional<std::int64_t> amount = {};   ///< of what is bought once, in centavos
  std::string name = {};                     ///< of what is bought once, as the page shows it

  bool operator==(const ConektaOffer&) const = default;
};

/// The offer of a product, or by its plan; null where there is none.
[[nodiscard]] const ConektaOffer* FindOffer(std::span<const ConektaOffer> offers, std::string_view product_id);
[[nodiscard]] const ConektaOffer* FindOfferOfPlan(std::span<const ConektaOffer> offers, std::string_view plan_id);

/// A cancellation at the period's end, which Conekta does not have: a date that is kept here.
struct KeptCancellation {
  std::string subscription_id;
  Timestamp cancel_at;    ///< access lasts until then
  Timestamp decided_at;
  std::optional<std::string> reason = {};
  std::optional<std::string> comment = {};
};

/// Whose objects are translated, by what, and when Conekta was asked, by its clock.
struct ConektaTerms {
  std::string customer_id;  ///< at Polar
  std::span<const ConektaOffer> offers = {};
  std::span<const KeptCancellation> cancellations = {};
  Timestamp as_of = {};
};

/// `plan` null: Conekta does not have it any more; then the amount is not known. A plan that no entry of PRODUCTS names
/// is told as a product of the plan's id, which gives nothing.
///   in_trial -> trialing, active, past_due, paused; past_due that was never paid -> incomplete; canceled and expired ->
///   canceled, and over. One that was ended at Conekta for a date that is kept here runs until that.
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
