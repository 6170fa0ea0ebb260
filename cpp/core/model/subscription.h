// A subscription at Polar. Its snapshots decide what plan a customer is on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/customer.h"
#include "core/model/discount.h"
#include "core/model/meter.h"
#include "core/model/product.h"

namespace plinto::polar {

enum class SubscriptionStatus : std::uint8_t {
  kIncomplete,
  kIncompleteExpired,
  kTrialing,
  kActive,
  kPastDue,
  kCanceled,
  kUnpaid,
  kPaused,
};
template <>
inline constexpr auto kEnumTexts<SubscriptionStatus> = std::to_array<std::string_view>(
    {"incomplete", "incomplete_expired", "trialing", "active", "past_due", "canceled", "unpaid", "paused"});

enum class CancellationReason : std::uint8_t {
  kCustomerService,
  kLowQuality,
  kMissingFeatures,
  kSwitchedService,
  kTooComplex,
  kTooExpensive,
  kUnused,
  kOther,
};
template <>
inline constexpr auto kEnumTexts<CancellationReason> =
    std::to_array<std::string_view>({"customer_service", "low_quality", "missing_features", "switched_service",
                                     "too_complex", "too_expensive", "unused", "other"});

/// A change of product, seats or units that waits for the period's end.
struct PendingUpdate {
  std::string id;
  Timestamp applies_at;
  std::optional<std::string> product_id;
  std::optional<std::int64_t> seats;
  std::optional<std::int64_t> units;
  Json extra;
};
template <>
inline constexpr auto kDescription<PendingUpdate> =
    Describe(Field("id", &PendingUpdate::id, "Polar's id.", kUuid),
             Field("applies_at", &PendingUpdate::applies_at, "When it takes effect."),
             Field("product_id", &PendingUpdate::product_id, "The product to come.", kUuid),
             Field("seats", &PendingUpdate::seats, "The seats to come."),
             Field("units", &PendingUpdate::units, "The units to come."));

struct SubscriptionMeter {
  std::string id;
  std::string meter_id;
  Number consumed_units;
  std::int64_t credited_units = 0;
  std::int64_t amount = 0;
  std::optional<Meter> meter;
  Json extra;
};
template <>
inline constexpr auto kDescription<SubscriptionMeter> =
    Describe(Field("id", &SubscriptionMeter::id, "Polar's id.", kUuid),
             Field("meter_id", &SubscriptionMeter::meter_id, "The meter.", kUuid),
             Field("consumed_units", &SubscriptionMeter::consumed_units, "In this period."),
             Field("credited_units", &SubscriptionMeter::credited_units, "Given by benefits."),
             Field("amount", &SubscriptionMeter::amount, "What they cost so far, in minor units."),
             Field("meter", &SubscriptionMeter::meter, "The meter."));

struct Subscription {
  std::string id;
  OpenEnum<SubscriptionStatus> status;
  std::int64_t amount = 0;
  std::string currency;
  OpenEnum<RecurringInterval> recurring_interval;
  std::int64_t recurring_interval_count = 1;
  Timestamp current_period_start;
  Timestamp current_period_end;
  bool cancel_at_period_end = false;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> canceled_at;
  std::optional<Timestamp> ends_at;
  std::optional<Timestamp> ended_at;
  std::string customer_id;
  std::string product_id;
  std::optional<std::string> checkout_id;
  std::optional<std::string> discount_id;
  std::optional<std::int64_t> seats;
  std::optional<std::int64_t> units;
  std::optional<Timestamp> trial_start;
  std::optional<Timestamp> trial_end;
  std::optional<Timestamp> past_due_at;
  std::optional<bool> pause_at_period_end;
  std::optional<Timestamp> paused_at;
  std::optional<Timestamp> resumes_at;
  std::optional<OpenEnum<CancellationReason>> customer_cancellation_reason;
  std::optional<std::string> customer_cancellation_comment;
  std::optional<Json> metadata;
  std::optional<Customer> customer;
  std::optional<Product> product;
  std::optional<Discount> discount;
  std::optional<std::vector<Price>> prices;
  std::optional<std::vector<SubscriptionMeter>> meters;
  std::optional<PendingUpdate> pending_update;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Subscription> = Describe(
    Output("A subscription. Its snapshots decide what plan a customer is on."),
    Field("id", &Subscription::id, "Polar's, or Conekta's: `sub_...`.", Length(1, 255)),
    Field("status", &Subscription::status, "Where it stands."),
    Field("amount", &Subscription::amount, "Of one period, after discount, before tax, in minor units."),
    Field("currency", &Subscription::currency, "Three letters, lower case."),
    Field("recurring_interval", &Subscription::recurring_interval, "`day`, `week`, `month` or `year`."),
    Field("recurring_interval_count", &Subscription::recurring_interval_count, "Intervals in a period."),
    Field("current_period_start", &Subscription::current_period_start, "In the past while paused."),
    Field("current_period_end", &Subscription::current_period_end, "In the past while paused."),
    Field("cancel_at_period_end", &Subscription::cancel_at_period_end, "It will not renew."),
    Field("started_at", &Subscription::started_at, "When it began."),
    Field("canceled_at", &Subscription::canceled_at, "Canceled is not ended."),
    Field("ends_at", &Subscription::ends_at, "May lie in the future."),
    Field("ended_at", &Subscription::ended_at, "The only mark of being over."),
    Field("customer_id", &Subscription::customer_id, "Who pays.", kUuid),
    Field("product_id", &Subscription::product_id, "What is subscribed to.", Length(1, 255)),
    Field("checkout_id", &Subscription::checkout_id, "The checkout that made it."),
    Field("discount_id", &Subscription::discount_id, "The discount that it has."),
    Field("seats", &Subscription::seats, "Where it is sold by seats."),
    Field("units", &Subscription::units, "Where it is sold by units."),
    Field("trial_start", &Subscription::trial_start, "Where it began with a trial."),
    Field("trial_end", &Subscription::trial_end, "Where it began with a trial."),
    Field("past_due_at", &Subscription::past_due_at, "Since when a payment is missing."),
    Field("pause_at_period_end", &Subscription::pause_at_period_end, "It will pause."),
    Field("paused_at", &Subscription::paused_at, "Since when it is paused."),
    Field("resumes_at", &Subscription::resumes_at, "Null: when someone resumes it."),
    Field("customer_cancellation_reason", &Subscription::customer_cancellation_reason, "What the buyer chose."),
    Field("customer_cancellation_comment", &Subscription::customer_cancellation_comment, "What the buyer wrote."),
    Field("metadata", &Subscription::metadata, "Copied from the checkout."),
    Field("customer", &Subscription::customer, "Who pays."),
    Field("product", &Subscription::product, "The product; absent in some nested forms."),
    Field("discount", &Subscription::discount, "The discount."),
    Field("prices", &Subscription::prices, "What it is billed by, which later prices of the product do not change."),
    Field("meters", &Subscription::meters, "What was used in this period."),
    Field("pending_update", &Subscription::pending_update, "A change at the period's end."),
    Field("created_at", &Subscription::created_at, "When it was made."),
    Field("modified_at", &Subscription::modified_at, "Null until it is changed; orders nothing."));

}  // namespace plinto::polar
