// The emulator's organization and what it sells at the start.
#pragma once

#include <string>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"
#include "emulator/catalog/benefits.h"
#include "emulator/catalog/discounts.h"
#include "emulator/catalog/prices.h"
#include "emulator/catalog/products.h"
#include "emulator/usage/meters.h"

namespace plinto::polar::emulator {

struct World;

struct Organization {
  std::string id;
  Timestamp created_at;
  std::string name;
  std::string slug;
};

/// A free, a monthly, a yearly, a seat-based, a metered and a one-time product, with benefits and one meter.
void FillCatalog(World& world);

/// `CheckoutOrganization`
[[nodiscard]] Json RenderOrganization(const World& world);

}  // namespace plinto::polar::emulator
