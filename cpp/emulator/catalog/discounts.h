// Discounts: a percentage or a fixed amount off, for one period, some months or forever.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/billing/pricing/discount_terms.h"
#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;
struct Route;

/// A use of a discount: by a checkout, or by a change of a subscription.
struct Redemption {
  std::string checkout_id = {};
  std::string subscription_id = {};
};

struct Discount {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string name = {};
  std::optional<std::string> code = {};  ///< Unique whatever its case, of those that are not deleted.
  bool percentage = false;
  std::int64_t basis_points = 0;                     ///< Of a percentage: 1 to 10,000.
  std::map<std::string, std::int64_t> amounts = {};  ///< Of a fixed one: minor units by currency.
  std::string duration = "once";                     ///< once, repeating or forever
  std::optional<std::int64_t> duration_in_months = {};
  std::optional<Timestamp> starts_at = {};
  std::optional<Timestamp> ends_at = {};
  std::optional<std::int64_t> max_redemptions = {};
  std::optional<std::int64_t> max_redemptions_per_customer = {};
  std::vector<Redemption> redemptions = {};
  std::vector<std::string> product_ids = {};  ///< Empty: all products.
  Json metadata = Json::object();
  bool deleted = false;  ///< Subscriptions that have it keep it.
};

/// Deleted discounts are not found.
[[nodiscard]] Discount* FindDiscount(World& world, std::string_view id);
[[nodiscard]] Discount* FindDiscountByCode(World& world, std::string_view code);

/// Within its dates and below max_redemptions.
[[nodiscard]] bool IsRedeemable(const World& world, const Discount& discount);
/// Not restricted to other products and, if fixed, with an amount in that currency.
[[nodiscard]] bool AppliesTo(const Discount& discount, std::string_view product_id, std::string_view currency);
/// What it takes off in that currency.
[[nodiscard]] DiscountTerms TermsIn(const Discount& discount, std::string_view currency);

/// `Discount`
[[nodiscard]] Json RenderDiscount(const World& world, const Discount& discount);
/// `Discount...Base`, of orders and subscriptions: no products.
[[nodiscard]] Json RenderDiscountBase(const World& world, const Discount& discount);
/// `CheckoutDiscount...`
[[nodiscard]] Json RenderCheckoutDiscount(const Discount& discount);
/// The base of the discount with this id, deleted or not; null when there is none.
[[nodiscard]] Json DiscountOrNull(const World& world, std::string_view id);

[[nodiscard]] std::span<const Route> DiscountRoutes();

}  // namespace plinto::polar::emulator
