#include "server/service/checkouts/checkout_state.h"

#include "core/foundation/codec.h"
#include "core/polar/checkouts.h"
#include "server/service/mirror/facts.h"
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

}  // namespace

Task<Result<CheckoutRow>> ReadCheckout(Host& host, const Settings& settings, Subject subject, std::string id) {
  Result<std::optional<CheckoutRow>> row = co_await host.store.FindCheckout(subject, id);
  if (!row) co_return std::move(row).error();
  if (!*row) co_return NoSuchCheckout();
  const Timestamp now = host.clock.Now();
  const bool may_be_old = MayChange((*row)->status) && (*row)->updated_at.PlusSeconds(kFreshSeconds) <= now;
  if (!may_be_old) co_return **std::move(row);
  HttpRequest request = BuildGetCheckout(settings.polar, id);
  const CallOutcome outcome =
      co_await CallPolar(host, std::move(request), true, now.PlusMilliseconds(kRefreshBudgetMs));
  const Result<Checkout> checkout = ReadOutcome(outcome, ParseCheckout);
  // Without an answer the last known state is one, and says how old it is.
  if (!checkout) co_return **std::move(row);
  const WebhookEvent read{"checkout.updated", now, Encode(*checkout)};
  Result<Facts> facts = CollectFacts(read, "", settings.plans);
  if (!facts) co_return std::move(facts).error();
  Status applied = co_await host.store.ApplyFacts(*std::move(facts), now);
  if (!applied) co_return std::move(applied).error();
  row = co_await host.store.FindCheckout(std::move(subject), std::move(id));
  if (!row) co_return std::move(row).error();
  if (!*row) co_return NoSuchCheckout();
  co_return **std::move(row);
}

}  // namespace plinto::polar::server
