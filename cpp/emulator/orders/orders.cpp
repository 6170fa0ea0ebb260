#include "emulator/orders/orders.h"

#include <algorithm>

#include "core/billing/pricing/money.h"
#include "emulator/api/answers.h"
#include "emulator/catalog/currencies.h"
#include "emulator/orders/system_events.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Polar's fee on a plain domestic card, for organizations of today: 5 % and 50 cents.
constexpr std::int64_t kFeeBasisPoints = 500;
constexpr std::int64_t kFeeFixed = 50;

std::string Numbered(std::string_view prefix, const Customer& customer, std::int64_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
  return std::string(prefix) + "-" + customer.invoice_code + "-" + digits;
}

bool IsCycle(const Order& order) { return order.billing_reason == "subscription_cycle"; }

// order.updated, then the receipt number, then order.paid; a renewal's payment cycles the benefits.
void AnnouncePaid(World& world, Order& order) {
  Emit(world, "order.updated", RenderOrder(world, order));
  Customer* customer = world.customers.Find(order.customer_id);
  if (order.charged && order.receipt_number.empty() && customer != nullptr) {
    order.receipt_number = Numbered("RCPT", *customer, ++world.receipts[customer->id]);
    order.modified_at = world.now;
  }
  Emit(world, "order.paid", RenderOrder(world, order));
  RecordPaid(world, order);
  if (order.charged) world.Enqueue({JobKind::kOrderFee, order.id});
  if (!order.subscription_id.empty() && IsCycle(order)) {
    world.Enqueue({JobKind::kCycleBenefits, order.subscription_id});
  }
}

// Ids, number and what the customer's own details say.
Order& AddOrder(World& world, Order fields) {
  fields.id = world.random.Uuid();
  fields.created_at = world.now;
  for (OrderItem& item : fields.items) {
    if (!item.id.empty()) continue;
    item.id = world.random.Uuid();
    item.created_at = world.now;
  }
  if (Customer* customer = world.customers.Find(fields.customer_id)) {
    fields.invoice_number = Numbered("EMULATOR", *customer, ++customer->invoices);
    fields.billing_name = customer->billing_name ? customer->billing_name : customer->name;
    fields.billing_address = customer->billing_address;
  }
  return world.orders.Add(std::move(fields));
}

// Charges consume credit, credits clear debt.
std::int64_t BalanceFor(std::int64_t total, std::int64_t balance) {
  if (total >= 0) return -std::min(total, balance);
  return balance < 0 ? std::min(-total, -balance) : 0;
}

}  // namespace

std::int64_t DueOf(const Order& order) { return std::max<std::int64_t>(0, TotalOf(order) + order.applied_balance); }

bool IsPaid(const Order& order) {
  return order.status == "paid" || order.status == "refunded" || order.status == "partially_refunded";
}

std::int64_t RemainderOf(const Order& order) {
  return std::max<std::int64_t>(0, TotalOf(order) + order.applied_balance - order.refunded_amount);
}

std::int64_t RefundableOf(const Order& order) { return IsPaid(order) && order.charged ? RemainderOf(order) : 0; }

OrderItem NewItem(World& world, std::string label, std::int64_t amount, std::string price_id) {
  return {.id = world.random.Uuid(),
          .created_at = world.now,
          .label = std::move(label),
          .amount = amount,
          .price_id = std::move(price_id)};
}

void AnnounceOrder(World& world, Order& order) {
  order.modified_at = world.now;
  Emit(world, "order.updated", RenderOrder(world, order));
}

Order& CreatePaidOrder(World& world, Order fields, bool charged) {
  fields.status = "paid";
  fields.charged = charged;
  if (charged) fields.last_payment = "succeeded";
  Order& order = AddOrder(world, std::move(fields));
  if (!charged) RecordCredited(world, order);
  Emit(world, "order.created", RenderOrder(world, order));
  AnnouncePaid(world, order);
  return order;
}

Order DraftOrder(const World& world, const Subscription& subscription, std::vector<OrderItem> items,
                 std::string_view billing_reason) {
  Order draft = {.billing_reason = std::string(billing_reason),
                 .currency = subscription.currency,
                 .items = std::move(items),
                 .customer_id = subscription.customer_id,
                 .product_id = subscription.product_id,
                 .subscription_id = subscription.id,
                 .metadata = subscription.metadata,
                 .custom_field_data = subscription.custom_field_data};
  const Discount* discount = DiscountOf(world, subscription);
  // A fixed discount would come off every meter order of the period.
  if (billing_reason == "subscription_meter_cycle" && discount != nullptr && !discount->percentage) discount = nullptr;
  if (discount != nullptr) {
    // Prorations carry the discount of their own period already.
    std::int64_t discountable = 0;
    for (const OrderItem& item : draft.items) discountable += item.proration ? 0 : item.amount;
    draft.discount_id = discount->id;
    draft.discount_amount = DiscountOff(TermsIn(*discount, draft.currency), discountable);
  }
  draft.applied_balance = BalanceFor(TotalOf(draft), BalanceOf(world, draft.customer_id, draft.currency));
  return draft;
}

std::optional<HttpResponse> RefuseUnpayable(World& world, const Subscription& subscription, const Order& draft) {
  const std::int64_t due = DueOf(draft);
  if (due <= 0) return std::nullopt;
  const PaymentMethod* method = PaymentMethodFor(world, subscription);
  if (method == nullptr) {
    return ErrorAnswer(402, "PaymentFailed", "Payment failed with reason: missing_payment_method.");
  }
  if (due < MinimumCharge(draft.currency) || DeclineOf(*method).empty()) return std::nullopt;
  return ErrorAnswer(402, "PaymentFailed", "Payment failed with reason: card_error.");
}

Order& PlaceOrder(World& world, Order draft, Payment payment) {
  Order& order = AddOrder(world, std::move(draft));
  const std::int64_t total = TotalOf(order);
  AddToBalance(world, order.customer_id, order.currency, total >= 0 ? order.applied_balance : -total);
  Emit(world, "order.created", RenderOrder(world, order));
  if (DueOf(order) <= 0) {
    order.status = "paid";
    RecordCredited(world, order);
    AnnouncePaid(world, order);
    return order;
  }
  // What is below the minimum has not been charged: the job makes it the customer's debt.
  if (payment == Payment::kCaptured && DueOf(order) >= MinimumCharge(order.currency)) {
    world.Enqueue({JobKind::kOrderCharge, order.id, "captured"});
    return order;
  }
  const Subscription* subscription = world.subscriptions.Find(order.subscription_id);
  if (subscription != nullptr && PaymentMethodFor(world, *subscription) == nullptr) {
    // Nothing to charge: the failure is part of the transaction, and the update carries the date of the retry.
    HandlePaymentFailure(world, order, Trigger::kCycle);
    AnnounceOrder(world, order);
    return order;
  }
  world.Enqueue({JobKind::kOrderCharge, order.id, "cycle"});
  return order;
}

void CreateRenewalOrder(World& world, std::string_view subscription_id, std::string_view cutoff) {
  Subscription* subscription = world.subscriptions.Find(subscription_id);
  const auto until = ParseTimestamp(cutoff);
  if (subscription == nullptr || !until) return;
  std::vector<OrderItem> items = std::move(subscription->waiting_items);
  subscription->waiting_items.clear();
  std::vector<OrderItem> usage = MeteredItems(world, *subscription, *until);
  items.insert(items.end(), usage.begin(), usage.end());
  if (items.empty()) return;
  PlaceOrder(world, DraftOrder(world, *subscription, std::move(items), "subscription_cycle"), Payment::kLater);
}

void HandlePayment(World& world, Order& order) {
  order.status = "paid";
  order.charged = true;
  order.last_payment = "succeeded";
  order.last_decline.clear();
  order.next_payment_attempt_at.reset();
  order.modified_at = world.now;
  Subscription* subscription = world.subscriptions.Find(order.subscription_id);
  // Not while another order of the subscription still waits for its retry.
  const Order* other = world.orders.FindIf([&](const Order& one) {
    return one.subscription_id == order.subscription_id && one.status == "pending" && one.next_payment_attempt_at;
  });
  if (subscription != nullptr && subscription->status == SubscriptionStatus::kPastDue && other == nullptr) {
    MarkActive(world, *subscription);
  }
  AnnouncePaid(world, order);
}

void MarkPaidWithoutCharge(World& world, Order& order) {
  order.status = "paid";
  order.next_payment_attempt_at.reset();
  order.modified_at = world.now;
  RecordCredited(world, order);
  AnnouncePaid(world, order);
}

void SetOrderFee(World& world, std::string_view order_id) {
  Order* order = world.orders.Find(order_id);
  if (order == nullptr) return;
  order->platform_fee = PercentageOff(DueOf(*order), kFeeBasisPoints) + kFeeFixed;
  AnnounceOrder(world, *order);
  RecordSettled(world, *order);
}

void VoidOrder(World& world, Order& order) {
  order.status = "void";
  order.next_payment_attempt_at.reset();
  const std::int64_t balance = BalanceOf(world, order.customer_id, order.currency);
  if (balance > 0) AddToBalance(world, order.customer_id, order.currency, -std::min(balance, DueOf(order)));
  // What it had taken of the balance comes back: it will never be collected.
  if (order.applied_balance < 0) AddToBalance(world, order.customer_id, order.currency, -order.applied_balance);
  RecordVoided(world, order);
  AnnounceOrder(world, order);
}

void VoidPendingOrders(World& world, std::string_view subscription_id, std::string_view ended_at) {
  const auto end = ParseTimestamp(ended_at);
  for (Order& order : world.orders) {
    if (order.subscription_id != subscription_id || order.status != "pending") continue;
    // The order for the usage until the end is made by the same run and stays.
    if (!end || order.created_at < *end || order.next_payment_attempt_at) VoidOrder(world, order);
  }
}

}  // namespace plinto::polar::emulator
