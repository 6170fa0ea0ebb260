// Customer balances: what a customer has in hand, or owes, in each currency.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace plinto::polar::emulator {

struct World;

/// By customer and currency, in minor units: credit, or debt when negative.
using Balances = std::map<std::pair<std::string, std::string>, std::int64_t>;

/// Minor units that the customer has in hand; negative when they owe.
[[nodiscard]] std::int64_t BalanceOf(const World& world, const std::string& customer_id, const std::string& currency);
void AddToBalance(World& world, const std::string& customer_id, const std::string& currency, std::int64_t change);

}  // namespace plinto::polar::emulator
