#include "emulator/subscriptions/commit.h"

#include "emulator/api/answers.h"
#include "emulator/subscriptions/system_events.h"
#include "emulator/usage/meter_balance.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {

std::optional<HttpResponse> CheckCountOf(const Price& price, const CountedKind& counted, std::int64_t count) {
  const std::string noun(counted.noun);
  const std::string error(counted.error);
  if (const std::int64_t fewest = FewestOf(price); count < fewest) {
    return ErrorAnswer(400, "BelowMinimum" + error, "Minimum " + std::to_string(fewest) + " " + noun + " required.");
  }
  if (const auto most = MostOf(price); most && count > *most) {
    return ErrorAnswer(400, "AboveMaximum" + error, "Maximum " + std::to_string(*most) + " " + noun + " allowed.");
  }
  return std::nullopt;
}

const Price* PriceOfKind(const World& world, const std::vector<SubscribedPrice>& prices, PriceKind kind) {
  for (const SubscribedPrice& subscribed : prices) {
    const Price* price = world.prices.Find(subscribed.price_id);
    if (price != nullptr && price->kind == kind) return price;
  }
  return nullptr;
}

std::vector<SubscribedPrice> PricesUnder(const World& world, const Product& product, const Subscription& subscription) {
  return SubscribedPricesOf(world, PricesIn(world, product, subscription.currency), subscription.quantity);
}

void RecountPrices(const World& world, Subscription& subscription) {
  for (SubscribedPrice& subscribed : subscription.prices) {
    const Price* kept = world.prices.Find(subscribed.price_id);
    if (kept != nullptr && CountedKindOf(*kept) != nullptr) subscribed.amount = AmountOf(*kept, subscription.quantity);
  }
}

void RestartPeriod(Subscription& subscription, Timestamp start) {
  subscription.period_start = start;
  subscription.anchor_day = ToCivilDate(start).day;
  subscription.period_end =
      NextPeriod(start, subscription.interval, subscription.interval_count, subscription.anchor_day);
}

std::optional<HttpResponse> Commit(World& world, Subscription& subscription, Change change) {
  const Before before = StateOf(subscription);
  std::optional<Order> draft;
  if (change.effect == Change::Effect::kInvoice) {
    draft = DraftOrder(world, change.changed, std::move(change.changed.waiting_items), "subscription_update");
    if (auto refusal = RefuseUnpayable(world, change.changed, *draft)) return refusal;
    change.changed.waiting_items.clear();
  }
  for (const auto& [name, told] : change.told) RecordChange(world, subscription, name, told);
  const Json updated = std::move(change.updated);
  // Usage is settled under the old product: its metered prices are gone after the change.
  if (change.settles_usage) SettleUsage(world, subscription, world.now);
  change.changed.usage = subscription.usage;
  subscription = std::move(change.changed);
  // What the customer has used in this quarter of an hour is billed at the prices of its end.
  NoteUsage(world, subscription.customer_id);
  if (Discount* redeemed = world.discounts.Find(change.redeems)) {
    redeemed->redemptions.push_back({.subscription_id = subscription.id});
  }
  if (change.replan && change.effect != Change::Effect::kCycle) PlanPeriodEnd(world, subscription);
  if (change.first_seats) HoldFirstSeat(world, subscription);
  if (change.sync_benefits) {
    SyncBenefits(world, subscription);
    if (subscription.quantity.seats && IsActive(subscription)) SyncSeatBenefits(world, subscription);
  }
  if (draft) PlaceOrder(world, *std::move(draft), Payment::kCaptured);
  const auto record = [&] {
    if (!updated.empty()) RecordChange(world, subscription, "subscription.updated", updated);
  };
  if (change.effect == Change::Effect::kCycle) {
    Cycle(world, subscription, before);
    record();
  } else {
    record();
    AnnounceChange(world, subscription, before);
  }
  return std::nullopt;
}

}  // namespace plinto::polar::emulator
