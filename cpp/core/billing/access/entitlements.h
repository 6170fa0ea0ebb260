// From what a customer has bought to what they may use: tier, features, seats, meters; allowed or not, why, until when.
//
// Pure: products as configured, the state as folded (billing_state.h), and the time. Deny by default. Subscriptions and
// one-time orders decide tiers and the features of a product, and so do grants that were given by hand (local_grant.h);
// Polar's grants decide features tied to a benefit; the customer state decides meters. Source: Polar's
// subscription/service.py and benefit/grant/service.py.
#pragma once

#include <span>

#include "core/billing/access/local_grant.h"
#include "core/billing/billing_state.h"
#include "core/billing/plan.h"

namespace plinto::polar {

/// Why something is allowed or not. Stable words: applications may switch on them. Those that allow stand first.
enum class EntitlementReason : std::uint8_t {
  // Allowed.
  kActive,
  kTrialing,
  kCanceledUntilPeriodEnd,  ///< canceled, and paid for until the period ends
  kPastDueInGrace,          ///< a charge failed less than the product's grace days ago
  kPurchased,               ///< bought once
  kGranted,                 ///< by a benefit, or by hand
  kCreditsLeft,             ///< the meter's balance is above zero
  kOverageBilled,           ///< used up, but the plan bills what goes beyond
  // Denied.
  kPastDueGraceOver,
  kEnded,
  kPaused,
  kUnpaid,
  kIncomplete,     ///< not paid yet
  kStatusUnknown,  ///< a status that this version does not know
  kRefunded,       ///< refunded with its benefits revoked
  kRevoked,        ///< all benefits of the purchase were revoked, as after a dispute
  kNotGranted,     ///< the plan has it, but its benefit is not granted
  kNotInPlan,
  kNoPlan,  ///< nothing was ever bought
  kCreditsUsedUp,
  kCustomerDeleted,
};
template <>
inline constexpr auto kEnumTexts<EntitlementReason> = std::to_array<std::string_view>({"active",
                                                                                       "trialing",
                                                                                       "canceled_until_period_end",
                                                                                       "past_due_in_grace",
                                                                                       "purchased",
                                                                                       "granted",
                                                                                       "credits_left",
                                                                                       "overage_billed",
                                                                                       "past_due_grace_over",
                                                                                       "ended",
                                                                                       "paused",
                                                                                       "unpaid",
                                                                                       "incomplete",
                                                                                       "status_unknown",
                                                                                       "refunded",
                                                                                       "revoked",
                                                                                       "not_granted",
                                                                                       "not_in_plan",
                                                                                       "no_plan",
                                                                                       "credits_used_up",
                                                                                       "customer_deleted"});

[[nodiscard]] constexpr bool Allows(EntitlementReason reason) { return reason < EntitlementReason::kPastDueGraceOver; }

/// Allowed or not, why, and when access ends if nothing else is heard; without `until` it has no known end.
struct Access {
  bool allowed = false;
  OpenEnum<EntitlementReason> reason = EntitlementReason::kNoPlan;
  std::optional<Timestamp> until = {};

  bool operator==(const Access&) const = default;
};
template <>
inline constexpr auto kDescription<Access> = Describe(
    Output("May it be used, why, and until when if nothing else is heard."),
    Field("allowed", &Access::allowed, "May it be used now?"), Field("reason", &Access::reason, "A stable word."),
    Field("until", &Access::until, "When access ends if nothing else is heard."));

struct FeatureAccess {
  std::string feature;
  Access access;
};
template <>
inline constexpr auto kDescription<FeatureAccess> =
    Describe(Output("A feature, and whether it may be used."),
             Field("feature", &FeatureAccess::feature, "The application's name for it."),
             Field("access", &FeatureAccess::access, "May it be used?"));

struct MeterAccess {
  std::string meter_id;
  Access access;
  double remaining = 0;
  double consumed = 0;
  std::int64_t credited = 0;
};
template <>
inline constexpr auto kDescription<MeterAccess> = Describe(
    Output("A meter, and whether more of it may be used."), Field("meter_id", &MeterAccess::meter_id, "Polar's meter."),
    Field("access", &MeterAccess::access, "May more be used?"),
    Field("remaining", &MeterAccess::remaining, "Units left of what was credited; never below 0."),
    Field("consumed", &MeterAccess::consumed, "Units since the last reset."),
    Field("credited", &MeterAccess::credited, "Units given."));

struct SeatUse {
  std::int64_t total = 0;
  std::int64_t claimed = 0;
  std::int64_t pending = 0;
  std::int64_t available = 0;
};
template <>
inline constexpr auto kDescription<SeatUse> =
    Describe(Output("Seats of a seat-based product."), Field("total", &SeatUse::total, "Seats bought."),
             Field("claimed", &SeatUse::claimed, "Seats with someone on them."),
             Field("pending", &SeatUse::pending, "Seats with an invitation on its way."),
             Field("available", &SeatUse::available, "Seats that can be assigned."));

/// What a customer may use at one moment.
struct CustomerEntitlements {
  Access access = {};                      ///< of the plan
  std::optional<std::string> tier = {};    ///< only while the plan gives access and its product is configured
  std::optional<std::string> status = {};  ///< Polar's word for the subscription or order; none without one
  std::optional<std::string> slug = {};
  std::optional<std::string> product_id = {};
  std::optional<std::string> subscription_id = {};
  std::optional<std::string> order_id = {};
  std::optional<Timestamp> current_period_end = {};
  std::optional<SeatUse> seats = {};
  std::vector<FeatureAccess> features = {};  ///< every configured feature and every granted flag, ordered by name
  std::vector<MeterAccess> meters = {};      ///< ordered by id
};
template <>
inline constexpr auto kDescription<CustomerEntitlements> = Describe(
    Output("What the subject may use now."), Field("access", &CustomerEntitlements::access, "Of the plan."),
    Field("tier", &CustomerEntitlements::tier, "What the customer is now."),
    Field("status", &CustomerEntitlements::status, "Polar's word for the subscription or order; absent for a grant."),
    Field("slug", &CustomerEntitlements::slug, "The plan's product."),
    Field("product_id", &CustomerEntitlements::product_id, "At Polar."),
    Field("subscription_id", &CustomerEntitlements::subscription_id, "The plan's subscription."),
    Field("order_id", &CustomerEntitlements::order_id, "The plan's order, when it was bought once."),
    Field("current_period_end", &CustomerEntitlements::current_period_end, "Of the subscription."),
    Field("seats", &CustomerEntitlements::seats, "Of a seat-based product."),
    Field("features", &CustomerEntitlements::features, "Each feature's answer."),
    Field("meters", &CustomerEntitlements::meters, "Each meter's answer."));

/// What a subscription gives now. The table of the status machine:
///
///   active, trialing   allowed; with an end scheduled `canceled_until_period_end` until `ends_at`, then `ended`; with
///   a
///                      pause scheduled until the period ends, then `paused`. A period that has ended without either is
///                      being renewed, however late, and keeps access.
///   past_due           `past_due_in_grace` until `past_due_at` + grace days, then `past_due_grace_over`
///   paused             `paused`             canceled, or `ended_at` set     `ended`
///   unpaid             `unpaid`             incomplete, incomplete_expired  `incomplete`
///   anything else      `status_unknown`
[[nodiscard]] Access DecideSubscription(const SubscriptionView& subscription, std::int64_t grace_days, Timestamp now);

/// What a one-time purchase gives: access for good, unless a refund revoked its benefits, or all of them were revoked.
/// A refund alone takes nothing away.
[[nodiscard]] Access DecideOrder(const OrderView& order, const BillingState& state);

/// `local_grants` are those of the subject that were not removed. They hold whatever Polar says: also without a
/// customer there, or after it was deleted.
[[nodiscard]] CustomerEntitlements DecideEntitlements(std::span<const Plan> plans, const BillingState& state,
                                                      Timestamp now, std::span<const LocalGrant> local_grants = {});

/// One feature of them; `not_in_plan` or `no_plan` for one that nobody has heard of.
[[nodiscard]] Access FindFeature(const CustomerEntitlements& entitlements, std::string_view feature);

}  // namespace plinto::polar
