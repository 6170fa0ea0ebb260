#include "emulator/subscriptions/metered_usage.h"

#include <algorithm>

#include "emulator/usage/meter_balance.h"
#include "emulator/usage/meter_filter.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

const Price* PriceOf(const World& world, const Subscription& subscription, std::string_view meter_id) {
  for (const SubscribedPrice& subscribed : subscription.prices) {
    const Price* price = world.prices.Find(subscribed.price_id);
    if (price != nullptr && IsMetered(*price) && price->meter_id == meter_id) return price;
  }
  return nullptr;
}

// The entries that an order of that cutoff bills at the price, which is the subscription's own for the meter.
std::vector<BillingEntry*> PendingOf(World& world, Subscription& subscription, const Meter& meter, const Price& price,
                                     Timestamp cutoff) {
  const bool by_price = IsSummable(meter);
  std::vector<BillingEntry*> entries;
  for (BillingEntry& entry : subscription.usage) {
    // An entry that is made at the cutoff's very moment is made after it.
    if (entry.billed || entry.created_at >= cutoff || entry.event->timestamp >= cutoff) continue;
    const Price* own = world.prices.Find(entry.price_id);
    const bool same = by_price ? entry.price_id == price.id : own != nullptr && own->meter_id == meter.id;
    if (same) entries.push_back(&entry);
  }
  return entries;
}

struct Line {
  const Meter* meter = nullptr;
  const Price* price = nullptr;
  std::vector<BillingEntry*> entries = {};
  Usage usage = {};
  UsageCharge charge = {};
};

// What the meter would bill now; nothing where it has neither usage nor credits.
std::optional<Line> LineOf(World& world, Subscription& subscription, const std::string& meter_id, Timestamp cutoff) {
  const Price* price = PriceOf(world, subscription, meter_id);
  const Meter* meter = world.meters.Find(meter_id);
  if (price == nullptr || meter == nullptr) return std::nullopt;
  Line line = {.meter = meter, .price = price, .entries = PendingOf(world, subscription, *meter, *price, cutoff)};
  std::vector<const UsageEvent*> events;
  for (const BillingEntry* entry : line.entries) events.push_back(entry->event);
  line.usage = UsageOf(*meter, events);
  if (line.usage.consumed.IsZero() && line.usage.credited == 0) return std::nullopt;
  line.charge = ChargeOf(*price, (line.usage.consumed - line.usage.credited).ToDouble());
  return line;
}

// The subscription that pays for what the customer uses of the meter: the first that was begun, of those that renew.
Subscription* PayerOf(World& world, std::string_view customer_id, const Meter& meter) {
  return world.subscriptions.FindIf([&](const Subscription& subscription) {
    return subscription.customer_id == customer_id && IsBillable(subscription) &&
           PriceOf(world, subscription, meter.id) != nullptr;
  });
}

bool IsEntryOf(const UsageEvent& event, const Meter& meter) {
  return Counts(meter, event) || IsMeterEvent(event, meter, "meter.credited");
}

void MakeEntries(World& world, const Customer& customer) {
  const auto& rows = world.events.rows;
  // Those that have come since the run before; later ones wait for the next.
  auto first = rows.end();
  while (first != rows.begin() && NextQuarter(std::prev(first)->received_at) >= world.now) --first;
  for (const Meter& meter : world.meters) {
    Subscription* payer = meter.archived_at ? nullptr : PayerOf(world, customer.id, meter);
    if (payer == nullptr) continue;
    const std::string& price_id = PriceOf(world, *payer, meter.id)->id;
    for (auto event = first; event != rows.end(); ++event) {
      if (NextQuarter(event->received_at) != world.now || !IsOf(*event, customer.id, customer.external_id)) continue;
      if (payer->trial_end && event->received_at < *payer->trial_end) continue;
      if (IsEntryOf(*event, meter)) payer->usage.push_back({&*event, price_id, world.now});
    }
  }
}

}  // namespace

std::vector<OrderItem> MeteredItems(World& world, Subscription& subscription, Timestamp cutoff) {
  std::vector<std::string> meter_ids;
  for (const SubscriptionMeter& row : subscription.meters) meter_ids.push_back(row.meter_id);
  std::sort(meter_ids.begin(), meter_ids.end());
  std::vector<OrderItem> items;
  for (const std::string& meter_id : meter_ids) {
    const auto line = LineOf(world, subscription, meter_id, cutoff);
    if (!line) continue;
    OrderItem item =
        NewItem(world, line->meter->name + " \xe2\x80\x94 " + line->charge.label, line->charge.amount, line->price->id);
    for (BillingEntry* entry : line->entries) {
      entry->billed = true;
      item.start = std::min(item.start.value_or(entry->event->timestamp), entry->event->timestamp);
      item.end = std::max(item.end.value_or(entry->event->timestamp), entry->event->timestamp);
    }
    items.push_back(std::move(item));
  }
  return items;
}

void SettleUsage(World& world, Subscription& subscription, Timestamp cutoff) {
  std::vector<OrderItem> items = MeteredItems(world, subscription, cutoff);
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
  Customer* customer = world.customers.Find(customer_id);
  if (customer == nullptr) return;
  MakeEntries(world, *customer);
  for (Subscription& subscription : world.subscriptions) {
    if (subscription.customer_id != customer_id || !IsBillable(subscription)) continue;
    bool changed = false;
    for (SubscriptionMeter& row : subscription.meters) {
      // The entries that this run makes are in: its time is theirs.
      const auto line = LineOf(world, subscription, row.meter_id, Timestamp{world.now.microseconds + 1});
      const Usage usage = line ? line->usage : Usage{};
      const std::int64_t amount = line ? line->charge.amount : 0;
      if (usage.consumed == row.consumed && usage.credited == row.credited && amount == row.amount) continue;
      row.consumed = usage.consumed;
      row.credited = usage.credited;
      row.amount = amount;
      row.modified_at = world.now;
      changed = true;
    }
    if (!changed) continue;
    // Only the nested meters have changed: the subscription's own modified_at stays.
    Emit(world, "subscription.updated", RenderSubscription(world, subscription));
    TouchState(world, *customer);
  }
}

Json RenderSubscriptionMeter(const SubscriptionMeter& meter) {
  return Json::object({
      {"created_at", ToJson(meter.created_at)},
      {"modified_at", OrNull(meter.modified_at)},
      {"id", meter.id},
      {"consumed_units", meter.consumed.ToJson()},
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
