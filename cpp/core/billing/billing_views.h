// What the billing rules read of Polar's objects: one plain struct per object, decoded straight from a webhook's data.
//
// Nothing else of a payload is kept: no e-mail, no name, no address, and no `modified_at`, so that it can order
// nothing. Fields that the rules cannot do without are required; what Polar leaves out or sends as null is optional.
// Source: the schemas of Polar's OpenAPI document, version 2026-04.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/foundation/codec.h"
#include "core/model/subscription.h"

namespace plinto::polar {

struct SubscriptionView {
  std::string id;
  OpenEnum<SubscriptionStatus> status;
  std::string product_id;
  Timestamp current_period_start;
  Timestamp current_period_end;
  bool cancel_at_period_end = false;
  std::optional<bool> pause_at_period_end;
  std::optional<Timestamp> trial_end;
  std::optional<Timestamp> canceled_at;
  std::optional<Timestamp> ends_at;
  std::optional<Timestamp> ended_at;
  std::optional<Timestamp> past_due_at;
  std::optional<Timestamp> paused_at;
  std::optional<Timestamp> resumes_at;
  std::optional<std::int64_t> seats;

  bool operator==(const SubscriptionView&) const = default;
};
template <>
inline constexpr auto kDescription<SubscriptionView> = Describe(
    Field("id", &SubscriptionView::id, "The subscription."),
    Field("status", &SubscriptionView::status, "Where it stands."),
    Field("product_id", &SubscriptionView::product_id, "What is subscribed to."),
    Field("current_period_start", &SubscriptionView::current_period_start, "Of the period that is shown as paid."),
    Field("current_period_end", &SubscriptionView::current_period_end, "In the past while paused."),
    Field("cancel_at_period_end", &SubscriptionView::cancel_at_period_end, "Stays true once it has expired."),
    Field("pause_at_period_end", &SubscriptionView::pause_at_period_end, "A pause is scheduled."),
    Field("trial_end", &SubscriptionView::trial_end, "Stays filled after the trial."),
    Field("canceled_at", &SubscriptionView::canceled_at, "Canceled is not ended."),
    Field("ends_at", &SubscriptionView::ends_at, "May lie in the future."),
    Field("ended_at", &SubscriptionView::ended_at, "The only mark of being over."),
    Field("past_due_at", &SubscriptionView::past_due_at, "When the first charge failed; what grace counts from."),
    Field("paused_at", &SubscriptionView::paused_at, "Since when it is paused."),
    Field("resumes_at", &SubscriptionView::resumes_at, "When the pause will end, if that is known."),
    Field("seats", &SubscriptionView::seats, "Seats bought, of a seat-based product."));

struct OrderView {
  std::string id;
  std::string status;
  Timestamp created_at;
  std::optional<std::string> billing_reason;
  std::optional<std::int64_t> total_amount;
  std::optional<std::int64_t> due_amount;
  std::optional<std::int64_t> refunded_amount;
  std::optional<std::string> currency;
  std::optional<std::string> product_id;
  std::optional<std::string> subscription_id;
  std::optional<std::string> checkout_id;
  std::optional<std::int64_t> seats;

  bool operator==(const OrderView&) const = default;
};
template <>
inline constexpr auto kDescription<OrderView> = Describe(
    Field("id", &OrderView::id, "The order."),
    Field("status", &OrderView::status, "`draft`, `pending`, `paid`, `refunded`, `partially_refunded` or `void`."),
    Field("created_at", &OrderView::created_at, "When it was made."),
    Field("billing_reason", &OrderView::billing_reason, "Why it was made."),
    Field("total_amount", &OrderView::total_amount, "In minor units, tax included."),
    Field("due_amount", &OrderView::due_amount, "What was left to pay, in minor units."),
    Field("refunded_amount", &OrderView::refunded_amount, "In minor units; goes back when a refund fails."),
    Field("currency", &OrderView::currency, "Three letters, lower case."),
    Field("product_id", &OrderView::product_id, "Absent for wallet top-ups."),
    Field("subscription_id", &OrderView::subscription_id, "Absent for one-time purchases."),
    Field("checkout_id", &OrderView::checkout_id, "Absent for renewals and updates."),
    Field("seats", &OrderView::seats, "Absent on renewals even of seat-based products."));

struct RefundView {
  std::string id;
  std::string order_id;
  std::string status;
  bool revoke_benefits = false;

  bool operator==(const RefundView&) const = default;
};
template <>
inline constexpr auto kDescription<RefundView> = Describe(
    Field("id", &RefundView::id, "The refund."), Field("order_id", &RefundView::order_id, "What is paid back."),
    Field("status", &RefundView::status, "`pending`, `succeeded`, `failed` or `canceled`."),
    Field("revoke_benefits", &RefundView::revoke_benefits, "It ends a one-time purchase's access."));

// What only people read of a benefit stays JSON: whatever shape it has, it holds up no delivery.
struct GrantedBenefitView {
  std::string type;
  std::optional<Json> metadata;
  std::optional<Json> description = {};
  std::optional<Json> properties = {};

  bool operator==(const GrantedBenefitView&) const = default;
};
template <>
inline constexpr auto kDescription<GrantedBenefitView> =
    Describe(Field("type", &GrantedBenefitView::type, "`feature_flag`, `meter_credit` ..."),
             Field("metadata", &GrantedBenefitView::metadata, "The benefit's own."),
             Field("description", &GrantedBenefitView::description, "Shown to buyers."),
             Field("properties", &GrantedBenefitView::properties, "By the benefit's type: a note, files."));

struct GrantView {
  std::string id;
  std::string benefit_id;
  bool is_granted = false;
  bool is_revoked = false;
  std::optional<std::string> subscription_id;
  std::optional<std::string> order_id;
  std::optional<std::string> member_id;
  std::optional<GrantedBenefitView> benefit;
  std::optional<Timestamp> granted_at = {};
  std::optional<Json> properties = {};

  bool operator==(const GrantView&) const = default;
};
template <>
inline constexpr auto kDescription<GrantView> = Describe(
    Field("id", &GrantView::id, "The grant; the same when it is granted again."),
    Field("benefit_id", &GrantView::benefit_id, "The benefit."),
    Field("is_granted", &GrantView::is_granted, "A grant that was created may have failed."),
    Field("is_revoked", &GrantView::is_revoked, "Taken back."),
    Field("subscription_id", &GrantView::subscription_id, "The subscription that it comes from."),
    Field("order_id", &GrantView::order_id, "The one-time purchase that it comes from."),
    Field("member_id", &GrantView::member_id, "The seat's holder."), Field("benefit", &GrantView::benefit, "Embedded."),
    Field("granted_at", &GrantView::granted_at, "Since when."),
    Field("properties", &GrantView::properties, "The grant's own: a license key as it may be shown."));

struct SeatView {
  std::string id;
  std::string status;
  std::optional<std::string> subscription_id;
  std::optional<std::string> order_id;
  std::optional<std::string> member_id;

  bool operator==(const SeatView&) const = default;
};
template <>
inline constexpr auto kDescription<SeatView> =
    Describe(Field("id", &SeatView::id, "The seat; used again after a revocation."),
             Field("status", &SeatView::status, "`pending`, `claimed` or `revoked`."),
             Field("subscription_id", &SeatView::subscription_id, "What it is a seat of."),
             Field("order_id", &SeatView::order_id, "What it is a seat of, of a one-time purchase."),
             Field("member_id", &SeatView::member_id, "Who sits on it; null once revoked."));

struct CheckoutView {
  std::string id;
  std::string status;

  bool operator==(const CheckoutView&) const = default;
};
template <>
inline constexpr auto kDescription<CheckoutView> =
    Describe(Field("id", &CheckoutView::id, "The checkout."),
             Field("status", &CheckoutView::status, "`confirmed` is not paid and may go back to `open`."));

struct CustomerView {
  std::string id;
  std::optional<std::string> external_id;
  std::optional<Timestamp> deleted_at;

  bool operator==(const CustomerView&) const = default;
};
template <>
inline constexpr auto kDescription<CustomerView> = Describe(
    Field("id", &CustomerView::id, "The customer."),
    Field("external_id", &CustomerView::external_id, "The Plinto user or organization; shown even when deleted."),
    Field("deleted_at", &CustomerView::deleted_at, "Set once deleted."));

struct StateGrantView {
  std::string id;
  std::string benefit_id;
  std::string benefit_type;
  std::optional<Json> benefit_metadata;
  std::optional<Timestamp> granted_at = {};
  std::optional<Json> properties = {};

  bool operator==(const StateGrantView&) const = default;
};
template <>
inline constexpr auto kDescription<StateGrantView> = Describe(
    Field("id", &StateGrantView::id, "The grant."), Field("benefit_id", &StateGrantView::benefit_id, "The benefit."),
    Field("benefit_type", &StateGrantView::benefit_type, "`feature_flag`, `meter_credit` ..."),
    Field("benefit_metadata", &StateGrantView::benefit_metadata, "The benefit's own."),
    Field("granted_at", &StateGrantView::granted_at, "Since when."),
    Field("properties", &StateGrantView::properties, "The grant's own."));

struct MeterView {
  std::string meter_id;
  double consumed_units = 0;
  std::int64_t credited_units = 0;
  double balance = 0;

  bool operator==(const MeterView&) const = default;
};
template <>
inline constexpr auto kDescription<MeterView> =
    Describe(Field("meter_id", &MeterView::meter_id, "The meter."),
             Field("consumed_units", &MeterView::consumed_units, "Since the last reset."),
             Field("credited_units", &MeterView::credited_units, "Given by benefits."),
             Field("balance", &MeterView::balance, "Negative once more is used than was given."));

/// What only `customer.state_changed` tells: all grants together, and the meters.
struct CustomerStateView {
  std::string id;
  std::vector<StateGrantView> granted_benefits;
  std::vector<MeterView> active_meters;

  bool operator==(const CustomerStateView&) const = default;
};
template <>
inline constexpr auto kDescription<CustomerStateView> = Describe(
    Field("id", &CustomerStateView::id, "The customer."),
    Field("granted_benefits", &CustomerStateView::granted_benefits, "What is granted; Polar's order is not fixed."),
    Field("active_meters", &CustomerStateView::active_meters, "Balances; Polar's order is not fixed."));

}  // namespace plinto::polar
