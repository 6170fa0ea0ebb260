// Products: what the emulator's organization sells, once or by subscription, with their prices and benefits.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Route;
struct Price;

struct Product {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string name = {};
  std::optional<std::string> description = {};
  std::string visibility = "public";    ///< draft, private or public
  std::string recurring_interval = {};  ///< day, week, month or year; empty for a one-time purchase
  std::int64_t recurring_interval_count = 1;
  std::string trial_interval = {};  ///< Empty: no trial.
  std::int64_t trial_interval_count = 0;
  std::string meter_interval = {};  ///< Empty: usage is billed with the period.
  std::int64_t meter_interval_count = 0;
  bool is_archived = false;
  Json metadata = Json::object();
  std::vector<std::string> price_ids = {};  ///< Those that are offered; archived ones are only in World::prices.
  std::vector<std::string> benefit_ids = {};
};

[[nodiscard]] inline bool IsRecurring(const Product& product) { return !product.recurring_interval.empty(); }

/// The ids of the product's prices in that currency; empty when it has none there.
[[nodiscard]] std::vector<std::string> PricesIn(const World& world, const Product& product, std::string_view currency);
/// The price that a buyer in that currency pays up front; null without one.
[[nodiscard]] const Price* MainPrice(const World& world, const Product& product, std::string_view currency = "usd");

/// `Product`
[[nodiscard]] Json RenderProduct(const World& world, const Product& product);
/// `OrderProduct` and `DiscountProduct`: no prices and no benefits.
[[nodiscard]] Json RenderOrderProduct(const World& world, const Product& product);
/// `CheckoutProduct`: benefits without what only the merchant sees.
[[nodiscard]] Json RenderCheckoutProduct(const World& world, const Product& product);
/// `CustomerSubscriptionProduct` and `CustomerOrderProduct`: the checkout's, with the organization.
[[nodiscard]] Json RenderPortalProduct(const World& world, const Product& product);

[[nodiscard]] std::span<const Route> ProductRoutes();

}  // namespace plinto::polar::emulator
