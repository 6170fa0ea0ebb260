#include "emulator/checkouts/rules.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/catalog/money.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Customer* BuyerSoFar(World& world, const Checkout& checkout) {
  if (!checkout.customer_id.empty()) return FindCustomer(world, checkout.customer_id);
  return FindCustomerByEmail(world, checkout.customer_email.value_or(""));
}

}  // namespace

const Price* PriceOfKind(const World& world, const Checkout& checkout, PriceKind kind) {
  for (const std::string& id : PricesOf(world, checkout)) {
    const Price* price = world.prices.Find(id);
    if (price->kind == kind) return price;
  }
  return nullptr;
}

HttpResponse RefuseCount(std::string_view field, const CountedKind& counted, std::int64_t count) {
  const std::string what(field == counted.noun ? counted.error : field);
  return RefuseMember(field, what + " can only be set for " + std::string(counted.adjective) + " pricing.", count);
}

std::optional<HttpResponse> CheckCount(const Checkout& checkout, const CountedKind& counted, const Price& price,
                                       std::int64_t count) {
  const std::int64_t fewest = std::max(FewestOf(price), (checkout.least.*counted.count).value_or(1));
  std::optional<std::int64_t> most = MostOf(price);
  if (const auto own = checkout.most.*counted.count) most = most ? std::min(*most, *own) : *own;
  const std::string noun(counted.noun);
  if (count < fewest) {
    return RefuseMember(noun, "Minimum " + std::to_string(fewest) + " " + noun + " required.", count,
                        "greater_than_equal", Json::object({{"ge", fewest}}));
  }
  if (most && count > *most) {
    return RefuseMember(noun, "Maximum " + std::to_string(*most) + " " + noun + " allowed.", count, "less_than_equal",
                        Json::object({{"le", *most}}));
  }
  return std::nullopt;
}

std::optional<HttpResponse> CheckCustomAmount(const Price& price, std::int64_t amount) {
  const auto below = [&](const std::string& msg, std::int64_t bound) {
    return RefuseMember("amount", msg, amount, "greater_than_equal", Json::object({{"ge", bound}}));
  };
  const auto above = [&](const std::string& msg, std::int64_t bound) {
    return RefuseMember("amount", msg, amount, "less_than_equal", Json::object({{"le", bound}}));
  };
  if (amount < price.minimum_amount) return below("Amount is below minimum.", price.minimum_amount);
  const std::int64_t floor = MinimumCharge(price.currency);
  if (amount > 0 && amount < floor) {
    return RefuseMember("amount", "Amount must be 0 or at least " + FormatCurrency(floor, price.currency) + ".", amount,
                        "invalid_amount", Json::object({{"allowed", Json::array({0})}, {"ge", floor}}));
  }
  if (price.maximum_amount && amount > *price.maximum_amount) {
    return above("Amount is above maximum.", *price.maximum_amount);
  }
  const std::int64_t ceiling = MaximumCharge(price.currency);
  if (amount > ceiling) {
    return above("Amount must be at most " + FormatCurrency(ceiling, price.currency) + ".", ceiling);
  }
  return std::nullopt;
}

std::optional<HttpResponse> ApplyDiscount(World& world, Checkout& checkout, const DiscountRequest& request) {
  const bool by_id = request.field == "discount_id";
  const Json input = by_id ? Json(request.value) : Json(nullptr);
  if (IsFreeProduct(world, checkout)) {
    return RefuseMember(request.field, "Discounts are not applicable to this product.", input);
  }
  const Discount* discount = by_id ? FindDiscount(world, request.value) : FindDiscountByCode(world, request.value);
  if (discount == nullptr || !IsRedeemable(world, *discount) ||
      !AppliesTo(*discount, checkout.product_id, checkout.currency)) {
    return RefuseMember(request.field, "Discount does not exist.", input);
  }
  checkout.discount_id = discount->id;
  return std::nullopt;
}

bool ReachedOwnLimit(World& world, const Checkout& checkout) {
  const Discount* discount = world.discounts.Find(checkout.discount_id);
  if (discount == nullptr || !discount->max_redemptions_per_customer) return false;
  const Customer* customer = BuyerSoFar(world, checkout);
  if (customer == nullptr) return false;
  return std::count(discount->redeemed_by.begin(), discount->redeemed_by.end(), customer->id) >=
         *discount->max_redemptions_per_customer;
}

HttpResponse OwnLimitReached() {
  return ErrorAnswer(403, "DiscountRedemptionLimitReached",
                     "You have already redeemed this discount the maximum number of times allowed per customer.");
}

std::optional<HttpResponse> CheckOnlySubscription(World& world, const Checkout& checkout) {
  const Product* product = world.products.Find(checkout.product_id);
  if (product == nullptr || !IsRecurring(*product) || !checkout.subscription_id.empty()) return std::nullopt;
  if (world.settings.allow_multiple_subscriptions) return std::nullopt;
  const Customer* customer = BuyerSoFar(world, checkout);
  if (customer == nullptr) return std::nullopt;
  const bool has_one = world.subscriptions.FindIf([&](const Subscription& subscription) {
    return subscription.customer_id == customer->id && IsBillable(subscription);
  }) != nullptr;
  if (!has_one) return std::nullopt;
  return ErrorAnswer(403, "AlreadyActiveSubscriptionError", "You already have an active subscription.");
}

}  // namespace plinto::polar::emulator
