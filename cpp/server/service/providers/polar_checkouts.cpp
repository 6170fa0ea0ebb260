// Polar's checkouts: opened, and asked about.
#include "core/foundation/codec.h"
#include "core/polar/sales/checkouts.h"
#include "server/service/customers/customers.h"
#include "server/service/import/covering_trial.h"
#include "server/service/mirror/facts.h"
#include "server/service/mirror/fetch.h"
#include "server/service/polar_call.h"
#include "server/service/providers/polar_provider.h"
#include "server/service/return_url.h"

namespace plinto::polar::server {
namespace {

// Waiting for Polar must not make a page wait that has an answer of the store's.
constexpr std::int64_t kRefreshBudgetMs = 3'000;

CheckoutCreate CreateFrom(const Purchase& purchase) {
  const CheckoutFields& request = purchase.fields;
  CheckoutCreate create;
  create.products = purchase.products;
  if (request.success_url) create.success_url = WithPlaceholder(*request.success_url);
  create.return_url = request.return_url;
  create.embed_origin = request.embed_origin;
  create.seats = request.seats;
  create.locale = request.locale;
  create.currency = request.currency;
  create.metadata = request.metadata;
  create.custom_field_data = request.custom_field_data;
  create.allow_discount_codes = request.allow_discount_codes.value_or(purchase.codes_are_open);
  create.discount_id = request.discount_id;
  create.allow_trial = request.allow_trial;
  create.trial_interval = request.trial_interval;
  create.trial_interval_count = request.trial_interval_count;
  create.amount = request.amount;
  create.subscription_id = request.subscription_id;
  return create;
}

// Polar's refusal in terms of our own request. Polar names a product by its place in the list, and blames it for the
// currency too (checkout/service.py).
Error Translate(Error error, const CheckoutFields& request) {
  if (error.code != ErrorCode::kValidationFailed || !error.field.starts_with("products")) return error;
  const bool is_currency = error.details == "Product is not available in the specified currency.";
  if (is_currency && request.currency) {
    error.message =
        "The product has no price in this currency. Use one of its prices' currencies, or leave it out: Polar takes "
        "the buyer's, or the product's own.";
    error.field = "currency";
    return error;
  }
  if (request.slug) error.field = "slug";
  if (request.product_id) error.field = "product_id";
  const bool is_unknown = error.details == "Product does not exist." || error.details == "Product is archived." ||
                          error.details == "Product is a draft.";
  if (!is_unknown) return error;
  error.code = ErrorCode::kProductUnknown;
  error.message =
      "Polar does not offer this product. Check the id, and that it is of the same environment (sandbox or "
      "production) as the access token.";
  return error;
}

Error OutcomeUnknown() {
  return {.code = ErrorCode::kCheckoutOutcomeUnknown,
          .message =
              "Polar's answer was lost, so it is not known whether a checkout was created. Start a new one; an "
              "orphan expires unpaid."};
}

/// Errors: CHECKOUT_OUTCOME_UNKNOWN, those of Polar.
Task<Result<OpenedCheckout>> OpenCheckoutAtPolar(Host& host, const Settings& settings, CheckoutCreate create,
                                                 CallTerms terms) {
  HttpRequest request = BuildCreateCheckout(settings.polar, create);
  const CallOutcome outcome = co_await CallPolar(host, std::move(request), false, std::move(terms));
  const auto* fault = std::get_if<TransportFault>(&outcome);
  if (fault != nullptr && *fault != TransportFault::kConnectionRefused) co_return OutcomeUnknown();
  co_return ReadOutcome(outcome, ParseOpenedCheckout);
}

/// What Polar says of it. Nothing without an answer in time.
Task<std::optional<Checkout>> AskPolar(Shared& shared, std::string id, std::string user, Timestamp& as_of) {
  CallTerms terms(shared.host.clock.Now().PlusMilliseconds(kRefreshBudgetMs), Priority::kRead, std::move(user));
  HttpRequest request = BuildGetCheckout(shared.settings.polar, id);
  const CallOutcome outcome = co_await CallPolar(shared.host, std::move(request), true, std::move(terms), &as_of);
  Result<Checkout> checkout = ReadOutcome(outcome, ParseCheckout);
  co_return checkout ? std::optional(*std::move(checkout)) : std::nullopt;
}

/// Stores that it is paid together with what was bought. False when that cannot be fetched: then neither is stored.
Task<Result<bool>> FetchBought(Shared& shared, std::string customer_id, Facts checkout, CallTerms terms) {
  Result<Facts> bought = co_await FetchCustomer(shared.host, shared.settings, customer_id, std::move(terms));
  if (!bought) co_return false;
  for (CheckoutFact& fact : checkout.checkouts) bought->checkouts.push_back(std::move(fact));
  Status filled = co_await shared.host.store.FillMirror(customer_id, *std::move(bought), shared.host.clock.Now());
  if (!filled) co_return std::move(filled).error();
  shared.notify_of_webhook();  // the application is told of the access too
  co_return true;
}

OpenedPurchase KeptOf(OpenedCheckout checkout) {
  return {.answer = {checkout.id, checkout.url, checkout.expires_at, checkout.client_secret},
          .product_id = checkout.product_id.value_or(""),
          .product_price_id = checkout.product_price_id.value_or(""),
          .status = checkout.status.text()};
}

}  // namespace

Status PolarProvider::CheckPurchase(const Settings&, const Purchase&) const { return Done{}; }

Task<Result<OpenedPurchase>> PolarProvider::OpenCheckout(Shared& shared, Purchase purchase, Buyer buyer,
                                                         CustomerRow customer, CallTerms terms) {
  Host& host = shared.host;
  CheckoutCreate create = CreateFrom(purchase);
  create.customer_id = customer.polar_customer_id;
  if (!create.allow_trial && !create.trial_interval) {
    const Status covered = co_await CoverImported(host, shared.settings.plans, buyer.caller.subject, create);
    if (!covered) co_return covered.error();
  }
  if (customer.email.empty() && buyer.caller.token) {
    // Organizations have no address of their own, so the buyer's is filled in. A failure is ignored.
    if (!buyer.user) co_await AskForUser(host, *buyer.caller.token, buyer.user);
    if (buyer.user && buyer.user->email_verified) create.customer_email = buyer.user->email;
  }
  Result<OpenedCheckout> checkout = co_await OpenCheckoutAtPolar(host, shared.settings, create, terms);
  if (!checkout && create.customer_email && checkout.error().field == "customer_email") {
    // We added it, and the buyer can type another: a checkout does not fail on it.
    create.customer_email.reset();
    checkout = co_await OpenCheckoutAtPolar(host, shared.settings, std::move(create), std::move(terms));
  }
  if (!checkout) co_return Translate(std::move(checkout).error(), purchase.fields);
  co_return KeptOf(*std::move(checkout));
}

Task<Result<std::optional<std::string>>> PolarProvider::RefreshCheckout(Shared& shared, CheckoutRow row,
                                                                        Timestamp deadline) {
  using NotStored = std::optional<std::string>;
  Timestamp as_of;
  std::optional<Checkout> checkout = co_await AskPolar(shared, row.polar_checkout_id, row.subject.id, as_of);
  // Without an answer the last known state is one, and says how old it is.
  if (!checkout) co_return NotStored();
  const WebhookEvent read{"checkout.updated", as_of, Encode(*checkout)};
  Result<Facts> facts = CollectFacts(read, "", shared.settings.plans);
  if (!facts) co_return std::move(facts).error();
  if (checkout->status.text() == "succeeded") {
    std::string customer = checkout->customer_id.value_or(row.polar_customer_id);
    CallTerms terms(deadline, Priority::kRead, row.subject.id);
    const Result<bool> fetched = co_await FetchBought(shared, std::move(customer), *std::move(facts), std::move(terms));
    if (!fetched) co_return fetched.error();
    co_return *fetched ? NotStored() : NotStored("succeeded");
  }
  const Status applied = co_await shared.host.store.ApplyFacts(*std::move(facts), shared.host.clock.Now());
  if (!applied) co_return applied.error();
  co_return NotStored();
}

Task<Result<PolarCheckout>> OpenForStranger(Shared& shared, Purchase purchase, CallTerms terms) {
  CheckoutCreate create = CreateFrom(purchase);
  Result<OpenedCheckout> checkout =
      co_await OpenCheckoutAtPolar(shared.host, shared.settings, std::move(create), std::move(terms));
  if (!checkout) co_return Translate(std::move(checkout).error(), purchase.fields);
  co_return KeptOf(*std::move(checkout)).answer;
}

}  // namespace plinto::polar::server
