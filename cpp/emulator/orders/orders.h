// Orders: what purchases, renewals and changes charge, and what becomes of an order that cannot be charged.
//
// Amounts are minor units; there is no tax in the emulator. Dunning is in subscriptions/dunning.cpp. As in Polar's
// server/polar/order/service.py.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/http.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/orders/items.h"

namespace plinto::polar::emulator {

struct World;
struct Route;
struct Call;
struct Customer;
struct PaymentMethod;
struct Subscription;

struct Order {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string status = "pending";   ///< pending, paid, refunded, partially_refunded or void
  std::string billing_reason = {};  ///< purchase, subscription_create, subscription_cycle, subscription_update, ...
  std::string currency = "usd";
  std::vector<OrderItem> items = {};
  std::int64_t discount_amount = 0;        ///< Off the items.
  std::string discount_id = {};            ///< Empty: none.
  std::optional<std::int64_t> seats = {};  ///< Of a purchase; null on renewals.
  std::optional<std::int64_t> units = {};  ///< Likewise.
  std::string invoice_number = {};
  std::string receipt_number = {};  ///< Empty until a payment succeeds.
  std::int64_t platform_fee = 0;    ///< Set by a job after the payment.
  std::string customer_id = {};
  std::string product_id = {};
  std::string subscription_id = {};  ///< Empty on one-time purchases.
  std::string checkout_id = {};      ///< Empty on renewals.
  Json metadata = Json::object();
  Json custom_field_data = Json::object();
  std::int64_t applied_balance = 0;  ///< Negative where credit is used, positive where debt is collected.
  std::int64_t refunded_amount = 0;
  bool invoice_generated = false;
  std::optional<std::string> billing_name = {};
  Json billing_address = nullptr;
  bool charged = false;  ///< A payment has succeeded; free and balanced orders are paid without one.
  std::optional<Timestamp> next_payment_attempt_at = {};
  int counted_failures = 0;       ///< Of the renewal and of dunning, not of what the customer tries.
  int customer_retries = 0;       ///< That the customer has made; five are allowed.
  std::string last_payment = {};  ///< `succeeded`, `failed`, or empty: none yet.
  std::string last_decline = {};  ///< Decline code of the last payment, if it failed.
};

[[nodiscard]] inline std::int64_t SubtotalOf(const Order& order) { return SumOf(order.items); }
[[nodiscard]] inline std::int64_t TotalOf(const Order& order) { return SubtotalOf(order) - order.discount_amount; }
[[nodiscard]] std::int64_t DueOf(const Order& order);
[[nodiscard]] bool IsPaid(const Order& order);
/// What of it has not been refunded, whether it was ever paid or not.
[[nodiscard]] std::int64_t RemainderOf(const Order& order);
/// What can be refunded.
[[nodiscard]] std::int64_t RefundableOf(const Order& order);

/// A line for an order.
[[nodiscard]] OrderItem NewItem(World& world, std::string label, std::int64_t amount, std::string price_id);

/// The order of a checkout: created as paid. The caller has filled in all but ids, times and numbers. With `charged` a
/// payment was made: a receipt number, and a fee later.
Order& CreatePaidOrder(World& world, Order fields, bool charged);

/// An order of the subscription for these lines, not yet stored: discount and balance applied.
[[nodiscard]] Order DraftOrder(const World& world, const Subscription& subscription, std::vector<OrderItem> items,
                               std::string_view billing_reason);
/// Nothing when the draft can be charged at once, or needs no charge; else Polar's 402.
[[nodiscard]] std::optional<HttpResponse> RefuseUnpayable(World& world, const Subscription& subscription,
                                                          const Order& draft);
enum class Payment : std::uint8_t {
  kLater,    ///< A job charges the card; a failure begins dunning.
  kCaptured  ///< The card has been charged, if the order is worth a charge; the processor's report follows.
};
/// Stores the draft, announces it, and has it paid.
Order& PlaceOrder(World& world, Order draft, Payment payment);

/// Why a card was charged: the renewal itself, dunning, the customer's own attempt, a new default card.
enum class Trigger : std::uint8_t { kCycle, kDunning, kCustomer, kNewCard };
void HandlePayment(World& world, Order& order);
/// An amount below the currency's minimum is not charged; the caller has made it the customer's debt.
void MarkPaidWithoutCharge(World& world, Order& order);
void HandlePaymentFailure(World& world, Order& order, Trigger trigger);
/// Past due orders of the customer are tried with a new default card at once.
void RetryPastDueOrders(World& world, const Customer& customer, const PaymentMethod& method);
void VoidOrder(World& world, Order& order);
void AnnounceOrder(World& world, Order& order);

/// `Order`
[[nodiscard]] Json RenderOrder(const World& world, const Order& order);
/// `CustomerOrder`, of the portal API.
[[nodiscard]] Json RenderPortalOrder(const World& world, const Order& order);
[[nodiscard]] Json RenderOrderBase(const World& world, const Order& order);

// What both the merchant's and the portal's routes do with an order.
[[nodiscard]] HttpResponse AskForInvoice(World& world, Order& order);
[[nodiscard]] HttpResponse ReadInvoice(const World& world, const Order& order);
[[nodiscard]] HttpResponse ReadReceipt(const World& world, const Order& order);
/// Nothing when done, else the first refusal, that there is no such order among them. Country and state cannot be
/// changed.
[[nodiscard]] std::optional<HttpResponse> ChangeBillingDetails(World& world, Order* order, const Call& call);

// Jobs.
/// `cutoff`: usage before it is on the order.
void CreateRenewalOrder(World& world, std::string_view subscription_id, std::string_view cutoff);
void ChargeOrder(World& world, std::string_view order_id, std::string_view how);
void SetOrderFee(World& world, std::string_view order_id);
void RetryOrder(World& world, std::string_view order_id, std::string_view attempt_at);
void VoidPendingOrders(World& world, std::string_view subscription_id, std::string_view ended_at);
void GenerateInvoice(World& world, std::string_view order_id);

[[nodiscard]] std::span<const Route> OrderRoutes();
[[nodiscard]] std::span<const Route> PortalOrderRoutes();

}  // namespace plinto::polar::emulator
