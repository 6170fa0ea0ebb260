#include "emulator/orders/row_names.h"

#include "emulator/world.h"

namespace plinto::polar::emulator {

SortValue CustomerNameOf(const World& world, std::string_view customer_id) {
  const Customer* customer = world.customers.Find(customer_id);
  return SortValueOf(customer == nullptr ? std::nullopt : customer->name);
}

std::string ExternalIdOf(const World& world, std::string_view customer_id) {
  const Customer* customer = world.customers.Find(customer_id);
  return customer == nullptr ? "" : customer->external_id.value_or("");
}

std::string ProductNameOf(const World& world, std::string_view product_id) {
  const Product* product = world.products.Find(product_id);
  return product == nullptr ? "" : product->name;
}

SortValue DiscountNameOf(const World& world, std::string_view discount_id) {
  const Discount* discount = world.discounts.Find(discount_id);
  return discount == nullptr ? SortValue() : SortValue(discount->name);
}

}  // namespace plinto::polar::emulator
