// Orders: what a purchase or a renewal charges.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Subscription;

struct Order {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string status = {};          ///< pending, paid, ...
  std::string billing_reason = {};  ///< subscription_create, subscription_cycle
  std::int64_t amount = 0;          ///< Minor units; no tax and no discount in this catalog.
  std::string currency = {};
  std::string invoice_number = {};
  std::string receipt_number = {};  ///< Empty until a payment succeeds.
  std::int64_t platform_fee = 0;    ///< Set by a job after the payment.
  std::string item_id = {};
  std::string customer_id = {};
  std::string product_id = {};
  std::string subscription_id = {};
  std::string checkout_id = {};  ///< Empty on renewals.
  Json metadata = Json::object();
};

/// The order of a checkout: created as paid.
void CreatePaidOrder(World& world, const Subscription& subscription);

/// `Order`
[[nodiscard]] Json RenderOrder(const World& world, const Order& order);
/// `CustomerOrder`, of the portal API.
[[nodiscard]] Json RenderPortalOrder(const World& world, const Order& order);

// Jobs.
void CreateRenewalOrder(World& world, std::string_view subscription_id);
void ChargeOrder(World& world, std::string_view order_id);
void SetOrderFee(World& world, std::string_view order_id);

}  // namespace plinto::polar::emulator
