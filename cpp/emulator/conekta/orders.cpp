#include "emulator/conekta/orders.h"

#include <algorithm>

#include "emulator/conekta/errors.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

// No line is over 10^16: however many there are, the sum does not overflow.
std::int64_t Sum(const std::vector<Line>& lines) {
  constexpr std::int64_t kMost = 100'000'000'000'000'000;
  std::int64_t sum = 0;
  for (const Line& line : lines) sum = std::clamp(sum + line.amount, -kMost, kMost);
  return sum;
}

// The order's new status is told by an event of its own. `created`, `updated` and `paid` are events of other names too.
void SetStatus(World& world, Order& order, std::string_view status) {
  const Json previous = Json::object({{"payment_status", TextOrNull(order.status)}});
  order.status = std::string(status);
  order.updated_at = world.now;
  Tell(world, "order." + order.status, RenderOrder(world, order), previous);
}

void TellCharge(World& world, const Order& order, const Charge& charge, std::string_view what) {
  Tell(world, "charge." + std::string(what), RenderCharge(world, order, charge));
}

Charge& AddCharge(World& world, Order& order, Charge charge) {
  charge.id = NewHexId(world);
  charge.created_at = world.now;
  Charge& added = order.charges.emplace_back(std::move(charge));
  TellCharge(world, order, added, "created");
  return added;
}

// What was paid on the page cannot be paid there again.
void Finalize(Order& order, const Charge& charge) {
  if (!order.checkout || !charge.of_checkout) return;
  order.checkout->status = "Finalized";
  order.checkout->paid_payments = 1;
}

void MarkPaid(World& world, Order& order, Charge& charge) {
  charge.status = "paid";
  charge.paid_at = world.now;
  Finalize(order, charge);
  SetStatus(world, order, "paid");
  TellCharge(world, order, charge, "paid");
}

template <class Orders, class Matches>
auto FindCharge(Orders& order, Matches matches) -> decltype(order.charges.data()) {
  const auto found = std::find_if(order.charges.rbegin(), order.charges.rend(), matches);
  return found == order.charges.rend() ? nullptr : &*found;
}

bool IsPaid(const Charge& charge) {
  return charge.status == "paid" || charge.status == "partially_refunded" || charge.status == "refunded";
}

}  // namespace

std::int64_t Order::Amount() const {
  return Sum(line_items) + Sum(shipping_lines) + Sum(tax_lines) + Sum(discount_lines);
}

std::int64_t Order::Refunded() const {
  std::int64_t refunded = 0;
  for (const Charge& charge : charges) {
    for (const Refund& refund : charge.refunds) refunded -= refund.amount;
  }
  return refunded;
}

Charge* PaidCharge(Order& order) { return FindCharge(order, IsPaid); }
const Charge* PaidCharge(const Order& order) { return FindCharge(order, IsPaid); }

Charge* PendingCharge(Order& order) {
  return FindCharge(order, [](const Charge& charge) { return charge.status == "pending_payment"; });
}

bool IsSettled(const Order& order) {
  return std::any_of(order.charges.begin(), order.charges.end(), [](const Charge& charge) {
    return charge.status != "declined" && charge.status != "expired" && charge.status != "canceled";
  });
}

Order& AddOrder(World& world, Order fields) {
  fields.id = NewId(world, "ord_");
  fields.channel_id = NewId(world, "channel_");
  fields.created_at = world.now;
  fields.updated_at = world.now;
  Order& order = world.conekta.orders.Add(std::move(fields));
  if (order.checkout) {
    if (order.checkout->name.empty()) order.checkout->name = "ord-" + order.id.substr(4);
    if (!order.checkout->slug.empty()) world.conekta.order_by_slug[order.checkout->slug] = order.id;
    world.Schedule(order.checkout->expires_at, {JobKind::kConektaOrderExpiry, order.id});
  }
  Tell(world, "order.created", RenderOrder(world, order));
  return order;
}

void ChargeCard(World& world, Order& order, Charge charge, std::string_view decline) {
  constexpr std::size_t kAuthDigits = 6;
  charge.method = "card";
  charge.amount = order.Amount();
  if (decline.empty()) charge.auth_code = NewDigits(world, kAuthDigits);
  Charge& added = AddCharge(world, order, std::move(charge));
  if (!decline.empty()) {
    added.status = "declined";
    added.failure_code = std::string(decline);
    added.failure_message = DeclineWords(decline).spanish;
    TellCharge(world, order, added, "declined");
    return SetStatus(world, order, "declined");
  }
  if (!order.pre_authorizes) return MarkPaid(world, order, added);
  added.status = "pre_authorized";
  Finalize(order, added);
  SetStatus(world, order, "pre_authorized");
  TellCharge(world, order, added, "preauthorized");
}

void IssueReference(World& world, Order& order, std::string_view method, Timestamp expires_at, bool of_checkout) {
  constexpr std::size_t kReferenceDigits = 8;
  constexpr std::size_t kClabeDigits = 12;
  Charge charge = {.amount = order.Amount(), .method = std::string(method), .expires_at = expires_at};
  charge.reference =
      method == "cash" ? "930002" + NewDigits(world, kReferenceDigits) : "646180" + NewDigits(world, kClabeDigits);
  charge.of_checkout = of_checkout;
  const std::string id = AddCharge(world, order, std::move(charge)).id;
  world.Schedule(expires_at, {JobKind::kConektaChargeExpiry, order.id, id});
  SetStatus(world, order, "pending_payment");
}

bool ReceiveMoney(World& world, Order& order, bool late) {
  Charge* charge = PendingCharge(order);
  if (charge == nullptr && late && order.status == "expired") {
    charge = FindCharge(order, [](const Charge& one) { return one.status == "expired"; });
  }
  if (charge == nullptr) return false;
  MarkPaid(world, order, *charge);
  return true;
}

void Capture(World& world, Order& order) {
  Charge* charge = FindCharge(order, [](const Charge& one) { return one.status == "pre_authorized"; });
  if (charge != nullptr) MarkPaid(world, order, *charge);
}

void Cancel(World& world, Order& order) {
  const bool was_authorized = order.status == "pre_authorized";
  for (Charge& charge : order.charges) {
    if (charge.status != "pending_payment" && charge.status != "pre_authorized") continue;
    charge.status = "canceled";
    TellCharge(world, order, charge, "canceled");
  }
  if (order.checkout && order.checkout->status == "Issued") order.checkout->status = "Cancelled";
  SetStatus(world, order, was_authorized ? "voided" : "canceled");
}

void ChargeBack(World& world, Order& order) {
  Charge* charge = PaidCharge(order);
  if (charge == nullptr) return;
  charge->charged_back = true;
  TellCharge(world, order, *charge, "chargeback.created");
  SetStatus(world, order, "charged_back");
}

std::string RefundOrder(World& world, Order& order, std::int64_t amount, std::string reason,
                        std::optional<Timestamp> expires_at) {
  Charge& charge = *PaidCharge(order);
  charge.refunds.push_back({.id = NewHexId(world),
                            .created_at = world.now,
                            .amount = -amount,
                            .auth_code = charge.auth_code,
                            .reason = std::move(reason),
                            .expires_at = expires_at});
  std::string id = charge.refunds.back().id;
  charge.status = order.Refunded() < charge.amount ? "partially_refunded" : "refunded";
  SetStatus(world, order, charge.status);
  TellCharge(world, order, charge, "refunded");
  return id;
}

bool CancelRefund(World& world, Order& order, std::string_view refund_id) {
  Charge* charge = PaidCharge(order);
  if (charge == nullptr) return false;
  const auto gone = std::erase_if(charge->refunds, [&](const Refund& refund) { return refund.id == refund_id; });
  if (gone == 0) return false;
  charge->status = charge->refunds.empty() ? "paid" : "partially_refunded";
  order.status = charge->status;
  order.updated_at = world.now;
  Tell(world, "order.updated", RenderOrder(world, order));
  return true;
}

// What was never paid is not worth an event: whether Conekta sends one is not documented. A reference that was issued
// on the page has a time of its own.
void ExpireCheckout(World& world, std::string_view order_id) {
  Order* order = world.conekta.orders.Find(order_id);
  if (order == nullptr || !order->checkout || order->checkout->status != "Issued") return;
  if (world.now < order->checkout->expires_at) return;
  order->checkout->status = "Expired";
  order->updated_at = world.now;
}

void ExpireCharge(World& world, std::string_view order_id, std::string_view charge_id) {
  Order* order = world.conekta.orders.Find(order_id);
  Charge* charge = order == nullptr ? nullptr : PendingCharge(*order);
  if (charge == nullptr || charge->id != charge_id) return;
  charge->status = "expired";
  TellCharge(world, *order, *charge, "expired");
  SetStatus(world, *order, "expired");
}

}  // namespace plinto::polar::emulator::conekta
