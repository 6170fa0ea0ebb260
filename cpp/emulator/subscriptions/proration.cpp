#include "emulator/subscriptions/proration.h"

#include "core/billing/pricing/proration.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

WideDecimal ShareLeftOf(const World& world, const Subscription& subscription) {
  return ShareLeft(subscription.period_start, subscription.period_end, world.now);
}

std::optional<DiscountTerms> TermsOf(const World& world, const Subscription& subscription) {
  const Discount* discount = DiscountOf(world, subscription);
  return discount == nullptr ? std::nullopt : std::optional(TermsIn(*discount, subscription.currency));
}

std::vector<OrderItem> Prorate(World& world, const Subscription& subscription, bool credit) {
  std::vector<const Price*> prices;
  std::vector<std::int64_t> amounts;
  for (const SubscribedPrice& subscribed : subscription.prices) {
    const Price* price = world.prices.Find(subscribed.price_id);
    if (price == nullptr || !IsProrated(price->kind) || IsFree(*price)) continue;
    prices.push_back(price);
    amounts.push_back(subscribed.amount);
  }
  const std::vector<std::int64_t> prorated =
      ProratePrices(amounts, TermsOf(world, subscription), ShareLeftOf(world, subscription));
  std::vector<OrderItem> items;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    const std::string label =
        LabelOverTime(LabelOf(world, *prices[i], subscription.quantity), world.now, subscription.period_end);
    OrderItem item = NewItem(world, credit ? "Remaining time on " + label : label, credit ? -prorated[i] : prorated[i],
                             prices[i]->id);
    item.proration = true;
    item.start = world.now;
    item.end = subscription.period_end;
    items.push_back(std::move(item));
  }
  return items;
}

std::int64_t CountOf(const World& world, const Subscription& subscription, const Price& price) {
  std::vector<std::int64_t> fixed;
  for (const SubscribedPrice& subscribed : subscription.prices) {
    const Price* other = world.prices.Find(subscribed.price_id);
    if (other != nullptr && other->kind == PriceKind::kFixed) fixed.push_back(subscribed.amount);
  }
  return CountAfterDiscount(AmountOf(price, subscription.quantity), std::move(fixed), TermsOf(world, subscription));
}

}  // namespace

std::vector<OrderItem> ProrateCredits(World& world, const Subscription& subscription) {
  return Prorate(world, subscription, true);
}

std::vector<OrderItem> ProrateDebits(World& world, const Subscription& subscription) {
  return Prorate(world, subscription, false);
}

std::optional<OrderItem> ProrateQuantity(World& world, const Subscription& before, const Subscription& after,
                                         const Price& price, bool in_full) {
  const std::int64_t new_amount = CountOf(world, after, price);
  const std::int64_t amount =
      in_full ? new_amount : ProrateCount(CountOf(world, before, price), new_amount, ShareLeftOf(world, before));
  if (amount == 0) return std::nullopt;
  const Product* product = world.products.Find(price.product_id);
  const CountedKind& counted = *CountedKindOf(price);
  const std::int64_t from = (before.quantity.*counted.count).value_or(1);
  const std::int64_t to = (after.quantity.*counted.count).value_or(1);
  // Units have their noun on both sides, since the seller names one of them otherwise than several.
  const std::string before_arrow =
      counted.kind == PriceKind::kUnitBased ? CountLabel(price, from) : std::to_string(from);
  const std::string after_arrow =
      counted.kind == PriceKind::kUnitBased ? CountLabel(price, to) : std::to_string(to) + " seats";
  const std::string label = LabelOverTime(
      (product == nullptr ? "" : product->name) + " (" + before_arrow + " \xe2\x86\x92 " + after_arrow + ")", world.now,
      after.period_end);
  OrderItem item = NewItem(world, amount < 0 ? "Remaining time on " + label : label, amount, price.id);
  item.proration = true;
  item.start = world.now;
  item.end = after.period_end;
  return item;
}

}  // namespace plinto::polar::emulator
