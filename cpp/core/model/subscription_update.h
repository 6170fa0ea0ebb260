// The changes that `PATCH /v1/subscriptions/{id}` makes. Polar tells them apart by their fields: one at a time.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/model/subscription.h"

namespace plinto::polar {

/// How a change within a period is billed: at once, with the next invoice, or only from the next period; or the period
/// begins anew. Absent: as Polar's organization is set.
enum class Proration : std::uint8_t { kInvoice, kProrate, kNextPeriod, kReset };
template <>
inline constexpr auto kEnumTexts<Proration> = std::to_array<std::string_view>({"invoice", "prorate", "next_period",
                                                                               "reset"});

/// Another product, discount, trial end or metadata. A null in `extra` clears: `discount_id` ends the discount.
struct SubscriptionChange {
  std::optional<std::string> product_id = {};
  std::optional<OpenEnum<Proration>> proration_behavior = {};
  std::optional<std::string> discount_id = {};
  std::optional<std::string> trial_end = {};
  std::optional<Json> metadata = {};
  Json extra = {};
};
template <>
inline constexpr auto kDescription<SubscriptionChange> =
    Describe(Field("product_id", &SubscriptionChange::product_id, "The product to change to.", kUuid),
             Field("proration_behavior", &SubscriptionChange::proration_behavior, "How it is billed."),
             Field("discount_id", &SubscriptionChange::discount_id, "From the next invoice on.", kUuid),
             Field("trial_end", &SubscriptionChange::trial_end, "A time, or `now`."),
             Field("metadata", &SubscriptionChange::metadata, "Replaces all of it."));

struct SubscriptionSeats {
  std::int64_t seats = 1;
  std::optional<OpenEnum<Proration>> proration_behavior = {};
};
template <>
inline constexpr auto kDescription<SubscriptionSeats> =
    Describe(Field("seats", &SubscriptionSeats::seats, "Not fewer than are assigned.", Range(1, INT32_MAX)),
             Field("proration_behavior", &SubscriptionSeats::proration_behavior, "How it is billed."));

/// Newer than the document of API version 2026-04.
struct SubscriptionUnits {
  std::int64_t units = 1;
  std::optional<OpenEnum<Proration>> proration_behavior = {};
};
template <>
inline constexpr auto kDescription<SubscriptionUnits> =
    Describe(Field("units", &SubscriptionUnits::units, "Within the price's limits.", Range(1, INT32_MAX)),
             Field("proration_behavior", &SubscriptionUnits::proration_behavior, "How it is billed."));

/// Moves the period's end: a free extension, or an earlier renewal.
struct SubscriptionPeriodEnd {
  Timestamp current_billing_period_end;
};
template <>
inline constexpr auto kDescription<SubscriptionPeriodEnd> =
    Describe(Field("current_billing_period_end", &SubscriptionPeriodEnd::current_billing_period_end, "In the future."));

/// Cancels at the period's end; with `false` takes that back.
struct SubscriptionCancel {
  bool cancel_at_period_end = true;
  std::optional<OpenEnum<CancellationReason>> customer_cancellation_reason = {};
  std::optional<std::string> customer_cancellation_comment = {};
};
template <>
inline constexpr auto kDescription<SubscriptionCancel> = Describe(
    Field("cancel_at_period_end", &SubscriptionCancel::cancel_at_period_end, "False takes a cancellation back."),
    Field("customer_cancellation_reason", &SubscriptionCancel::customer_cancellation_reason, "Why."),
    Field("customer_cancellation_comment", &SubscriptionCancel::customer_cancellation_comment,
          "In the buyer's words."));

/// Ends it now. Cannot be taken back.
struct SubscriptionRevoke {
  bool revoke = true;
  std::optional<OpenEnum<CancellationReason>> customer_cancellation_reason = {};
  std::optional<std::string> customer_cancellation_comment = {};
};
template <>
inline constexpr auto kDescription<SubscriptionRevoke> =
    Describe(Field("revoke", &SubscriptionRevoke::revoke, "Always true."),
             Field("customer_cancellation_reason", &SubscriptionRevoke::customer_cancellation_reason, "Why."),
             Field("customer_cancellation_comment", &SubscriptionRevoke::customer_cancellation_comment,
                   "In the buyer's words."));

/// Pauses at the period's end; with `false` takes that back.
struct SubscriptionPause {
  bool pause_at_period_end = true;
  std::optional<Timestamp> resumes_at = {};
};
template <>
inline constexpr auto kDescription<SubscriptionPause> =
    Describe(Field("pause_at_period_end", &SubscriptionPause::pause_at_period_end, "False takes a pause back."),
             Field("resumes_at", &SubscriptionPause::resumes_at, "Absent: when someone resumes it."));

/// Ends a pause now; a new period begins.
struct SubscriptionResume {
  bool resume = true;
};
template <>
inline constexpr auto kDescription<SubscriptionResume> = Describe(Field("resume", &SubscriptionResume::resume,
                                                                        "Always true."));

/// Drops the change that waits for the period's end.
struct SubscriptionClearPending {};

using SubscriptionUpdate =
    std::variant<SubscriptionChange, SubscriptionSeats, SubscriptionUnits, SubscriptionPeriodEnd, SubscriptionCancel,
                 SubscriptionRevoke, SubscriptionPause, SubscriptionResume, SubscriptionClearPending>;

}  // namespace plinto::polar
