#include "emulator/customers/cards.h"

#include <algorithm>
#include <array>

#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::array<TestCard, 4> kCards = {{
    {"ctoken_visa", "4242424242424242", "visa", "visa", "", ""},
    {"ctoken_declined", "4000000000000002", "declined", "visa", "card_declined", "card_declined"},
    {"ctoken_fails_renewal", "4000000000000341", "fails_renewal", "visa", "", "card_declined"},
    {"ctoken_lost_at_renewal", "4000000000009987", "lost_at_renewal", "visa", "", "lost_card"},
}};

// Stripe's codes after which another attempt is pointless (Polar's models/payment.py).
constexpr std::array<std::string_view, 23> kHopeless = {"card_not_supported",
                                                        "do_not_honor",
                                                        "expired_card",
                                                        "fraudulent",
                                                        "incorrect_cvc",
                                                        "incorrect_number",
                                                        "invalid_account",
                                                        "invalid_cvc",
                                                        "invalid_expiry_year",
                                                        "invalid_pin",
                                                        "live_mode_test_card",
                                                        "lost_card",
                                                        "merchant_blacklist",
                                                        "not_permitted",
                                                        "pickup_card",
                                                        "previously_declined_do_not_retry",
                                                        "restricted_card",
                                                        "revocation_of_all_authorizations",
                                                        "revocation_of_authorization",
                                                        "security_violation",
                                                        "stolen_card",
                                                        "stop_payment_order",
                                                        "blocklist"};

}  // namespace

std::span<const TestCard> TestCards() { return kCards; }

const TestCard* FindTestCardByToken(std::string_view token) {
  const auto* found =
      std::find_if(kCards.begin(), kCards.end(), [&](const TestCard& card) { return card.token == token; });
  return found == kCards.end() ? nullptr : found;
}

const TestCard* FindTestCardByName(std::string_view name) {
  const auto* found =
      std::find_if(kCards.begin(), kCards.end(), [&](const TestCard& card) { return card.name == name; });
  return found == kCards.end() ? nullptr : found;
}

PaymentMethod& SavePaymentMethod(World& world, Customer& customer, const TestCard& card, bool set_default) {
  PaymentMethod& method = world.payment_methods.Add({
      .id = world.random.Uuid(),
      .created_at = world.now,
      .customer_id = customer.id,
      .brand = std::string(card.brand),
      .last4 = std::string(card.number.substr(card.number.size() - 4)),
      .decline_off_session = std::string(card.decline_off_session),
  });
  if (!set_default) return method;
  customer.default_payment_method_id = method.id;
  RetryPastDueOrders(world, customer, method);
  return method;
}

PaymentMethod* FindPaymentMethod(World& world, std::string_view id) {
  PaymentMethod* method = world.payment_methods.Find(id);
  return method == nullptr || method->deleted ? nullptr : method;
}

PaymentMethod* PaymentMethodFor(World& world, const Subscription& subscription) {
  if (PaymentMethod* own = FindPaymentMethod(world, subscription.payment_method_id)) return own;
  const Customer* customer = world.customers.Find(subscription.customer_id);
  return customer == nullptr ? nullptr : FindPaymentMethod(world, customer->default_payment_method_id);
}

const std::string& DeclineOf(const PaymentMethod& method) { return method.decline_off_session; }

bool IsHopeless(std::string_view decline_code) {
  return std::find(kHopeless.begin(), kHopeless.end(), decline_code) != kHopeless.end();
}

std::string_view DeclineMessage(std::string_view) { return "Your card was declined."; }

Json RenderPaymentMethod(const PaymentMethod& method) {
  return Json::object({
      {"id", method.id},
      {"created_at", ToJson(method.created_at)},
      {"modified_at", OrNull(method.modified_at)},
      {"processor", "stripe"},
      {"customer_id", method.customer_id},
      {"type", "card"},
      {"method_metadata", Json::object({{"brand", method.brand},
                                        {"last4", method.last4},
                                        {"exp_month", 12},
                                        {"exp_year", ToCivilDate(method.created_at).year + 4},
                                        {"wallet", nullptr}})},
  });
}

Json RenderCustomerPaymentMethod(const World& world, const PaymentMethod& method) {
  const Customer* customer = world.customers.Find(method.customer_id);
  Json json = RenderPaymentMethod(method);
  SetMember(json, "is_default", customer != nullptr && customer->default_payment_method_id == method.id);
  return json;
}

}  // namespace plinto::polar::emulator
