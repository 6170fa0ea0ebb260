// What a checkout sells and for how much: its prices, discount, trial, and whether a card is needed.
#include <algorithm>

#include "core/billing/pricing/periods.h"
#include "emulator/checkouts/checkouts.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
bool IsFreeProduct(const World& world, const Checkout& checkout) {
  const auto ids = OfferedPrices(world, checkout, checkout.product_id);
  return std::all_of(ids.begin(), ids.end(), [&](const std::string& id) {
    const Price* price = world.prices.Find(id);
    return price == nullptr || IsFree(*price);
  });
}

std::vector<std::string> OfferedPrices(const World& world, const Checkout& checkout, const std::string& product_id) {
  const auto ad_hoc = checkout.ad_hoc_prices.find(product_id);
  if (ad_hoc != checkout.ad_hoc_prices.end()) return ad_hoc->second;
  const Product* product = world.products.Find(product_id);
  return product == nullptr ? std::vector<std::string>() : product->price_ids;
}

std::vector<std::string> PricesOf(const World& world, const Checkout& checkout) {
  std::vector<std::string> ids;
  for (const std::string& id : OfferedPrices(world, checkout, checkout.product_id)) {
    const Price* price = world.prices.Find(id);
    if (price != nullptr && price->currency == checkout.currency) ids.push_back(id);
  }
  return ids;
}

std::int64_t DiscountAmountOf(const World& world, const Checkout& checkout) {
  const Discount* discount = world.discounts.Find(checkout.discount_id);
  return discount == nullptr ? 0 : DiscountOff(TermsIn(*discount, checkout.currency), checkout.amount);
}

std::int64_t TotalOf(const World& world, const Checkout& checkout) {
  return checkout.amount - DiscountAmountOf(world, checkout);
}

bool IsPaymentRequired(const World& world, const Checkout& checkout) {
  return TotalOf(world, checkout) > 0 && !checkout.trial_end;
}

bool IsPaymentSetupRequired(const World& world, const Checkout& checkout) {
  const Product* product = world.products.Find(checkout.product_id);
  if (product == nullptr || IsFreeProduct(world, checkout)) return false;
  const auto ids = OfferedPrices(world, checkout, checkout.product_id);
  const bool metered = std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
    const Price* price = world.prices.Find(id);
    return price != nullptr && !IsStatic(*price);
  });
  if (checkout.amount == 0 && !metered) return false;
  const Discount* discount = world.discounts.Find(checkout.discount_id);
  // Nothing will ever be charged, usage included.
  if (discount != nullptr && discount->percentage && discount->duration == "forever" &&
      discount->basis_points == 10'000) {
    return false;
  }
  return IsRecurring(*product);
}

bool IsPaymentFormRequired(const World& world, const Checkout& checkout) {
  return IsPaymentRequired(world, checkout) || IsPaymentSetupRequired(world, checkout);
}

ActiveTrial ActiveTrialOf(const World& world, const Checkout& checkout) {
  const Product* product = world.products.Find(checkout.product_id);
  if (!checkout.allow_trial || product == nullptr || !IsRecurring(*product)) return {};
  if (!checkout.trial_interval.empty()) return {checkout.trial_interval, checkout.trial_interval_count};
  return {product->trial_interval, product->trial_interval_count};
}

void UpdateTrialEnd(const World& world, Checkout& checkout) {
  const ActiveTrial trial = ActiveTrialOf(world, checkout);
  checkout.trial_end.reset();
  if (!trial.interval.empty()) checkout.trial_end = AddInterval(world.now, trial.interval, trial.count);
}

bool SelectPrices(const World& world, Checkout& checkout, const std::vector<std::string>& currencies,
                  const Quantity& wanted) {
  for (const std::string& currency : currencies) {
    checkout.currency = currency;
    const std::vector<std::string> ids = PricesOf(world, checkout);
    const Price* main = StaticPrice(world, ids);
    if (main == nullptr) continue;
    checkout.price_id = main->id;
    checkout.quantity = {};
    for (const std::string& id : ids) {
      const Price* price = world.prices.Find(id);
      const CountedKind* counted = CountedKindOf(*price);
      if (counted == nullptr) continue;
      checkout.quantity.*counted->count = (wanted.*counted->count).value_or(FewestOf(*price));
    }
    checkout.amount = 0;
    for (const std::string& id : ids) checkout.amount += AmountOf(*world.prices.Find(id), checkout.quantity);
    return true;
  }
  return false;
}

}  // namespace plinto::polar::emulator
