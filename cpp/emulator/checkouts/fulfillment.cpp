// What a successful payment sets off: subscription, order, the buyer's team, and the checkout's last event.
#include "emulator/checkouts/checkouts.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Subscription& BeginSubscription(World& world, const Checkout& checkout, std::string payment_method_id) {
  const Price* price = world.prices.Find(checkout.price_id);
  const bool custom = price != nullptr && price->kind == PriceKind::kCustom;
  NewSubscription fields = {
      .customer_id = checkout.customer_id,
      .product_id = checkout.product_id,
      .price_ids = PricesOf(world, checkout),
      .currency = checkout.currency,
      .chosen = custom ? std::optional(checkout.amount) : std::nullopt,
      .quantity = checkout.quantity,
      .discount_id = checkout.discount_id,
      .trial_end = checkout.trial_end,
      .checkout_id = checkout.id,
      .payment_method_id = std::move(payment_method_id),
      .metadata = checkout.metadata,
      .custom_field_data = checkout.custom_field_data,
  };
  Subscription* subscription = world.subscriptions.Find(checkout.subscription_id);
  if (subscription == nullptr) {
    subscription = &StartSubscription(world, std::move(fields));
  } else {
    UpgradeSubscription(world, *subscription, std::move(fields));
  }
  // What was used before is not the purchase's; credits come after it.
  ResetMeters(world, *subscription);
  SyncBenefits(world, *subscription);
  return *subscription;
}

std::vector<OrderItem> ItemsOf(const World& world, const Checkout& checkout) {
  std::vector<OrderItem> items;
  for (const std::string& id : PricesOf(world, checkout)) {
    const Price* price = world.prices.Find(id);
    if (!IsStatic(*price)) continue;
    const std::int64_t amount =
        price->kind == PriceKind::kCustom ? checkout.amount : AmountOf(*price, checkout.quantity);
    items.push_back({.label = LabelOf(world, *price, checkout.quantity), .amount = amount, .price_id = id});
  }
  return items;
}

// Polar's own confirmation page gives the buyer a seat; sellers with a page of their own assign all seats themselves.
void HoldOwnSeat(World& world, const Checkout& checkout, const Subscription* subscription, const Order& order) {
  if (!checkout.quantity.seats || checkout.success_url) return;
  SeatRequest request;
  request.customer_id = checkout.customer_id;
  request.immediate_claim = true;
  const SeatHolder holder = {.subscription = subscription, .order = subscription == nullptr ? &order : nullptr};
  (void)AssignSeat(world, holder, request);
}

const Order& PlaceOrder(World& world, const Checkout& checkout, const Product& product,
                        const Subscription* subscription) {
  Order order = {.currency = checkout.currency,
                 .customer_id = checkout.customer_id,
                 .product_id = product.id,
                 .checkout_id = checkout.id,
                 .metadata = checkout.metadata,
                 .custom_field_data = checkout.custom_field_data};
  order.billing_reason = subscription == nullptr            ? "purchase"
                         : checkout.subscription_id.empty() ? "subscription_create"
                                                            : "subscription_update";
  if (subscription != nullptr) order.subscription_id = subscription->id;
  if (subscription != nullptr && subscription->trial_end) {
    order.items.push_back({.label = "Trial period for " + product.name + " (" + LabelDate(world.now) + " - " +
                                    LabelDate(*subscription->trial_end) + ")"});
    order.metadata = subscription->metadata;
  } else {
    order.items = ItemsOf(world, checkout);
    order.discount_amount = DiscountAmountOf(world, checkout);
    order.discount_id = checkout.discount_id;
    order.seats = checkout.quantity.seats;
    order.units = checkout.quantity.units;
  }
  const bool charged = TotalOf(order) > 0;
  const Order& placed = CreatePaidOrder(world, std::move(order), charged);
  // Buyers of seats have no benefits before they claim a seat.
  if (subscription == nullptr && !placed.seats) world.Enqueue({JobKind::kGrantOrderBenefits, placed.id});
  return placed;
}

}  // namespace

void FulfillCheckout(World& world, std::string_view checkout_id) {
  Checkout* checkout = world.checkouts.Find(checkout_id);
  if (checkout == nullptr || checkout->status != "confirmed") return;
  const Product* product = world.products.Find(checkout->product_id);
  Customer* customer = world.customers.Find(checkout->customer_id);
  if (product == nullptr || customer == nullptr) return;
  std::string payment_method_id;
  const TestCard* card = FindTestCardByToken(checkout->card);
  if (card != nullptr && IsRecurring(*product)) {
    // The first card becomes the customer's default.
    const bool is_first = customer->default_payment_method_id.empty();
    payment_method_id = SavePaymentMethod(world, *customer, *card, is_first).id;
  }
  const Subscription* subscription = nullptr;
  if (IsRecurring(*product)) {
    subscription = &BeginSubscription(world, *checkout, std::move(payment_method_id));
    NoteFulfillment(world, *checkout, "checkout.subscription_created");
  }
  const Order& order = PlaceOrder(world, *checkout, *product, subscription);
  NoteFulfillment(world, *checkout, "checkout.order_created");
  // A buyer of seats manages a team from now on.
  if (checkout->quantity.seats && !customer->team) {
    customer->team = true;
    customer->modified_at = world.now;
    AnnounceCustomer(world, *customer, "customer.updated");
  }
  HoldOwnSeat(world, *checkout, subscription, order);
  checkout->status = "succeeded";
  AnnounceCheckout(world, *checkout);
}

}  // namespace plinto::polar::emulator
