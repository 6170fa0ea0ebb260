#include "emulator/checkouts/rules.h"

#include <algorithm>

#include "core/foundation/text.h"
#include "emulator/api/answers.h"
#include "emulator/api/body.h"
#include "emulator/catalog/currencies.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

Customer* BuyerSoFar(World& world, const Checkout& checkout) {
  if (!checkout.customer_id.empty()) return FindCustomer(world, checkout.customer_id);
  return FindCustomerByEmail(world, checkout.customer_email.value_or(""));
}

// `Ada+shop@example.com` is ada@example.com.
std::string Unaliased(std::string_view email) {
  std::string address = ToLowerAscii(email);
  const std::size_t at = address.find('@');
  const std::size_t plus = address.find('+');
  if (at != std::string::npos && plus < at) address.erase(plus, at - plus);
  return address;
}

std::string EmailOf(const Customer* customer, const Checkout& checkout) {
  const auto& email = customer != nullptr && customer->email ? customer->email : checkout.customer_email;
  return Unaliased(email.value_or(""));
}

struct Person {
  std::string customer_id;
  std::string email;      ///< Unaliased; empty: unknown.
  std::string_view card;  ///< A token; empty: unknown.
};

bool IsOrderOf(const Redemption& redemption, const Order& order) {
  if (!redemption.checkout_id.empty()) return order.checkout_id == redemption.checkout_id;
  return order.subscription_id == redemption.subscription_id;
}

bool IsRedemptionOf(World& world, const Redemption& redemption, const Person& person) {
  const auto is_them = [&](const std::string& customer_id, const std::optional<std::string>& email) {
    if (!person.customer_id.empty() && customer_id == person.customer_id) return true;
    return !person.email.empty() && Unaliased(email.value_or("")) == person.email;
  };
  if (const Checkout* checkout = world.checkouts.Find(redemption.checkout_id)) {
    if (is_them(checkout->customer_id, checkout->customer_email)) return true;
    return !person.card.empty() && checkout->card == person.card && world.orders.FindIf([&](const Order& order) {
      return IsOrderOf(redemption, order) && order.charged;
    }) != nullptr;
  }
  const Subscription* subscription = world.subscriptions.Find(redemption.subscription_id);
  const Customer* customer = subscription == nullptr ? nullptr : world.customers.Find(subscription->customer_id);
  return customer != nullptr && is_them(customer->id, customer->email);
}

bool IsRefunded(const World& world, const Redemption& redemption) {
  bool ordered = false;
  for (const Order& order : world.orders) {
    if (!IsOrderOf(redemption, order)) continue;
    if (order.status == "paid" || order.status == "partially_refunded") return false;
    ordered = true;
  }
  return ordered;
}

}  // namespace

bool HasStreet(const Json& address) {
  for (const std::string_view part : {"line1", "line2", "postal_code", "city"}) {
    if (FindString(address, part) != nullptr) return true;
  }
  return false;
}

bool WantsStreet(const Checkout& checkout) {
  return checkout.require_billing_address || checkout.is_business_customer || checkout.payment_method_type == "upi";
}

const Price* PriceOfKind(const World& world, const Checkout& checkout, PriceKind kind) {
  for (const std::string& id : PricesOf(world, checkout)) {
    const Price* price = world.prices.Find(id);
    if (price->kind == kind) return price;
  }
  return nullptr;
}

void NoteCount(std::string_view field, const CountedKind& counted, std::int64_t count, Issues& issues) {
  const std::string what(field == counted.noun ? counted.error : field);
  issues.Refuse(Json::array({"body", field}),
                what + " can only be set for " + std::string(counted.adjective) + " pricing.", count);
}

HttpResponse RefuseCount(std::string_view field, const CountedKind& counted, std::int64_t count) {
  Issues issues;
  NoteCount(field, counted, count, issues);
  return issues.Answer();
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

bool ReachedOwnLimit(World& world, const Checkout& checkout, std::string_view card) {
  const Discount* discount = world.discounts.Find(checkout.discount_id);
  if (discount == nullptr || !discount->max_redemptions_per_customer) return false;
  const Customer* customer = BuyerSoFar(world, checkout);
  const Person person = {customer == nullptr ? "" : customer->id, EmailOf(customer, checkout), card};
  const auto counts = [&](const Redemption& redemption) {
    return redemption.checkout_id != checkout.id && IsRedemptionOf(world, redemption, person) &&
           !IsRefunded(world, redemption);
  };
  return std::count_if(discount->redemptions.begin(), discount->redemptions.end(), counts) >=
         *discount->max_redemptions_per_customer;
}

HttpResponse OwnLimitReached() {
  return ErrorAnswer(403, "DiscountRedemptionLimitReached",
                     "You have already redeemed this discount the maximum number of times allowed per customer.");
}

bool HasHadTrial(World& world, const Checkout& checkout, std::string_view card) {
  const std::string email = EmailOf(BuyerSoFar(world, checkout), checkout);
  if (email.empty()) return false;
  return world.checkouts.FindIf([&](const Checkout& other) {
    if (other.status != "succeeded" || !other.trial_end) return false;
    const bool same_card = !card.empty() && other.card == card;
    return same_card || EmailOf(world.customers.Find(other.customer_id), other) == email;
  }) != nullptr;
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
