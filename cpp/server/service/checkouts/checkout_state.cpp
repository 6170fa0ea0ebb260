#include "server/service/checkouts/checkout_state.h"

#include "core/foundation/codec.h"
#include "core/polar/checkouts.h"
#include "server/service/mirror/facts.h"
#include "server/service/mirror/fetch.h"
#include "server/service/polar_call.h"

namespace plinto::polar::server {
namespace {

// Pages ask every second or so; Polar need not be asked as often. Webhooks bring the end of it anyway.
constexpr std::int64_t kFreshSeconds = 5;
// Waiting for Polar must not make a page wait that has an answer of the store's.
constexpr std::int64_t kRefreshBudgetMs = 3'000;

bool MayChange(std::string_view status) { return status == "open" || status == "confirmed"; }

Error NoSuchCheckout() {
  return {.code = ErrorCode::kNotFound,
          .message = "No checkout with this id was started here for this user or organization. Check organization_id."};
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

}  // namespace

Task<Result<CheckoutRow>> ReadCheckout(Shared& shared, Subject subject, std::string id, Timestamp deadline) {
  Host& host = shared.host;
  Result<std::optional<CheckoutRow>> row = co_await host.store.FindCheckout(subject, id);
  if (!row) co_return std::move(row).error();
  if (!*row) co_return NoSuchCheckout();
  const Timestamp now = host.clock.Now();
  // Heard of in the future: the clock was set back.
  const bool is_fresh = (*row)->updated_at <= now && now < (*row)->updated_at.PlusSeconds(kFreshSeconds);
  if (!MayChange((*row)->status) || is_fresh) co_return **std::move(row);
  Timestamp as_of;
  std::optional<Checkout> checkout = co_await AskPolar(shared, id, subject.id, as_of);
  // Without an answer the last known state is one, and says how old it is.
  if (!checkout) co_return **std::move(row);
  const WebhookEvent read{"checkout.updated", as_of, Encode(*checkout)};
  Result<Facts> facts = CollectFacts(read, "", shared.settings.plans);
  if (!facts) co_return std::move(facts).error();
  if (checkout->status.text() == "succeeded") {
    std::string customer = checkout->customer_id.value_or((*row)->polar_customer_id);
    CallTerms terms(deadline, Priority::kRead, subject.id);
    const Result<bool> fetched = co_await FetchBought(shared, std::move(customer), *std::move(facts), std::move(terms));
    if (!fetched) co_return fetched.error();
    if (!*fetched) {
      (*row)->status = "succeeded";
      co_return **std::move(row);
    }
  } else {
    Status applied = co_await host.store.ApplyFacts(*std::move(facts), now);
    if (!applied) co_return std::move(applied).error();
  }
  row = co_await host.store.FindCheckout(std::move(subject), std::move(id));
  if (!row) co_return std::move(row).error();
  if (!*row) co_return NoSuchCheckout();
  co_return **std::move(row);
}

}  // namespace plinto::polar::server
