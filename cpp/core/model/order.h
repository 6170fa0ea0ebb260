// An order at Polar: one invoice. `order.paid` with a total of 0 is normal (trial, free product, full discount).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/subscription.h"

namespace plinto::polar {

enum class OrderStatus : std::uint8_t { kDraft, kPending, kPaid, kRefunded, kPartiallyRefunded, kVoid };
template <>
inline constexpr auto kEnumTexts<OrderStatus> = std::to_array<std::string_view>({"draft", "pending", "paid", "refunded",
                                                                                 "partially_refunded", "void"});

enum class BillingReason : std::uint8_t {
  kPurchase,
  kSubscriptionCreate,
  kSubscriptionCycle,
  kSubscriptionUpdate,
  kSubscriptionMeterCycle,
};
template <>
inline constexpr auto kEnumTexts<BillingReason> = std::to_array<std::string_view>(
    {"purchase", "subscription_create", "subscription_cycle", "subscription_update", "subscription_meter_cycle"});

struct OrderItem {
  std::string id;
  std::string label;
  std::int64_t amount = 0;
  std::int64_t tax_amount = 0;
  bool proration = false;
  std::optional<std::string> product_price_id;
  Json extra;
};
template <>
inline constexpr auto kDescription<OrderItem> =
    Describe(Field("id", &OrderItem::id, "Polar's id.", kUuid), Field("label", &OrderItem::label, "The line's text."),
             Field("amount", &OrderItem::amount, "Before tax, in minor units; negative for a credit."),
             Field("tax_amount", &OrderItem::tax_amount, "In minor units."),
             Field("proration", &OrderItem::proration, "A part of a period, after a change."),
             Field("product_price_id", &OrderItem::product_price_id, "The price behind it."));

struct Order {
  std::string id;
  OpenEnum<OrderStatus> status;
  bool paid = false;
  std::int64_t total_amount = 0;
  std::string currency;
  OpenEnum<BillingReason> billing_reason;
  std::string customer_id;
  std::optional<std::string> product_id;
  std::optional<std::string> subscription_id;
  std::optional<std::string> checkout_id;
  std::optional<std::string> invoice_number;
  Timestamp created_at;
  std::optional<std::int64_t> subtotal_amount;
  std::optional<std::int64_t> discount_amount;
  std::optional<std::int64_t> net_amount;
  std::optional<std::int64_t> tax_amount;
  std::optional<std::int64_t> due_amount;
  std::optional<std::int64_t> refunded_amount;
  std::optional<std::int64_t> refunded_tax_amount;
  std::optional<std::int64_t> refundable_amount;
  std::optional<bool> is_invoice_generated;
  std::optional<std::int64_t> seats;
  std::optional<std::int64_t> units;
  std::optional<std::string> discount_id;
  std::optional<Timestamp> next_payment_attempt_at;
  std::optional<std::string> billing_name;
  std::optional<Address> billing_address;
  std::optional<Json> metadata;
  std::optional<Customer> customer;
  std::optional<Product> product;
  std::optional<Discount> discount;
  std::optional<std::vector<OrderItem>> items;
  std::optional<Timestamp> modified_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Order> = Describe(
    Output("One charge. Paid with a total of 0 is normal: a trial, a free product, a full discount."),
    Field("id", &Order::id, "Polar's, or Conekta's: `ord_...`.", Length(1, 255)),
    Field("status", &Order::status, "`draft`, `pending`, `paid`, `refunded`, `partially_refunded` or `void`."),
    Field("paid", &Order::paid, "Nothing is due."),
    Field("total_amount", &Order::total_amount, "In minor units, tax included."),
    Field("currency", &Order::currency, "Three letters, lower case."),
    Field("billing_reason", &Order::billing_reason, "Why it was made."),
    Field("customer_id", &Order::customer_id, "Who pays.", kUuid),
    Field("product_id", &Order::product_id, "Absent for wallet top-ups."),
    Field("subscription_id", &Order::subscription_id, "Absent for one-time purchases."),
    Field("checkout_id", &Order::checkout_id, "Absent for renewals."),
    Field("invoice_number", &Order::invoice_number, "Given at creation."),
    Field("created_at", &Order::created_at, "When it was made."),
    Field("subtotal_amount", &Order::subtotal_amount, "Before discount and tax."),
    Field("discount_amount", &Order::discount_amount, "What the discount takes off."),
    Field("net_amount", &Order::net_amount, "After discount, before tax."),
    Field("tax_amount", &Order::tax_amount, "The tax."),
    Field("due_amount", &Order::due_amount, "What is left to pay after the customer's balance."),
    Field("refunded_amount", &Order::refunded_amount, "Without tax."),
    Field("refunded_tax_amount", &Order::refunded_tax_amount, "The tax that was refunded."),
    Field("refundable_amount", &Order::refundable_amount, "The most that a refund may take, without tax."),
    Field("is_invoice_generated", &Order::is_invoice_generated, "The invoice can be fetched."),
    Field("seats", &Order::seats, "Where it was sold by seats."),
    Field("units", &Order::units, "Where it was sold by units."),
    Field("discount_id", &Order::discount_id, "The discount."),
    Field("next_payment_attempt_at", &Order::next_payment_attempt_at, "While dunning goes on."),
    Field("billing_name", &Order::billing_name, "On the invoice."),
    Field("billing_address", &Order::billing_address, "On the invoice."),
    Field("metadata", &Order::metadata, "Copied from the checkout."), Field("customer", &Order::customer, "Who pays."),
    Field("product", &Order::product, "What was bought."), Field("discount", &Order::discount, "The discount."),
    Field("items", &Order::items, "The invoice's lines."),
    Field("modified_at", &Order::modified_at, "Null until it is changed."));

/// What `PATCH /v1/orders/{id}` takes, until the invoice is generated; a null in `extra` clears.
struct OrderUpdate {
  std::optional<std::string> billing_name = {};
  std::optional<Address> billing_address = {};
  Json extra = {};
};
template <>
inline constexpr auto kDescription<OrderUpdate> =
    Describe(Field("billing_name", &OrderUpdate::billing_name, "On the invoice."),
             Field("billing_address", &OrderUpdate::billing_address, "On the invoice."));

/// Where an invoice can be fetched. The address expires: ask anew, do not store it.
struct OrderInvoice {
  std::string url;
  Json extra;
};
template <>
inline constexpr auto kDescription<OrderInvoice> = Describe(Field("url", &OrderInvoice::url,
                                                                  "A PDF; signed, and only for a while.", kUrl));

}  // namespace plinto::polar
