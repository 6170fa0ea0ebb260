// The lines of an order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/foundation/json.h"
#include "core/foundation/timestamp.h"

namespace plinto::polar::emulator {

struct World;

struct OrderItem {
  std::string id = {};
  Timestamp created_at = {};
  std::optional<Timestamp> modified_at = {};
  std::string label = {};
  std::int64_t amount = 0;           ///< Minor units before discount and tax; negative for a credit.
  std::int64_t discount_amount = 0;  ///< This line's share of the order's discount.
  bool proration = false;
  std::string price_id = {};  ///< Empty: none, as of a trial.
  std::optional<Timestamp> start = {};
  std::optional<Timestamp> end = {};
};

[[nodiscard]] std::int64_t SumOf(const std::vector<OrderItem>& items);
/// `Nov 22, 2026`, as labels have it.
[[nodiscard]] std::string LabelDate(Timestamp at);
/// `label - From Nov 22, 2026 to Dec 22, 2026`, with Polar's dash.
[[nodiscard]] std::string LabelOverTime(std::string_view label, Timestamp start, Timestamp end);
[[nodiscard]] Json RenderOrderItem(const OrderItem& item);

}  // namespace plinto::polar::emulator
