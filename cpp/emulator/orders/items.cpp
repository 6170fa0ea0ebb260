#include "emulator/orders/items.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {

std::int64_t SumOf(const std::vector<OrderItem>& items) {
  std::int64_t sum = 0;
  for (const OrderItem& item : items) sum += item.amount;
  return sum;
}

Json RenderOrderItem(const OrderItem& item) {
  return Json::object({
      {"created_at", ToJson(item.created_at)},
      {"modified_at", OrNull(item.modified_at)},
      {"id", item.id},
      {"label", item.label},
      {"amount", item.amount},
      {"tax_amount", 0},
      {"proration", item.proration},
      {"product_price_id", IdOrNull(item.price_id)},
      {"start_timestamp", OrNull(item.start)},
      {"end_timestamp", OrNull(item.end)},
  });
}

}  // namespace plinto::polar::emulator
