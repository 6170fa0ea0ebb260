// Subscriptions: purchase, cancel, uncancel, revoke, renewal and expiry, with the events that each of them sends.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Checkout;
struct Product;

struct Subscription {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};  ///< Null until the first change after the purchase.
  std::string status = "active";
  std::int64_t amount = 0;
  std::string currency = {};
  std::string interval = {};
  std::int64_t interval_count = 1;
  int anchor_day = 1;  ///< UTC day of the start: January 31 renews on February 28 and then on March 31.
  Timestamp period_start = {};
  Timestamp period_end = {};
  bool cancel_at_period_end = false;
  std::optional<Timestamp> started_at = {};
  std::optional<Timestamp> canceled_at = {};
  std::optional<Timestamp> ends_at = {};
  std::optional<Timestamp> ended_at = {};
  std::optional<std::string> cancellation_reason = {};
  std::optional<std::string> cancellation_comment = {};
  std::string customer_id = {};
  std::string product_id = {};
  std::string checkout_id = {};
  Json metadata = Json::object();
  Json custom_field_data = Json::object();
};

/// Grants benefits: active or trialing.
[[nodiscard]] bool IsActive(const Subscription& subscription);
/// Active or past due: what forbids a second subscription.
[[nodiscard]] bool IsBillable(const Subscription& subscription);

Subscription& StartSubscription(World& world, const Checkout& checkout, const Product& product);

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
