// GET /checkout/{id}: where a checkout stands, for the subject that started it.
#include "core/foundation/codec.h"
#include "core/gateway/checkout.h"
#include "core/polar/checkouts.h"
#include "server/service/answers.h"
#include "server/service/mirror/facts.h"
#include "server/service/polar_call.h"
#include "server/service/service.h"

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

Task<Result<HttpResponse>> Service::GetCheckout(Context context) {
  Result<Caller> caller = co_await Admit(context);
  if (!caller) co_return std::move(caller).error();
  Result<std::optional<CheckoutRow>> row = co_await host_.store.FindCheckout(caller->subject, context.id);
  if (!row) co_return std::move(row).error();
  if (!*row) co_return NoSuchCheckout();
  const Timestamp now = host_.clock.Now();
  if (MayChange((*row)->status) && (*row)->updated_at.PlusSeconds(kFreshSeconds) <= now) {
    const CallOutcome outcome = co_await CallPolar(host_, BuildGetCheckout(settings_.polar, context.id), true,
                                                   now.PlusMilliseconds(kRefreshBudgetMs));
    // Without an answer the last known state is one, and says how old it is.
    if (const Result<Checkout> checkout = ReadOutcome(outcome, ParseCheckout)) {
      const WebhookEvent read{"checkout.updated", now, Encode(*checkout)};
      Result<Facts> facts = CollectFacts(read, "", settings_.plans);
      if (!facts) co_return std::move(facts).error();
      Status applied = co_await host_.store.ApplyFacts(*std::move(facts), now);
      if (!applied) co_return std::move(applied).error();
      row = co_await host_.store.FindCheckout(caller->subject, context.id);
      if (!row) co_return std::move(row).error();
      if (!*row) co_return NoSuchCheckout();
    }
  }
  const CheckoutRow& known = **row;
  co_return JsonAnswer(
      200, CheckoutState{known.polar_checkout_id, known.status, known.product_id, known.expires_at, known.updated_at});
}

}  // namespace plinto::polar::server
