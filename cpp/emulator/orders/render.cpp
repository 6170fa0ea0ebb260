// Orders as JSON: the merchant's `Order`, the portal's `CustomerOrder`.
#include "emulator/world.h"

namespace plinto::polar::emulator {

Json RenderOrderBase(const World& world, const Order& order) {
  const Product* product = world.products.Find(order.product_id);
  Json items = Json::array();
  for (const OrderItem& item : order.items) items.push_back(RenderOrderItem(item));
  const std::string description =
      product != nullptr ? product->name : (order.items.empty() ? "" : order.items.front().label);
  return Json::object({
      {"id", order.id},
      {"created_at", ToJson(order.created_at)},
      {"modified_at", OrNull(order.modified_at)},
      {"status", order.status},
      {"paid", IsPaid(order)},
      {"subtotal_amount", SubtotalOf(order)},
      {"discount_amount", order.discount_amount},
      {"net_amount", TotalOf(order)},
      {"tax_amount", 0},
      {"total_amount", TotalOf(order)},
      {"applied_balance_amount", order.applied_balance},
      {"due_amount", DueOf(order)},
      {"refunded_amount", order.refunded_amount},
      {"refunded_tax_amount", 0},
      {"currency", order.currency},
      {"billing_reason", order.billing_reason},
      {"billing_name", OrNull(order.billing_name)},
      {"billing_address", order.billing_address},
      {"invoice_number", order.invoice_number},
      {"is_invoice_generated", order.invoice_generated},
      {"receipt_number", IdOrNull(order.receipt_number)},
      {"seats", OrNull(order.seats)},
      {"units", OrNull(order.units)},
      {"customer_id", order.customer_id},
      {"product_id", IdOrNull(order.product_id)},
      {"discount_id", IdOrNull(order.discount_id)},
      {"subscription_id", IdOrNull(order.subscription_id)},
      {"checkout_id", IdOrNull(order.checkout_id)},
      {"next_payment_attempt_at", OrNull(order.next_payment_attempt_at)},
      {"items", std::move(items)},
      {"description", description},
      {"refundable_amount", RefundableOf(order)},
      {"refundable_tax_amount", 0},
  });
}

Json RenderOrder(const World& world, const Order& order) {
  const Customer* customer = world.customers.Find(order.customer_id);
  const Product* product = world.products.Find(order.product_id);
  const Subscription* subscription = world.subscriptions.Find(order.subscription_id);
  Json json = RenderOrderBase(world, order);
  SetMember(json, "metadata", order.metadata);
  SetMember(json, "custom_field_data", order.custom_field_data);
  SetMember(json, "platform_fee_amount", order.platform_fee);
  SetMember(json, "platform_fee_currency", order.platform_fee == 0 ? Json(nullptr) : Json(order.currency));
  SetMember(json, "customer", customer == nullptr ? Json(nullptr) : RenderCustomer(world, *customer));
  SetMember(json, "product", product == nullptr ? Json(nullptr) : RenderOrderProduct(world, *product));
  SetMember(json, "discount", DiscountOrNull(world, order.discount_id));
  SetMember(json, "subscription", subscription == nullptr ? Json(nullptr) : RenderOrderSubscription(*subscription));
  return json;
}

Json RenderPortalOrder(const World& world, const Order& order) {
  const Product* product = world.products.Find(order.product_id);
  const Subscription* subscription = world.subscriptions.Find(order.subscription_id);
  Json json = RenderOrderBase(world, order);
  SetMember(json, "product", product == nullptr ? Json(nullptr) : RenderPortalProduct(world, *product));
  SetMember(json, "subscription", subscription == nullptr ? Json(nullptr) : RenderSubscriptionBase(*subscription));
  return json;
}

}  // namespace plinto::polar::emulator
