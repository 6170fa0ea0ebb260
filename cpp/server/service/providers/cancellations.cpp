#include "server/service/providers/cancellations.h"

#include "core/conekta/subscriptions.h"
#include "server/base/time/backoff.h"
#include "server/service/conekta_call.h"
#include "server/service/providers/conekta_mirror.h"
#include "server/service/providers/conekta_provider.h"

namespace plinto::polar::server {
namespace {

using KindOfEnd = CancellationOutcome::Kind;

constexpr int kAtOnce = 10;
// All of them together take less than a claim lasts.
constexpr std::int64_t kBudgetMs = kCancellationHeldSeconds * 1'000 / 2 / kAtOnce;
constexpr std::int64_t kFirstRetrySeconds = 10;
// The day before the date leaves time for many of these.
constexpr std::int64_t kMostRetrySeconds = 900;
// A cycle that ends so much later is another one.
constexpr std::int64_t kSameCycleSeconds = 2 * 86'400;

CancellationOutcome NotYet(const KeptCancellation& one, const Error& error, Timestamp now) {
  const std::int64_t wait = Backoff(kFirstRetrySeconds, one.attempts, kMostRetrySeconds);
  return {.kind = KindOfEnd::kFailed, .error = error.message, .retry_at = now.PlusSeconds(wait)};
}

bool HasStopped(const ConektaSubscription& one) { return one.status == "canceled" || one.status == "expired"; }

/// The end of a cycle that was billed though the subscription was to end before it.
std::optional<Timestamp> EndOfAnother(const KeptCancellation& one, const ConektaSubscription& current) {
  if (current.status != "active" || !current.billing_cycle_end) return std::nullopt;
  const Timestamp end = FromConektaTime(*current.billing_cycle_end);
  return end > one.cancel_at.PlusSeconds(kSameCycleSeconds) ? std::optional(end) : std::nullopt;
}

Task<Result<ConektaSubscription>> ReadKept(Shared& shared, const KeptCancellation& one, CallTerms terms) {
  HttpRequest request =
      BuildGetConektaSubscription(shared.settings.conekta, one.conekta_customer_id, one.subscription_id);
  const CallOutcome outcome = co_await CallConekta(shared.host, std::move(request), true, std::move(terms));
  co_return ReadConektaOutcome(outcome, ParseConektaSubscription);
}

Task<Result<ConektaSubscription>> EndKept(Shared& shared, const KeptCancellation& one, CallTerms terms) {
  HttpRequest request = BuildActOnConektaSubscription(shared.settings.conekta, one.conekta_customer_id,
                                                      one.subscription_id, ConektaAction::kCancel);
  const CallOutcome outcome = co_await CallConekta(shared.host, std::move(request), false, terms);
  Result<ConektaSubscription> ended = ReadConektaOutcome(outcome, ParseConektaSubscription);
  if (ended) co_return ended;
  // Refused because it is so already, or an answer that was lost.
  Result<ConektaSubscription> current = co_await ReadKept(shared, one, std::move(terms));
  if (current && HasStopped(*current)) co_return current;
  co_return ended;
}

/// The mirror learns of the end before the date that stood over it is forgotten. Of who was erased it holds nothing.
Task<CancellationOutcome> LetGo(Shared& shared, KeptCancellation one, CallTerms terms) {
  const Result<bool> erased = co_await shared.host.store.IsErased(one.polar_customer_id);
  if (!erased) co_return NotYet(one, erased.error(), shared.host.clock.Now());
  if (*erased) co_return CancellationOutcome{.kind = KindOfEnd::kOver};
  ConektaOwner owner{one.polar_customer_id, one.conekta_customer_id};
  const Status mirrored = co_await MirrorConekta(shared, std::move(owner), "", Facts(), std::move(terms));
  if (!mirrored) co_return NotYet(one, mirrored.error(), shared.host.clock.Now());
  co_return CancellationOutcome{.kind = KindOfEnd::kOver};
}

Task<CancellationOutcome> CarryOut(Shared& shared, KeptCancellation one) {
  const Timestamp now = shared.host.clock.Now();
  const CallTerms terms(now.PlusMilliseconds(kBudgetMs), Priority::kRead);
  if (const Status set = CheckConekta(shared.settings); !set) co_return NotYet(one, set.error(), now);
  if (one.is_carried_out) co_return co_await LetGo(shared, std::move(one), terms);
  Result<ConektaSubscription> current = co_await ReadKept(shared, one, terms);
  if (!current) {
    const bool is_gone = current.error().code == ErrorCode::kNotFound;
    // Without a mirror that knows the end the date stays: access does not come back.
    if (is_gone) co_return co_await LetGo(shared, std::move(one), terms);
    co_return NotYet(one, current.error(), now);
  }
  // Ended before we began: by the buyer, the seller, or a card that was refused too often.
  if (HasStopped(*current) && !one.begun_at) co_return co_await LetGo(shared, std::move(one), terms);
  const std::optional<Timestamp> another = EndOfAnother(one, *current);
  if (!HasStopped(*current)) {
    const Result<ConektaSubscription> ended = co_await EndKept(shared, one, terms);
    if (!ended) co_return NotYet(one, ended.error(), now);
  }
  if (another) {
    shared.host.log.Warn("subscription " + one.subscription_id +
                         " was renewed at Conekta before its cancellation could be carried out: it is ended now, and "
                         "gives access until the end of what was charged. Refund order " +
                         current->last_billing_cycle_order_id.value_or("") + " at Conekta if that is not wanted.");
  } else if (one.cancel_at <= now) {
    co_return co_await LetGo(shared, std::move(one), terms);
  }
  co_return CancellationOutcome{.kind = KindOfEnd::kCarriedOut, .cancel_at = another};
}

}  // namespace

Task<JobRun> CarryOutCancellations(Shared& shared) {
  Host& host = shared.host;
  const Result<std::vector<KeptCancellation>> due =
      co_await host.store.ClaimCancellations(host.random.Entropy(), host.clock.Now(), kAtOnce);
  if (!due) co_return due.error();
  for (const KeptCancellation& one : *due) {
    CancellationOutcome outcome = co_await CarryOut(shared, one);
    const Status finished = co_await host.store.FinishCancellation(one, std::move(outcome), host.clock.Now());
    if (!finished) co_return finished.error();
  }
  if (!due->empty()) shared.notify_of_webhook();
  const Result<std::optional<Timestamp>> next = co_await host.store.NextCancellationDue(host.clock.Now());
  if (!next) co_return next.error();
  co_return *next;
}

}  // namespace plinto::polar::server
