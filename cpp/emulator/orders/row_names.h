// What lists of orders and of subscriptions sort, search and filter by besides their own members: what a row's ids
// name.
#pragma once

#include <string>
#include <string_view>

#include "emulator/api/lists.h"

namespace plinto::polar::emulator {

struct World;

/// No value where the customer is gone or has no name.
[[nodiscard]] SortValue CustomerNameOf(const World& world, std::string_view customer_id);
/// Empty where the customer is gone or has none.
[[nodiscard]] std::string ExternalIdOf(const World& world, std::string_view customer_id);
/// Empty where there is no product.
[[nodiscard]] std::string ProductNameOf(const World& world, std::string_view product_id);
/// No value without a discount.
[[nodiscard]] SortValue DiscountNameOf(const World& world, std::string_view discount_id);

}  // namespace plinto::polar::emulator
