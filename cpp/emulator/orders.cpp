#include "emulator/orders.h"

#include <array>

#include "core/foundation/text.h"
#include "emulator/router.h"
#include "emulator/validation.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Polar's fee on a plain domestic card: 4 % and 40 cents.
constexpr std::int64_t kFeeBasisPoints = 400;
constexpr std::int64_t kFeeFixed = 40;

std::string Numbered(std::string_view prefix, const Customer& customer) {
  std::string digits = std::to_string(customer.invoices);
  digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
  return std::string(prefix) + "-" + customer.invoice_code + "-" + digits;
}

// The receipt number appears between order.updated and order.paid, if there was a payment.
void AnnouncePaid(World& world, Order& order, bool charged) {
  Emit(world, "order.updated", RenderOrder(world, order));
  if (!charged) return Emit(world, "order.paid", RenderOrder(world, order));
  order.receipt_number = "RCPT-" + order.invoice_number;
  order.modified_at = world.now;
  Emit(world, "order.paid", RenderOrder(world, order));
  world.Enqueue({JobKind::kOrderFee, order.id});
}

Json RenderOrderBase(const World& world, const Order& order) {
  const bool paid = order.status == "paid";
  const Customer* customer = world.customers.Find(order.customer_id);
  const Product* product = world.products.Find(order.product_id);
  const std::string name = product == nullptr ? "" : product->name;
  const std::int64_t total = TotalOf(order);
  Json items = Json::array();
  for (const OrderItem& item : order.items) items.push_back(RenderOrderItem(item));
  return Json::object({
      {"id", order.id},
      {"created_at", ToJson(order.created_at)},
      {"modified_at", OrNull(order.modified_at)},
      {"status", order.status},
      {"paid", paid},
      {"subtotal_amount", SumOf(order.items)},
      {"discount_amount", order.discount_amount},
      {"net_amount", total},
      {"tax_amount", 0},
      {"total_amount", total},
      {"applied_balance_amount", 0},
      {"due_amount", total},
      {"refunded_amount", 0},
      {"refunded_tax_amount", 0},
      {"currency", order.currency},
      {"billing_reason", order.billing_reason},
      {"billing_name", customer == nullptr ? Json(nullptr) : OrNull(customer->name)},
      {"billing_address", customer == nullptr ? Json(nullptr) : customer->billing_address},
      {"invoice_number", order.invoice_number},
      {"is_invoice_generated", false},
      {"receipt_number", IdOrNull(order.receipt_number)},
      {"seats", OrNull(order.seats)},
      {"units", nullptr},
      {"customer_id", order.customer_id},
      {"product_id", order.product_id},
      {"discount_id", IdOrNull(order.discount_id)},
      {"subscription_id", IdOrNull(order.subscription_id)},
      {"checkout_id", IdOrNull(order.checkout_id)},
      {"next_payment_attempt_at", nullptr},
      {"items", std::move(items)},
      {"description", name},
      {"refundable_amount", paid ? total : 0},
      {"refundable_tax_amount", 0},
  });
}

HttpResponse List(World& world, const Call& call) {
  return ListAnswer(
      call.query, {"customer_id", "external_customer_id", "product_id", "subscription_id", "checkout_id", "status"},
      "created_at", world.orders,
      [&](const Order& order) {
        const Customer* customer = world.customers.Find(order.customer_id);
        const std::string external_id = customer == nullptr ? "" : customer->external_id.value_or("");
        return call.query.Admits("customer_id", order.customer_id) &&
               call.query.Admits("external_customer_id", external_id) &&
               call.query.Admits("product_id", order.product_id) &&
               call.query.Admits("subscription_id", order.subscription_id) &&
               call.query.Admits("checkout_id", order.checkout_id) && call.query.Admits("status", order.status);
      },
      [](const Order& order) { return order.created_at; },
      [&](const Order& order) { return RenderOrder(world, order); });
}

HttpResponse Read(World& world, const Call& call) {
  if (auto refusal = CheckPathUuid("id", call.path[0])) return *refusal;
  const Order* order = world.orders.Find(ToLowerAscii(call.path[0]));
  return order == nullptr ? ResourceNotFound() : JsonAnswer(200, RenderOrder(world, *order));
}

}  // namespace

std::int64_t TotalOf(const Order& order) { return SumOf(order.items) - order.discount_amount; }

Order& AddOrder(World& world, Order fields) {
  fields.id = world.random.Uuid();
  fields.created_at = world.now;
  for (OrderItem& item : fields.items) {
    item.id = world.random.Uuid();
    item.created_at = world.now;
  }
  if (Customer* customer = world.customers.Find(fields.customer_id)) {
    ++customer->invoices;
    fields.invoice_number = Numbered("EMULATOR", *customer);
  }
  return world.orders.Add(std::move(fields));
}

Order& CreatePaidOrder(World& world, Order fields, bool charged) {
  fields.status = "paid";
  Order& order = AddOrder(world, std::move(fields));
  Emit(world, "order.created", RenderOrder(world, order));
  AnnouncePaid(world, order, charged);
  return order;
}

void CreateRenewalOrder(World& world, std::string_view subscription_id) {
  const Subscription* subscription = world.subscriptions.Find(subscription_id);
  if (subscription == nullptr) return;
  Order fields = {.status = "pending",
                  .billing_reason = "subscription_cycle",
                  .currency = subscription->currency,
                  .discount_amount = SubtotalOf(world, *subscription) - subscription->amount,
                  .discount_id = subscription->discount_id,
                  .customer_id = subscription->customer_id,
                  .product_id = subscription->product_id,
                  .subscription_id = subscription->id,
                  .metadata = subscription->metadata};
  for (const std::string& id : subscription->price_ids) {
    const Price* price = world.prices.Find(id);
    if (price == nullptr || !IsStatic(*price)) continue;
    fields.items.push_back({.label = LabelOf(world, *price, subscription->seats),
                            .amount = AmountOf(*price, subscription->seats, subscription->chosen),
                            .price_id = id});
  }
  const Order& order = AddOrder(world, std::move(fields));
  Emit(world, "order.created", RenderOrder(world, order));
  world.Enqueue({JobKind::kOrderCharge, order.id});
}

void ChargeOrder(World& world, std::string_view order_id) {
  Order* order = world.orders.Find(order_id);
  if (order == nullptr || order->status != "pending") return;
  order->status = "paid";
  order->modified_at = world.now;
  AnnouncePaid(world, *order, TotalOf(*order) > 0);
  world.Enqueue({JobKind::kCycleBenefits, order->subscription_id});
}

void SetOrderFee(World& world, std::string_view order_id) {
  Order* order = world.orders.Find(order_id);
  if (order == nullptr) return;
  order->platform_fee = TotalOf(*order) * kFeeBasisPoints / 10'000 + kFeeFixed;
  order->modified_at = world.now;
  Emit(world, "order.updated", RenderOrder(world, *order));
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

std::span<const Route> OrderRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/orders/", Access::kOrganization, List},
      Route{"GET", "/v1/orders/{id}", Access::kOrganization, Read},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
