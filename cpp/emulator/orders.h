// Orders: what a purchase or a renewal charges.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/order_items.h"

namespace plinto::polar::emulator {

struct World;

struct Order {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string status = {};          ///< pending, paid, ...
  std::string billing_reason = {};  ///< purchase, subscription_create, subscription_cycle, subscription_update
  std::string currency = {};
  std::vector<OrderItem> items = {};
  std::int64_t discount_amount = 0;        ///< Off the items; there is no tax.
  std::string discount_id = {};            ///< Empty: none.
  std::optional<std::int64_t> seats = {};  ///< Of a purchase; null on renewals.
  std::string invoice_number = {};
  std::string receipt_number = {};  ///< Empty until a payment succeeds.
  std::int64_t platform_fee = 0;    ///< Set by a job after the payment.
  std::string customer_id = {};
  std::string product_id = {};
  std::string subscription_id = {};  ///< Empty on one-time purchases.
  std::string checkout_id = {};      ///< Empty on renewals.
  Json metadata = Json::object();
  Json custom_field_data = Json::object();
};

/// Items less discount; what is due, since nothing is taxed.
[[nodiscard]] std::int64_t TotalOf(const Order& order);

/// Adds the order with its id, time and numbers; the caller has filled in the rest, the items without ids.
Order& AddOrder(World& world, Order fields);
/// The order of a checkout: created as paid. With `charged` a payment was made: a receipt number, and a fee later.
Order& CreatePaidOrder(World& world, Order fields, bool charged);

/// `Order`
[[nodiscard]] Json RenderOrder(const World& world, const Order& order);
/// `CustomerOrder`, of the portal API.
[[nodiscard]] Json RenderPortalOrder(const World& world, const Order& order);

// Jobs.
void CreateRenewalOrder(World& world, std::string_view subscription_id);
void ChargeOrder(World& world, std::string_view order_id);
void SetOrderFee(World& world, std::string_view order_id);

}  // namespace plinto::polar::emulator
