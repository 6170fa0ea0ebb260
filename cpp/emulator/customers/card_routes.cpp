// Cards on file: the portal's, the merchant's list, and the test's switch POST /_emulator/customers/{id}/card.
#include <algorithm>
#include <array>

#include "emulator/api/body.h"
#include "emulator/api/body_fields.h"
#include "emulator/api/router.h"
#include "emulator/world.h"

namespace plinto::polar::emulator {
namespace {

// Without a customer 404, once the query holds.
HttpResponse CardsOf(World& world, const Call& call, const Customer* customer) {
  HttpResponse answer = ListAnswer(
      call.query, {}, "created_at", world.payment_methods,
      [&](const PaymentMethod& method) {
        return customer != nullptr && method.customer_id == customer->id && !method.deleted;
      },
      [](const PaymentMethod& method) { return method.created_at; },
      [&](const PaymentMethod& method) { return RenderCustomerPaymentMethod(world, method); });
  return answer.status == 200 && customer == nullptr ? ResourceNotFound() : answer;
}

HttpResponse MerchantList(World& world, const Call& call) {
  return CardsOf(world, call, FindCustomer(world, call.path[0]));
}

HttpResponse MerchantListExternal(World& world, const Call& call) {
  return CardsOf(world, call, FindCustomerByExternalId(world, call.path[0]));
}

HttpResponse PortalList(World& world, const Call& call) {
  return CardsOf(world, call, FindCustomer(world, call.session->customer_id));
}

HttpResponse PortalAdd(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  reader.Require("confirmation_token_id");
  reader.Require("set_default", ValueKind::kBool);
  reader.Require("return_url");
  const auto token = reader.Text("confirmation_token_id");
  const auto set_default = reader.Bool("set_default");
  (void)reader.Text("return_url");
  if (!issues.empty()) return issues.Answer();
  Customer* customer = FindCustomer(world, call.session->customer_id);
  const TestCard* card = FindTestCardByToken(token.value_or(""));
  if (customer == nullptr) return ResourceNotFound();
  if (card == nullptr || !card->decline_by_buyer.empty()) {
    return ErrorAnswer(400, "PaymentMethodSetupFailed",
                       "Could not add this payment method: Your card was declined. Please try another card.");
  }
  const PaymentMethod& method = SavePaymentMethod(world, *customer, *card, set_default.value_or(false));
  customer->modified_at = world.now;
  AnnounceCustomer(world, *customer, "customer.updated");
  return JsonAnswer(201, Json::object({{"status", "succeeded"}, {"payment_method", RenderPaymentMethod(method)}}));
}

bool NeedsCard(const World& world, const Subscription& subscription) {
  if (subscription.status == SubscriptionStatus::kPaused) return subscription.resumes_at.has_value();
  if (!IsBillable(subscription)) return false;
  if (IsActive(subscription) && subscription.cancel_at_period_end) {
    return std::any_of(subscription.prices.begin(), subscription.prices.end(), [&](const SubscribedPrice& subscribed) {
      const Price* price = world.prices.Find(subscribed.price_id);
      return price != nullptr && !IsStatic(*price);
    });
  }
  return true;
}

// The only card of a subscription that renews cannot be deleted; with another on file the subscription moves to it.
HttpResponse PortalDelete(World& world, const Call& call) {
  PaymentMethod* method = FindPaymentMethod(world, call.path[0]);
  Customer* customer = FindCustomer(world, call.session->customer_id);
  if (method == nullptr || customer == nullptr || method->customer_id != customer->id) return ResourceNotFound();
  const PaymentMethod* other = world.payment_methods.FindIf([&](const PaymentMethod& one) {
    return one.customer_id == customer->id && !one.deleted && one.id != method->id;
  });
  std::string users;
  for (const Subscription& subscription : world.subscriptions) {
    if (subscription.payment_method_id != method->id || !NeedsCard(world, subscription)) continue;
    users += (users.empty() ? "" : ", ") + subscription.id;
  }
  if (!users.empty() && other == nullptr) {
    return ErrorAnswer(400, "PaymentMethodInUseByActiveSubscription",
                       "Cannot delete payment method. It is currently used by active subscription(s): " + users);
  }
  for (Subscription& subscription : world.subscriptions) {
    if (subscription.payment_method_id == method->id)
      subscription.payment_method_id = other == nullptr ? "" : other->id;
  }
  method->deleted = true;
  if (customer->default_payment_method_id == method->id) {
    customer->default_payment_method_id = other == nullptr ? "" : other->id;
  }
  customer->modified_at = world.now;
  AnnounceCustomer(world, *customer, "customer.updated");
  return {204, {}, {}};
}

// From now on the customer's cards behave as the test card of that name; `none` takes them away.
HttpResponse SwitchCard(World& world, const Call& call) {
  const ParsedBody body = ParseBody(call.request, call.issues);
  if (body.refusal) return *body.refusal;
  Issues issues;
  BodyReader reader(body.object, Json::array({"body"}), issues);
  const auto name =
      RequireChoice(reader, issues, "card", {"visa", "declined", "fails_renewal", "lost_at_renewal", "none"});
  if (!name) return issues.Answer();
  Customer* customer = FindCustomer(world, call.path[0]);
  if (customer == nullptr) customer = FindCustomerByExternalId(world, call.path[0]);
  if (customer == nullptr) {
    return ErrorAnswer(404, "ResourceNotFound",
                       "There is no customer with the id or the external id '" + call.path[0] + "'.");
  }
  const TestCard* card = FindTestCardByName(*name);
  std::size_t count = 0;
  for (PaymentMethod& method : world.payment_methods) {
    if (method.customer_id != customer->id || method.deleted) continue;
    ++count;
    method.deleted = card == nullptr;
    if (card != nullptr) method.decline_off_session = std::string(card->decline_off_session);
  }
  if (card == nullptr) customer->default_payment_method_id.clear();
  return JsonAnswer(200, Json::object({{"card", *name}, {"payment_methods", count}}));
}

}  // namespace

std::span<const Route> CardRoutes() {
  static constexpr std::array kRoutes = {
      Route{"GET", "/v1/customers/{id}/payment-methods", Access::kOrganization, MerchantList},
      Route{"GET", "/v1/customers/external/{external_id}/payment-methods", Access::kOrganization, MerchantListExternal},
      Route{"GET", "/v1/customer-portal/customers/me/payment-methods", Access::kBilling, PortalList},
      Route{"POST", "/v1/customer-portal/customers/me/payment-methods", Access::kBilling, PortalAdd},
      Route{"DELETE", "/v1/customer-portal/customers/me/payment-methods/{id}", Access::kBilling, PortalDelete},
      Route{"POST", "/_emulator/customers/{id}/card", Access::kPublic, SwitchCard},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator
