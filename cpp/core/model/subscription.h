// A subscription at Polar. Its snapshots decide what plan a customer is on.
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

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

/// The parts of nested objects that the rules need; the rest stays in their `extra`.
struct SubscriptionProduct {
  std::string id;
  std::string name;
  Json extra;
};
template <>
inline constexpr auto kDescription<SubscriptionProduct> = Describe(
    Field("id", &SubscriptionProduct::id, "The product."), Field("name", &SubscriptionProduct::name, "Its name."));

struct Subscription {
  std::string id;
  OpenEnum<SubscriptionStatus> status;
  std::int64_t amount = 0;
  std::string currency;
  std::string recurring_interval;
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
  std::optional<SubscriptionProduct> product;
  Json extra;
};
template <>
inline constexpr auto kDescription<Subscription> = Describe(
    Field("id", &Subscription::id, "Polar's id.", kUuid), Field("status", &Subscription::status, "Where it stands."),
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
    Field("product_id", &Subscription::product_id, "What is subscribed to.", kUuid),
    Field("checkout_id", &Subscription::checkout_id, "The checkout that made it."),
    Field("product", &Subscription::product, "The product; absent in some nested forms."));

}  // namespace plinto::polar
