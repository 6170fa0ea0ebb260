// Subscriptions: what they hold, how they begin and end, and the one fan-out of events that every change passes.
//
// Statuses and their transitions: status.h. Renewal, trial end, pause and resume: cycle.cpp. Changes of product, seats,
// discount, trial and period: changes.h. All of it follows Polar's server/polar/subscription/service.py.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/billing/pricing/periods.h"
#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/catalog/prices.h"
#include "emulator/orders/items.h"
#include "emulator/subscriptions/metered_usage.h"
#include "emulator/subscriptions/status.h"

namespace plinto::polar::emulator {

struct World;
struct Route;
struct Discount;
struct Product;

/// A price that the subscription keeps, though the product may replace it.
struct SubscribedPrice {
  std::string price_id = {};
  std::int64_t amount = 0;  ///< Minor units per period before discount; 0 for a metered one.
};

/// A change that waits for the end of the period.
struct PendingUpdate {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  Timestamp applies_at = {};
  std::string product_id = {};   ///< Empty: stays.
  Quantity quantity = {};        ///< What is to change of it.
  std::string discount_id = {};  ///< Empty: stays, unless it is removed.
  bool removes_discount = false;
};

struct Subscription {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};  ///< Null until the first change after the purchase.
  SubscriptionState status = {};
  std::int64_t amount = 0;  ///< Minor units per period, after discount, without usage.
  std::string currency = "usd";
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
  std::optional<Timestamp> trial_start = {};
  std::optional<Timestamp> trial_end = {};  ///< Stays filled after the trial.
  std::optional<Timestamp> past_due_at = {};
  bool pause_at_period_end = false;
  std::optional<Timestamp> paused_at = {};
  std::optional<Timestamp> resumes_at = {};
  std::string customer_id = {};
  std::string product_id = {};
  std::string checkout_id = {};
  std::vector<SubscribedPrice> prices = {};
  Quantity quantity = {};
  std::string discount_id = {};
  std::optional<Timestamp> discount_applied_at = {};  ///< Start of the first period that it was used in.
  std::string payment_method_id = {};
  std::optional<PendingUpdate> pending_update = {};
  std::vector<OrderItem> waiting_items = {};  ///< Not yet on an order: the new period, prorations.
  std::string meter_interval = {};            ///< Empty: usage is billed with the period.
  std::int64_t meter_interval_count = 0;
  std::optional<Timestamp> meter_period_start = {};
  std::optional<Timestamp> meter_period_end = {};
  std::vector<SubscriptionMeter> meters = {};
  std::vector<BillingEntry> usage = {};  ///< Billed ones, too.
  Json metadata = Json::object();
  Json custom_field_data = Json::object();
};

[[nodiscard]] inline bool IsActive(const Subscription& subscription) { return IsActive(subscription.status); }
[[nodiscard]] inline bool IsBillable(const Subscription& subscription) { return IsBillable(subscription.status); }
[[nodiscard]] inline bool IsOver(const Subscription& subscription) {
  return subscription.status == SubscriptionStatus::kCanceled;
}

/// What a checkout or POST /v1/subscriptions/ begins.
struct NewSubscription {
  std::string customer_id = {};
  std::string product_id = {};
  std::vector<std::string> price_ids = {};  ///< Empty: the product's, in that currency.
  std::string currency = "usd";
  std::optional<std::int64_t> chosen = {};  ///< What the buyer named for a custom price.
  Quantity quantity = {};
  std::string discount_id = {};
  std::optional<Timestamp> trial_end = {};  ///< Trialing until then.
  std::string checkout_id = {};
  std::string payment_method_id = {};
  Json metadata = Json::object();
  Json custom_field_data = Json::object();
};
/// Adds and announces it, makes the buyer of seats a team and plans the end of its period. The benefits and the order
/// are the caller's.
Subscription& StartSubscription(World& world, NewSubscription fields);
/// A free subscription becomes what a checkout has paid for: the period begins now, metadata it had stays.
void UpgradeSubscription(World& world, Subscription& subscription, NewSubscription fields);

/// Sends benefits and seats after the status: grants while active, revokes otherwise, unless in the grace period.
void SyncBenefits(World& world, const Subscription& subscription);

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
[[nodiscard]] std::optional<HttpResponse> SchedulePause(World& world, Subscription& subscription,
                                                        std::optional<Timestamp> resumes_at);
[[nodiscard]] std::optional<HttpResponse> CancelScheduledPause(World& world, Subscription& subscription);
[[nodiscard]] std::optional<HttpResponse> ResumeNow(World& world, Subscription& subscription);
[[nodiscard]] HttpResponse AlreadyCanceled();

/// A payment failed: past_due_at is set once, benefits go unless there is a grace period.
void MarkPastDue(World& world, Subscription& subscription);
/// What was past due is paid.
void MarkActive(World& world, Subscription& subscription);
/// The last retry failed: the subscription ends, and its pending orders become void.
void EndDunning(World& world, Subscription& subscription);

/// What must be known from before a change to tell what it was.
struct Before {
  SubscriptionStatus status = SubscriptionStatus::kNew;
  bool canceled = false;
};
[[nodiscard]] inline Before StateOf(const Subscription& subscription) {
  return {subscription.status, subscription.canceled_at.has_value()};
}
/// The fan-out: subscription.updated, then active, paused, resumed, uncanceled, past_due, canceled, revoked as they
/// apply, all with one body; then the customer's state. `first` is sent before them (subscription.cycled).
void AnnounceChange(World& world, Subscription& subscription, const Before& before, std::string_view first = {});

// Time (cycle.cpp).
/// Plans the end of the current period; an earlier plan for another end is void.
void PlanPeriodEnd(World& world, const Subscription& subscription);
/// Starts the next period: pending change, dates, expired discount, trial to active, the items to bill. Sends cycled
/// and the fan-out and asks for the order. `before`: from before the change that led here.
void Cycle(World& world, Subscription& subscription, const Before& before);
void RestartMeterPeriod(Subscription& subscription, std::optional<Timestamp> start);
/// The lines of a period that begins, one for each price that is not metered, and the system event of its beginning.
void AddPeriodItems(World& world, Subscription& subscription);

// Money.
[[nodiscard]] const Discount* DiscountOf(const World& world, const Subscription& subscription);
/// Computes `amount` from prices, seats and discount.
void UpdateAmount(const World& world, Subscription& subscription);
/// Drops the discount once it has had its time; notes when it was first used.
void ClearExpiredDiscount(const World& world, Subscription& subscription, Timestamp period_start);
[[nodiscard]] std::vector<SubscribedPrice> SubscribedPricesOf(const World& world,
                                                              const std::vector<std::string>& price_ids,
                                                              const Quantity& quantity,
                                                              std::optional<std::int64_t> chosen = {});

// Rendering (render.cpp).
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
void EndMeterPeriod(World& world, std::string_view subscription_id, std::string_view period_end);
void ResumeOnTime(World& world, std::string_view subscription_id, std::string_view resumes_at);
void RevokeForDeletedCustomer(World& world, std::string_view subscription_id);

[[nodiscard]] std::span<const Route> SubscriptionRoutes();
[[nodiscard]] std::span<const Route> PortalSubscriptionRoutes();

}  // namespace plinto::polar::emulator
