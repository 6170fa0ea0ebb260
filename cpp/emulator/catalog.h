// What the emulator's organization sells: products, their prices and the benefits that they grant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;

struct Organization {
  std::string id;
  Timestamp created_at;
  std::string name;
  std::string slug;
};

/// A feature flag; other types of benefit come with the rest of the catalog.
struct Benefit {
  std::string id;
  Timestamp created_at;
  std::string description;
};

struct Price {
  std::string id;
  Timestamp created_at;
  std::string currency;
  std::int64_t amount = 0;
};

/// A recurring product with one fixed price.
struct Product {
  std::string id;
  Timestamp created_at;
  std::string name;
  std::string description;
  std::string recurring_interval;
  std::int64_t recurring_interval_count = 1;
  Price price;
  std::vector<std::string> benefit_ids;
};

void FillCatalog(World& world);

/// `Benefit`, as it stands in products of the merchant's API and in grants.
[[nodiscard]] Json RenderBenefit(const World& world, const Benefit& benefit);
[[nodiscard]] Json RenderPrice(const Product& product);
/// `Product`
[[nodiscard]] Json RenderProduct(const World& world, const Product& product);
/// `OrderProduct`: no prices and no benefits.
[[nodiscard]] Json RenderOrderProduct(const World& world, const Product& product);
/// `CheckoutProduct`: benefits without what only the merchant sees.
[[nodiscard]] Json RenderCheckoutProduct(const World& world, const Product& product);
/// `CustomerSubscriptionProduct` and `CustomerOrderProduct`: the checkout's, with the organization.
[[nodiscard]] Json RenderPortalProduct(const World& world, const Product& product);
/// `CheckoutOrganization`
[[nodiscard]] Json RenderOrganization(const World& world);

}  // namespace plinto::polar::emulator
