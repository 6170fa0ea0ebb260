#include "emulator/orders/items.h"

#include <array>

#include "emulator/world.h"

namespace plinto::polar::emulator {
std::string LabelDate(Timestamp at) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilDate date = ToCivilDate(at);
  return std::string(kMonths[static_cast<std::size_t>(date.month - 1)]) + " " + std::to_string(date.day) + ", " +
         std::to_string(date.year);
}

std::int64_t SumOf(const std::vector<OrderItem>& items) {
  std::int64_t sum = 0;
  for (const OrderItem& item : items) sum += item.amount;
  return sum;
}

std::string LabelOverTime(std::string_view label, Timestamp start, Timestamp end) {
  return std::string(label) + " \xe2\x80\x94 From " + LabelDate(start) + " to " + LabelDate(end);
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
