// Conekta's checkouts: an order with a page, for a plan that renews or for what is bought once.
//
// A checkout bears an id of our own, which the order has in its metadata: the order's is not known before its page is
// told where to lead.
#include <algorithm>

#include "core/conekta/orders.h"
#include "core/conekta/translate.h"
#include "core/foundation/text.h"
#include "server/service/conekta_call.h"
#include "server/service/customers/conekta_customers.h"
#include "server/service/customers/fit_name.h"
#include "server/service/providers/conekta_mirror.h"
#include "server/service/providers/conekta_provider.h"
#include "server/service/providers/forms.h"
#include "server/service/return_url.h"

namespace plinto::polar::server {
namespace {

// Older pages of Conekta's name two days as the least; and who pays in cash has to go to a shop.
constexpr std::int64_t kCheckoutSeconds = 3 * 86'400;
// Waiting for Conekta must not make a page wait that has an answer of the store's.
constexpr std::int64_t kOrderBudgetMs = 3'000;
// Of its metadata: components/schemas of Conekta's OpenAPI document. Three are ours.
constexpr std::size_t kMostConektaKeys = 97;
constexpr std::size_t kLongestConektaValue = 249;
constexpr std::string_view kOwnPrefix = "plinto_";

const Plan* EntryOf(const Settings& settings, const std::string& product_id) {
  for (const Plan& plan : settings.plans) {
    if (plan.conekta && EqualsIgnoringCase(plan.product_id, product_id)) return &plan;
  }
  return nullptr;
}

std::string FieldOfProduct(const CheckoutFields& fields) {
  if (fields.slug) return "slug";
  return fields.product_id ? "product_id" : "products";
}

Error NotSoldHere(const CheckoutFields& fields, const std::string& product_id) {
  return {.code = ErrorCode::kProviderNotConfigured,
          .message = "Buyers in Mexico pay by Conekta, which does not sell " + fields.slug.value_or(product_id) +
                     ": give its entry of PRODUCTS a `conekta`, {\"plan_id\": \"...\"} of a plan at Conekta or "
                     "{\"amount\": 34900, \"name\": \"...\"}.",
          .field = FieldOfProduct(fields)};
}

// One sentence for each member of the request that Conekta has nothing for.
Status CheckSellable(const CheckoutFields& fields) {
  if (fields.subscription_id) {
    return NotSupported("subscription_id",
                        "Conekta cannot turn a subscription into another one. Leave subscription_id out: the purchase "
                        "begins a subscription of its own.");
  }
  if (fields.embed_origin) {
    return NotSupported("embed_origin",
                        "Conekta's page cannot be embedded. Leave embed_origin out, and send the buyer to the URL.");
  }
  if (fields.seats) return NotSupported("seats", "Conekta sells no seats. Leave seats out: the plan has one price.");
  if (fields.currency && !EqualsIgnoringCase(*fields.currency, "mxn")) {
    return NotSupported("currency", "Conekta charges Mexican pesos. Leave currency out, or send mxn.");
  }
  if (fields.custom_field_data) {
    return NotSupported("custom_field_data", "Conekta's page has no custom fields. Use metadata for what you know.");
  }
  if (fields.discount_id || fields.allow_discount_codes.value_or(false)) {
    return NotSupported(fields.discount_id ? "discount_id" : "allow_discount_codes",
                        "Conekta knows no discounts. Sell a product whose plan at Conekta has the lower price.");
  }
  if (fields.allow_trial || fields.trial_interval || fields.trial_interval_count) {
    return NotSupported(fields.allow_trial ? "allow_trial" : "trial_interval",
                        "At Conekta the plan decides on its trial. Leave this out, or sell a plan with that trial.");
  }
  if (fields.amount) return NotSupported("amount", "At Conekta the price is that of PRODUCTS. Leave amount out.");
  return Done{};
}

Status CheckOwnMetadata(const std::optional<Json>& metadata) {
  const auto* members = metadata ? metadata->get_ptr<const Json::object_t*>() : nullptr;
  if (members == nullptr) return Done{};
  if (members->size() > kMostConektaKeys) return ValidationError("metadata", "Must have at most 97 keys at Conekta.");
  for (const auto& [name, value] : *members) {
    const std::string field = "metadata." + name;
    if (name.starts_with(kOwnPrefix)) return ValidationError(field, "Keys that begin with plinto_ are taken.");
    const auto* text = value.get_ptr<const std::string*>();
    if (text != nullptr && CountCodePoints(*text) > kLongestConektaValue) {
      return ValidationError(field, "Must have at most 249 characters at Conekta.");
    }
  }
  return Done{};
}

std::string FilledIn(std::string url, const std::string& id) {
  constexpr std::string_view kPlaceholder = "{CHECKOUT_ID}";
  url = WithPlaceholder(std::move(url));
  for (std::size_t at = url.find(kPlaceholder); at != std::string::npos; at = url.find(kPlaceholder, at)) {
    url.replace(at, kPlaceholder.size(), id);
  }
  return url;
}

ConektaOrderCreate OrderFor(const Purchase& purchase, const Plan& plan, const std::string& purchase_id, Timestamp now) {
  const CheckoutFields& fields = purchase.fields;
  ConektaOrderCreate create;
  Json metadata = fields.metadata.value_or(EmptyObject());
  SetMember(metadata, kConektaProductKey, plan.product_id);
  SetMember(metadata, kConektaPurchaseKey, purchase_id);
  ConektaCheckoutCreate checkout;
  if (plan.conekta->renews()) {
    SetMember(metadata, kConektaPlanKey, plan.conekta->plan_id);
    checkout.allowed_payment_methods = {"card"};
    checkout.plan_ids = std::vector{plan.conekta->plan_id};
  } else {
    checkout.allowed_payment_methods = {"card", "cash", "bank_transfer"};
    create.line_items = std::vector<ConektaLineItem>{{.name = plan.conekta->name, .unit_price = plan.conekta->amount}};
  }
  if (fields.success_url) checkout.success_url = FilledIn(*fields.success_url, purchase_id);
  if (fields.return_url) checkout.failure_url = FilledIn(*fields.return_url, purchase_id);
  checkout.expires_at = now.PlusSeconds(kCheckoutSeconds).Seconds();
  create.checkout = std::move(checkout);
  create.metadata = std::move(metadata);
  return create;
}

Error OrderUnknown() {
  return {.code = ErrorCode::kCheckoutOutcomeUnknown,
          .message =
              "Conekta's answer was lost, so it is not known whether a checkout was created. Start a new one; an "
              "orphan expires unpaid."};
}

Error NoPage() {
  return {.code = ErrorCode::kUpstreamAnswerInvalid, .message = "Conekta's order has no page to pay it on."};
}

/// Is the product subscribed to, at whichever provider, and renewed?
bool HasRunning(const CustomerSnapshots& bought, const std::string& product_id) {
  return std::any_of(bought.subscriptions.begin(), bought.subscriptions.end(),
                     [&](const Subscription& one) { return one.product_id == product_id && IsRunningOn(one); });
}

Error SubscribedAlready(const CheckoutFields& fields) {
  return {
      .code = ErrorCode::kConflict,
      .message =
          "The customer is subscribed to this product already, and would pay twice. Cancel that subscription first; "
          "one that is canceled for the end of its period may be followed by another.",
      .field = FieldOfProduct(fields)};
}

Error NeedsEmail() {
  return {.code = ErrorCode::kConflict,
          .message =
              "Conekta wants an e-mail address of its customers, and of this one none is known here. Let somebody who "
              "is signed in, and whose address Plinto has verified, start the first checkout."};
}

// Conekta's refusal in terms of our own request.
Error InOurTerms(Error error, const CheckoutFields& fields) {
  if (error.code != ErrorCode::kValidationFailed && error.code != ErrorCode::kNotFound) return error;
  if (error.field.find("plan_ids") != std::string::npos || error.code == ErrorCode::kNotFound) {
    error.code = ErrorCode::kProviderNotConfigured;
    error.message = "Conekta does not have the plan that PRODUCTS names for this product; the details say why.";
    error.field = FieldOfProduct(fields);
  } else if (error.field.find("success_url") != std::string::npos) {
    error.field = "success_url";
  } else if (error.field.find("failure_url") != std::string::npos) {
    error.field = "return_url";
  } else if (!error.field.starts_with("metadata")) {
    error.code = ErrorCode::kUpstreamFailed;
    error.message = "Conekta refused the order; the details say why.";
    error.field.clear();
  }
  return error;
}

/// Conekta may have refused the order for want of its customer. In which words it does is not documented.
bool MayWantCustomer(const Error& error) {
  return error.code == ErrorCode::kNotFound ||
         (error.code == ErrorCode::kValidationFailed && error.field.find("customer") != std::string::npos);
}

/// Whom Conekta is told of: the customer as Polar knows them, else the buyer.
Task<Result<ConektaContact>> FindContact(Host& host, const CustomerRow& customer, Buyer buyer) {
  ConektaContact contact{customer.email, customer.name};
  if (contact.email.empty() || contact.name.empty()) {
    if (!buyer.user && buyer.caller.token) co_await AskForUser(host, *buyer.caller.token, buyer.user);
    if (buyer.user && contact.email.empty() && buyer.user->email_verified) contact.email = buyer.user->email;
    if (buyer.user && contact.name.empty()) contact.name = FitName(buyer.user->name);
  }
  if (contact.email.empty()) co_return NeedsEmail();
  if (contact.name.empty()) contact.name = contact.email;
  co_return contact;
}

/// Their id at Conekta, where they are made if they are not there yet.
Task<Result<std::string>> EnsureBuyer(Host& host, const Settings& settings, CustomerRow customer, Buyer buyer,
                                      CallTerms terms) {
  ConektaContact contact;
  if (customer.conekta_customer_id.empty()) {
    Result<ConektaContact> found = co_await FindContact(host, customer, std::move(buyer));
    if (!found) co_return std::move(found).error();
    contact = *std::move(found);
  }
  co_return co_await EnsureConektaCustomer(host, settings, std::move(customer), std::move(contact), std::move(terms));
}

Task<Result<ConektaOrder>> PlaceOrder(Host& host, const Settings& settings, const ConektaOrderCreate& create,
                                      CallTerms terms) {
  HttpRequest request = BuildCreateConektaOrder(settings.conekta, create);
  const CallOutcome outcome = co_await CallConekta(host, std::move(request), false, std::move(terms));
  const auto* fault = std::get_if<TransportFault>(&outcome);
  if (fault != nullptr && *fault != TransportFault::kConnectionRefused) co_return OrderUnknown();
  co_return ReadConektaOutcome(outcome, ParseConektaOrder);
}

/// Whoever was removed at Conekta begins anew there, and nothing of theirs runs on. False of who is there.
Task<Result<bool>> ForgetWhoIsGone(Shared& shared, ConektaOwner owner, CallTerms terms) {
  Host& host = shared.host;
  const auto gone_at = co_await FindGoneFromConekta(host, shared.settings, owner, std::move(terms));
  if (!gone_at) co_return gone_at.error();
  if (!*gone_at) co_return false;
  Result<Facts> ended = co_await EndAllOfConekta(host, shared.settings, owner, **gone_at);
  if (!ended) co_return std::move(ended).error();
  Status done = co_await host.store.ApplyFacts(*std::move(ended), host.clock.Now());
  if (done) done = co_await host.store.ForgetConektaCustomer(owner.polar_customer_id, owner.conekta_customer_id);
  if (!done) co_return std::move(done).error();
  shared.notify_of_webhook();  // the application is told, too
  co_return true;
}

}  // namespace

Status CheckConekta(const Settings& settings) {
  if (settings.conekta.IsSet()) return Done{};
  return Error{.code = ErrorCode::kProviderNotConfigured,
               .message =
                   "Buyers in Mexico pay by Conekta, which is not set up here. Set CONEKTA_API_KEY and "
                   "CONEKTA_WEBHOOK_KEYS."};
}

Status ConektaProvider::CheckPurchase(const Settings& settings, const Purchase& purchase) const {
  if (Status set = CheckConekta(settings); !set) return set;
  if (purchase.products.size() != 1) {
    return NotSupported("products", "Conekta's page sells one product. Let the buyer choose, then name that one.");
  }
  if (EntryOf(settings, purchase.products.front()) == nullptr) {
    return NotSoldHere(purchase.fields, purchase.products.front());
  }
  if (Status fields = CheckSellable(purchase.fields); !fields) return fields;
  return CheckOwnMetadata(purchase.fields.metadata);
}

Task<Result<OpenedPurchase>> ConektaProvider::OpenCheckout(Shared& shared, Purchase purchase, Buyer buyer,
                                                           CustomerRow customer, CallTerms terms) {
  Host& host = shared.host;
  const Settings& settings = shared.settings;
  const Plan* const plan = EntryOf(settings, purchase.products.front());
  if (plan == nullptr) co_return NotSoldHere(purchase.fields, purchase.products.front());
  if (plan->conekta->renews()) {
    const Result<CustomerSnapshots> bought = co_await host.store.ReadSnapshots(customer.polar_customer_id);
    if (!bought) co_return bought.error();
    if (HasRunning(*bought, plan->product_id)) co_return SubscribedAlready(purchase.fields);
  }
  std::string purchase_id = UuidFromEntropy(host.random.Entropy());
  ConektaOrderCreate create = OrderFor(purchase, *plan, purchase_id, host.clock.Now());
  Result<std::string> customer_id = co_await EnsureBuyer(host, settings, customer, buyer, terms);
  if (!customer_id) co_return std::move(customer_id).error();
  create.customer_info.customer_id = *customer_id;
  Result<ConektaOrder> order = co_await PlaceOrder(host, settings, create, terms);
  if (!order && MayWantCustomer(order.error())) {
    ConektaOwner owner{customer.polar_customer_id, *customer_id};
    const Result<bool> is_gone = co_await ForgetWhoIsGone(shared, std::move(owner), terms);
    if (!is_gone) co_return is_gone.error();
    if (*is_gone) {
      customer.conekta_customer_id.clear();
      customer_id = co_await EnsureBuyer(host, settings, std::move(customer), std::move(buyer), terms);
      if (!customer_id) co_return std::move(customer_id).error();
      create.customer_info.customer_id = *customer_id;
      order = co_await PlaceOrder(host, settings, create, std::move(terms));
    }
  }
  if (!order) co_return InOurTerms(std::move(order).error(), purchase.fields);
  if (!order->checkout || !order->checkout->url) co_return NoPage();
  const Timestamp expires_at = FromConektaTime(order->checkout->expires_at.value_or(*create.checkout->expires_at));
  co_return OpenedPurchase{.answer = {std::move(purchase_id), *order->checkout->url, expires_at, std::nullopt},
                           .product_id = plan->product_id,
                           .conekta_order_id = std::move(order->id)};
}

Task<Result<std::optional<std::string>>> ConektaProvider::RefreshCheckout(Shared& shared, CheckoutRow row,
                                                                          Timestamp deadline) {
  using NotStored = std::optional<std::string>;
  Host& host = shared.host;
  Timestamp as_of;
  const Timestamp patience = host.clock.Now().PlusMilliseconds(kOrderBudgetMs);
  CallTerms terms(std::min(deadline, patience), Priority::kRead, row.subject.id);
  HttpRequest request = BuildGetConektaOrder(shared.settings.conekta, row.conekta_order_id);
  const CallOutcome outcome = co_await CallConekta(host, std::move(request), true, std::move(terms), &as_of);
  const Result<ConektaOrder> order = ReadConektaOutcome(outcome, ParseConektaOrder);
  // Without an answer the last known state is one, and says how old it is.
  if (!order) co_return NotStored();
  Facts facts;
  facts.checkouts.push_back({row.polar_checkout_id, ToCheckoutStatus(*order, as_of), as_of, row.product_id});
  if (facts.checkouts.front().status != "succeeded") {
    const Status applied = co_await host.store.ApplyFacts(std::move(facts), host.clock.Now());
    if (!applied) co_return applied.error();
    co_return NotStored();
  }
  const Result<std::optional<CustomerRow>> customer = co_await host.store.FindCustomer(row.subject);
  if (!customer) co_return customer.error();
  if (!*customer) co_return NotStored("succeeded");
  CallTerms rest(deadline, Priority::kRead, row.subject.id);
  ConektaOwner owner{(*customer)->polar_customer_id, (*customer)->conekta_customer_id};
  const Status mirrored =
      co_await MirrorConekta(shared, std::move(owner), row.conekta_order_id, std::move(facts), std::move(rest));
  if (mirrored) co_return NotStored();
  if (mirrored.error().code == ErrorCode::kStoreFailed) co_return mirrored.error();
  co_return NotStored("succeeded");
}

}  // namespace plinto::polar::server
