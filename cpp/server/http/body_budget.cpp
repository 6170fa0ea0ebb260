#include "server/http/body_budget.h"

namespace plinto::polar::server {

bool BodyBudget::Share::Grow(std::size_t bytes) {
  if (bytes <= held_) return true;
  const std::size_t more = bytes - held_;
  const auto of_address = budget_.by_address_.find(address_);
  const std::size_t before = of_address == budget_.by_address_.end() ? 0 : of_address->second;
  if (more > budget_.total_ - budget_.held_ || before + more > budget_.per_address_) return false;
  budget_.held_ += more;
  budget_.by_address_[address_] = before + more;
  held_ = bytes;
  return true;
}

void BodyBudget::Give(const std::string& address, std::size_t bytes) {
  if (bytes == 0) return;
  held_ -= bytes;
  const auto of_address = by_address_.find(address);
  of_address->second -= bytes;
  if (of_address->second == 0) by_address_.erase(of_address);
}

}  // namespace plinto::polar::server
