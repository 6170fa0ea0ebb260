// An order at Polar: one invoice. `order.paid` with a total of 0 is normal (trial, free product, full discount).
#pragma once

#include <optional>
#include <string>

#include "core/foundation/codec.h"

namespace plinto::polar {

struct Order {
  std::string id;
  std::string status;
  bool paid = false;
  std::int64_t total_amount = 0;
  std::string currency;
  std::string billing_reason;
  std::string customer_id;
  std::optional<std::string> product_id;
  std::optional<std::string> subscription_id;
  std::optional<std::string> checkout_id;
  std::optional<std::string> invoice_number;
  Timestamp created_at;
  Json extra;
};
template <>
inline constexpr auto kDescription<Order> =
    Describe(Field("id", &Order::id, "Polar's id.", kUuid),
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
             Field("created_at", &Order::created_at, "When it was made."));

}  // namespace plinto::polar
