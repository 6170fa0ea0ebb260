#include "emulator/customers/balances.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {

std::int64_t BalanceOf(const World& world, const std::string& customer_id, const std::string& currency) {
  const auto found = world.balances.find({customer_id, currency});
  return found == world.balances.end() ? 0 : found->second;
}

void AddToBalance(World& world, const std::string& customer_id, const std::string& currency, std::int64_t change) {
  if (change != 0) world.balances[{customer_id, currency}] += change;
}

}  // namespace plinto::polar::emulator
