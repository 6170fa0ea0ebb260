#include "core/billing/fact_order.h"

namespace plinto::polar {

bool Replaces(const Fact& candidate, const Fact& held) {
  if (candidate.timestamp != held.timestamp) return candidate.timestamp > held.timestamp;
  if (candidate.terminal != held.terminal) return candidate.terminal;
  return candidate.content > held.content;
}

bool IsTerminalSubscription(std::string_view status, bool ended) {
  return ended || status == "canceled" || status == "unpaid" || status == "incomplete_expired";
}

bool IsTerminalOrder(std::string_view status) { return status == "refunded" || status == "void"; }

}  // namespace plinto::polar
