#include "emulator/subscriptions/metered_usage.h"

#include <algorithm>
#include <limits>

#include "emulator/usage/meter_balance.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Of one line: far above all that can be charged, and its sums with other lines and debts still fit.
constexpr std::int64_t kMostBilled = 999'999'999'999'999;

// Stops at the greatest and the least number.
Decimal Minus(Decimal units, std::int64_t whole) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  std::int64_t scale = 1;
  for (int i = 0; i < units.scale; ++i) scale *= 10;
  std::int64_t less = 0;
  if (__builtin_mul_overflow(whole, scale, &less)) less = whole < 0 ? kLeast : kMost;
  std::int64_t rest = 0;
  if (__builtin_sub_overflow(units.mantissa, less, &rest)) rest = less < 0 ? kMost : kLeast;
  return {rest, units.scale};
}

const Price* PriceOf(const World& world, const Subscription& subscription, std::string_view meter_id) {
  for (const SubscribedPrice& subscribed : subscription.prices) {
    const Price* price = world.prices.Find(subscribed.price_id);
    if (price != nullptr && IsMetered(*price) && price->meter_id == meter_id) return price;
  }
  return nullptr;
}

struct Billed {
  std::int64_t amount = 0;
  std::string label = {};
};

// max(0, units - credits) * unit_amount, then the cap.
Billed Bill(const Price& price, const Usage& usage) {
  Decimal units = Minus(usage.consumed, usage.credited);
  if (units.mantissa < 0) units = {};
  const UsageCharge charge = ChargeOf(price, units);
  Billed billed = {std::min(charge.amount, kMostBilled), "(" + FormatDecimal(units) + " consumed units)"};
  // Tiers have no single rate to tell.
  if (price.kind == PriceKind::kMeteredUnit) {
    billed.label += " \xc3\x97 " + price.unit_amount + " " + price.currency;
  }
  if (charge.capped) {
    billed.label += " \xe2\x80\x94 Capped at " + std::to_string(*price.cap_amount) + " " + price.currency;
  }
  return billed;
}

bool IsNothing(const Usage& usage) { return usage.consumed.mantissa == 0 && usage.credited == 0; }

}  // namespace

std::vector<OrderItem> MeteredItems(World& world, const Subscription& subscription, Timestamp cutoff) {
  std::vector<OrderItem> items;
  for (const SubscriptionMeter& row : subscription.meters) {
    const Price* price = PriceOf(world, subscription, row.meter_id);
    const Meter* meter = world.meters.Find(row.meter_id);
    if (price == nullptr || meter == nullptr) continue;
    const Usage usage = MeteredUsage(world, subscription, row.meter_id, subscription.usage_billed_until, cutoff);
    if (IsNothing(usage)) continue;
    const Billed billed = Bill(*price, usage);
    OrderItem item = NewItem(world, meter->name + " \xe2\x80\x94 " + billed.label, billed.amount, price->id);
    item.start = subscription.usage_billed_until;
    item.end = cutoff;
    items.push_back(std::move(item));
  }
  return items;
}

void SettleUsage(World& world, Subscription& subscription, Timestamp cutoff) {
  std::vector<OrderItem> items = MeteredItems(world, subscription, cutoff);
  subscription.usage_billed_until = std::max(subscription.usage_billed_until, cutoff);
  if (items.empty()) return;
  PlaceOrder(world, DraftOrder(world, subscription, std::move(items), "subscription_meter_cycle"), Payment::kLater);
}

void MatchMeters(World& world, Subscription& subscription) {
  std::vector<SubscriptionMeter> meters;
  for (const SubscribedPrice& subscribed : subscription.prices) {
    const Price* price = world.prices.Find(subscribed.price_id);
    if (price == nullptr || !IsMetered(*price)) continue;
    const auto same = [&](const SubscriptionMeter& meter) { return meter.meter_id == price->meter_id; };
    if (std::any_of(meters.begin(), meters.end(), same)) continue;
    const auto kept = std::find_if(subscription.meters.begin(), subscription.meters.end(), same);
    meters.push_back(
        kept != subscription.meters.end()
            ? *kept
            : SubscriptionMeter{.id = world.random.Uuid(), .created_at = world.now, .meter_id = price->meter_id});
  }
  subscription.meters = std::move(meters);
}

void UpdateSubscriptionMeters(World& world, std::string_view customer_id) {
  for (Subscription& subscription : world.subscriptions) {
    if (subscription.customer_id != customer_id || !IsBillable(subscription)) continue;
    bool changed = false;
    for (SubscriptionMeter& row : subscription.meters) {
      // The entries that this run makes are in: its time is theirs.
      const Usage usage = MeteredUsage(world, subscription, row.meter_id, subscription.usage_billed_until,
                                       Timestamp{world.now.microseconds + 1});
      const Price* price = PriceOf(world, subscription, row.meter_id);
      const std::int64_t amount = price == nullptr ? 0 : Bill(*price, usage).amount;
      const bool same = usage.consumed.mantissa == row.consumed.mantissa &&
                        usage.consumed.scale == row.consumed.scale && usage.credited == row.credited &&
                        amount == row.amount;
      if (same) continue;
      row.consumed = usage.consumed;
      row.credited = usage.credited;
      row.amount = amount;
      row.modified_at = world.now;
      changed = true;
    }
    if (!changed) continue;
    // Only the nested meters have changed: the subscription's own modified_at stays.
    Emit(world, "subscription.updated", RenderSubscription(world, subscription));
    if (Customer* customer = world.customers.Find(customer_id)) TouchState(world, *customer);
  }
}

Json RenderSubscriptionMeter(const SubscriptionMeter& meter) {
  const Result<Json> units = ParseJson(FormatDecimal(meter.consumed));
  return Json::object({
      {"created_at", ToJson(meter.created_at)},
      {"modified_at", OrNull(meter.modified_at)},
      {"id", meter.id},
      {"consumed_units", units ? *units : Json(0)},
      {"credited_units", meter.credited},
      {"amount", meter.amount},
      {"meter_id", meter.meter_id},
  });
}

Json RenderSubscriptionMeters(const World& world, const Subscription& subscription) {
  Json list = Json::array();
  for (const SubscriptionMeter& row : subscription.meters) {
    const Meter* meter = world.meters.Find(row.meter_id);
    Json json = RenderSubscriptionMeter(row);
    SetMember(json, "meter", meter == nullptr ? Json(nullptr) : RenderMeter(world, *meter));
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace plinto::polar::emulator
