#include "emulator/subscriptions/proration.h"

#include <algorithm>

#include "emulator/catalog/wide_decimal.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Python's total_seconds().
WideDecimal Seconds(std::int64_t microseconds) {
  return WideDecimal::Exactly(static_cast<double>(microseconds) / 1'000'000);
}

WideDecimal RemainingOf(const World& world, const Subscription& subscription) {
  const std::int64_t left = subscription.period_end.microseconds - world.now.microseconds;
  const std::int64_t total = subscription.period_end.microseconds - subscription.period_start.microseconds;
  return left <= 0 || total <= 0 ? WideDecimal(0) : Seconds(left).Over(Seconds(total));
}

// What comes off each of the amounts: a percentage from each for itself, a fixed amount split among them.
std::vector<std::int64_t> DiscountsOn(const World& world, const Subscription& subscription,
                                      const std::vector<std::int64_t>& amounts) {
  const Discount* discount = DiscountOf(world, subscription);
  if (discount == nullptr) return std::vector<std::int64_t>(amounts.size(), 0);
  if (!discount->percentage) {
    std::int64_t sum = 0;
    for (const std::int64_t amount : amounts) sum += amount;
    return SplitByLargestRemainder(DiscountOff(*discount, sum, subscription.currency), amounts);
  }
  std::vector<std::int64_t> off;
  for (const std::int64_t amount : amounts) off.push_back(DiscountOff(*discount, amount, subscription.currency));
  return off;
}

bool IsProratable(const Price& price) {
  return !IsFree(price) && (price.kind == PriceKind::kFixed || CountedKindOf(price) != nullptr);
}

std::vector<OrderItem> Prorate(World& world, const Subscription& subscription, bool credit) {
  std::vector<const Price*> prices;
  std::vector<std::int64_t> amounts;
  for (const SubscribedPrice& subscribed : subscription.prices) {
    const Price* price = world.prices.Find(subscribed.price_id);
    if (price == nullptr || !IsProratable(*price)) continue;
    prices.push_back(price);
    amounts.push_back(subscribed.amount);
  }
  const std::vector<std::int64_t> off = DiscountsOn(world, subscription, amounts);
  const WideDecimal factor = RemainingOf(world, subscription);
  std::vector<OrderItem> items;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    const std::int64_t amount = WideDecimal(amounts[i] - off[i]).Times(factor).HalfToEven();
    const std::string label =
        LabelOverTime(LabelOf(world, *prices[i], subscription.quantity), world.now, subscription.period_end);
    OrderItem item =
        NewItem(world, credit ? "Remaining time on " + label : label, credit ? -amount : amount, prices[i]->id);
    item.proration = true;
    item.start = world.now;
    item.end = subscription.period_end;
    items.push_back(std::move(item));
  }
  return items;
}

// What the seats or units cost after the part of the discount that falls on them, beside a fixed base fee.
std::int64_t CountAfterDiscount(const World& world, const Subscription& subscription, const Price& price) {
  std::vector<std::int64_t> amounts;
  for (const SubscribedPrice& subscribed : subscription.prices) {
    const Price* other = world.prices.Find(subscribed.price_id);
    if (other != nullptr && other->kind == PriceKind::kFixed) amounts.push_back(subscribed.amount);
  }
  const std::int64_t counted = AmountOf(price, subscription.quantity);
  amounts.push_back(counted);
  return counted - DiscountsOn(world, subscription, amounts).back();
}

}  // namespace

std::vector<OrderItem> ProrateCredits(World& world, const Subscription& subscription) {
  return Prorate(world, subscription, true);
}

std::vector<OrderItem> ProrateDebits(World& world, const Subscription& subscription) {
  return Prorate(world, subscription, false);
}

std::optional<OrderItem> ProrateCount(World& world, const Subscription& before, const Subscription& after,
                                      const Price& price, bool in_full) {
  const std::int64_t old_amount = CountAfterDiscount(world, before, price);
  const std::int64_t new_amount = CountAfterDiscount(world, after, price);
  const std::int64_t amount =
      in_full ? new_amount : WideDecimal(new_amount - old_amount).Times(RemainingOf(world, before)).Truncated();
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
