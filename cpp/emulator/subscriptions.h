// Subscriptions: purchase, cancel, uncancel, revoke, renewal and expiry, with the events that each of them sends.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;

struct Subscription {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};  ///< Null until the first change after the purchase.
  std::string status = "active";
  std::int64_t amount = 0;  ///< After the discount, before tax, without usage.
  std::string currency = {};
  std::string interval = {};
  std::int64_t interval_count = 1;
  int anchor_day = 1;  ///< UTC day of the start: January 31 renews on February 28 and then on March 31.
  Timestamp period_start = {};
  Timestamp period_end = {};
  std::optional<Timestamp> trial_start = {};
  std::optional<Timestamp> trial_end = {};
  bool cancel_at_period_end = false;
  std::optional<Timestamp> started_at = {};
  std::optional<Timestamp> canceled_at = {};
  std::optional<Timestamp> ends_at = {};
  std::optional<Timestamp> ended_at = {};
  std::optional<std::string> cancellation_reason = {};
  std::optional<std::string> cancellation_comment = {};
  std::string customer_id = {};
  std::string product_id = {};
  std::vector<std::string> price_ids = {};      ///< Those it began with, archived or not.
  std::optional<std::int64_t> chosen = {};      ///< What the buyer named for a custom price.
  std::optional<std::int64_t> seats = {};       ///< Of a seat-based price.
  std::string discount_id = {};                 ///< Empty: none.
  std::optional<Timestamp> discounted_at = {};  ///< First use of the discount: not during a trial.
  std::string checkout_id = {};
  Json metadata = Json::object();
  Json custom_field_data = Json::object();
};

/// Grants benefits: active or trialing.
[[nodiscard]] bool IsActive(const Subscription& subscription);
/// Active or past due: what forbids a second subscription.
[[nodiscard]] bool IsBillable(const Subscription& subscription);

/// What a checkout or POST /v1/subscriptions/ begins.
struct NewSubscription {
  std::string customer_id = {};
  std::string product_id = {};
  std::vector<std::string> price_ids = {};
  std::string currency = "usd";
  std::optional<std::int64_t> chosen = {};
  std::optional<std::int64_t> seats = {};
  std::string discount_id = {};
  std::optional<Timestamp> trial_end = {};  ///< Status trialing until then.
  std::string checkout_id = {};
  Json metadata = Json::object();
  Json custom_field_data = Json::object();
};
Subscription& StartSubscription(World& world, NewSubscription fields);
/// A free subscription becomes what a checkout has paid for: the period begins now, metadata it had stays.
void UpgradeSubscription(World& world, Subscription& subscription, NewSubscription fields);

/// What a period costs up front: all static prices, less the discount.
[[nodiscard]] std::int64_t SubtotalOf(const World& world, const Subscription& subscription);
[[nodiscard]] std::int64_t AmountAfterDiscount(const World& world, const Subscription& subscription);

struct Cancellation {
  std::optional<std::string> reason = {};
  std::optional<std::string> comment = {};
};
// What a merchant and the portal may do. Nothing when done, else Polar's refusal.
[[nodiscard]] std::optional<HttpResponse> CancelAtPeriodEnd(World& world, Subscription& subscription,
                                                            Cancellation cancellation);
[[nodiscard]] std::optional<HttpResponse> Uncancel(World& world, Subscription& subscription);
[[nodiscard]] std::optional<HttpResponse> RevokeNow(World& world, Subscription& subscription,
                                                    Cancellation cancellation);

/// The members that all renderings share; also `CustomerOrderSubscription`.
[[nodiscard]] Json RenderSubscriptionBase(const Subscription& subscription);
/// `OrderSubscription`
[[nodiscard]] Json RenderOrderSubscription(const Subscription& subscription);
/// `Subscription`
[[nodiscard]] Json RenderSubscription(const World& world, const Subscription& subscription);
/// `CustomerSubscription`, of the portal API.
[[nodiscard]] Json RenderPortalSubscription(const World& world, const Subscription& subscription);
/// `CustomerStateSubscription`
[[nodiscard]] Json RenderStateSubscription(const Subscription& subscription);

// Jobs.
void EndPeriod(World& world, std::string_view subscription_id, std::string_view period_end);
void RevokeForDeletedCustomer(World& world, std::string_view subscription_id);

}  // namespace plinto::polar::emulator
