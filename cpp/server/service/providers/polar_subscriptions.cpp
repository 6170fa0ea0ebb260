// Subscriptions of Polar's: changed there, and at once in the mirror.
#include <functional>

#include "core/foundation/codec.h"
#include "core/foundation/text.h"
#include "core/model/subscription_update.h"
#include "core/polar/sales/subscriptions.h"
#include "server/service/mirror/facts.h"
#include "server/service/polar_call.h"
#include "server/service/providers/forms.h"
#include "server/service/providers/polar_provider.h"

namespace plinto::polar::server {
namespace {

// Kept of a request's time to read the subscription once more when the answer to its change is lost.
constexpr std::int64_t kReadAgainMs = 2'000;

// Is the change made, or on its way for the end of the period?
bool HasProduct(const Subscription& one, const std::string& product_id) {
  const bool is_pending = one.pending_update && one.pending_update->product_id;
  return EqualsIgnoringCase(is_pending ? *one.pending_update->product_id : one.product_id, product_id);
}

bool HasSeats(const Subscription& one, std::int64_t seats) {
  const bool is_pending = one.pending_update && one.pending_update->seats;
  return (is_pending ? one.pending_update->seats : one.seats) == seats;
}

// Polar's refusal in terms of our own request, which names the product by its id or its slug.
Error Translate(Error error, const std::string& product_field) {
  if (error.remote_status == 400 && error.code == ErrorCode::kUpstreamFailed) {
    return {.code = ErrorCode::kValidationFailed,
            .message = "Polar refused this number of seats; the details say why.",
            .field = "seats",
            .details = std::move(error.details)};
  }
  if (error.code != ErrorCode::kValidationFailed || error.field != "product_id") return error;
  const bool is_unknown = error.details == "Product does not exist." || error.details == "Product is archived.";
  if (is_unknown) error.code = ErrorCode::kProductUnknown;
  error.message = "Polar does not let this subscription change to this product; the details say why.";
  error.field = product_field;
  return error;
}

/// The subscription of the caller, as Polar has it now. Where that is news here, more may have been missed, and Polar
/// is asked for the rest later.
Task<Result<Subscription>> ReadOwn(Shared& shared, const Subscription& own, CallTerms terms, Timestamp& as_of) {
  Result<Subscription> current = co_await ReadSubscription(shared, own.id, std::move(terms), as_of);
  if (!current) co_return std::move(current).error();
  const bool is_known = current->status == own.status && current->product_id == own.product_id &&
                        current->current_period_end == own.current_period_end;
  if (!is_known) {
    Status demanded = co_await shared.host.store.DemandReconcile(own.customer_id, shared.host.clock.Now());
    if (!demanded) co_return std::move(demanded).error();
  }
  co_return std::move(current);
}

/// Keeps what Polar has said of it in the mirror.
Task<Result<Subscription>> Keep(Shared& shared, Subscription subscription, Timestamp as_of) {
  // Polar's own time of the change: not newer than the webhooks of this very change, nor older than those before it.
  const Timestamp time = subscription.modified_at.value_or(as_of);
  const WebhookEvent changed{"subscription.updated", time, Encode(subscription)};
  Result<Facts> facts = CollectFacts(changed, DumpJson(changed.data), shared.settings.plans);
  if (!facts) co_return std::move(facts).error();
  Status applied = co_await shared.host.store.ApplyFacts(*std::move(facts), shared.host.clock.Now());
  if (!applied) co_return std::move(applied).error();
  co_return std::move(subscription);
}

/// A change on its way to Polar.
struct PendingRequest {
  SubscriptionUpdate update;
  std::function<bool(const Subscription&)> is_done;
  bool is_idempotent = true;                 ///< false where it may be charged
  std::string product_field = "product_id";  ///< as the request names the product
};

/// Changes it at Polar and in the mirror. A refusal of Polar's, or a lost answer, is a success if it is done all the
/// same; an answer that it was changed is none while it is not.
Task<Result<Subscription>> UpdateSubscription(Shared& shared, std::string id, PendingRequest change, CallTerms terms) {
  Timestamp as_of;
  HttpRequest request = BuildUpdateSubscription(shared.settings.polar, id, change.update);
  CallTerms first = terms;
  first.deadline = terms.deadline.PlusMilliseconds(-kReadAgainMs);
  const CallOutcome outcome =
      co_await CallPolar(shared.host, std::move(request), change.is_idempotent, std::move(first), &as_of);
  Result<Subscription> changed = ReadOutcome(outcome, ParseSubscription);
  if (!changed && changed.error().code != ErrorCode::kValidationFailed) {
    // Refused because it is so already, or an answer that was lost: what Polar has now decides.
    Result<Subscription> current = co_await ReadSubscription(shared, id, std::move(terms), as_of);
    if (current && change.is_done(*current)) changed = std::move(current);
  }
  if (!changed) co_return Translate(std::move(changed).error(), change.product_field);
  const bool is_done = change.is_done(*changed);
  const std::string status = changed->status.text();
  Result<Subscription> kept = co_await Keep(shared, *std::move(changed), as_of);
  if (kept && !is_done) co_return NotDone(status);
  co_return kept;
}

/// Reads it and changes it in the form that its state needs, if it needs any.
Task<Result<Subscription>> BringTo(Shared& shared, Subscription own, Result<FormOfChange> (*form)(const Subscription&),
                                   std::function<bool(const Subscription&)> is_done, CancelOptions why,
                                   CallTerms terms) {
  Timestamp as_of;
  Result<Subscription> current = co_await ReadOwn(shared, own, terms, as_of);
  if (!current) co_return std::move(current).error();
  const Result<FormOfChange> needed = form(*current);
  if (!needed) co_return needed.error();
  if (*needed == FormOfChange::kNone) co_return co_await Keep(shared, *std::move(current), as_of);
  PendingRequest change{BuildChange(*needed, why), std::move(is_done)};
  change.is_idempotent = *needed != FormOfChange::kResume;  // a resumed one is charged at once
  co_return co_await UpdateSubscription(shared, std::move(own.id), std::move(change), std::move(terms));
}

}  // namespace

Task<Result<Subscription>> ReadSubscription(Shared& shared, std::string id, CallTerms terms, Timestamp& as_of) {
  HttpRequest request = BuildGetSubscription(shared.settings.polar, id);
  const CallOutcome outcome = co_await CallPolar(shared.host, std::move(request), true, std::move(terms), &as_of);
  co_return ReadOutcome(outcome, ParseSubscription);
}

Task<Result<Subscription>> PolarProvider::Cancel(Shared& shared, OwnSubscription own, CancelOptions why,
                                                 CallTerms terms) {
  co_return co_await BringTo(shared, std::move(own.subscription), FormOfCancel, IsCanceled, std::move(why),
                             std::move(terms));
}

Task<Result<Subscription>> PolarProvider::Resume(Shared& shared, OwnSubscription own, CallTerms terms) {
  co_return co_await BringTo(shared, std::move(own.subscription), FormOfResume, IsRunningOn, CancelOptions(),
                             std::move(terms));
}

Task<Result<Subscription>> PolarProvider::Change(Shared& shared, OwnSubscription own, PlanWish wish, CallTerms terms) {
  std::optional<OpenEnum<Proration>> proration;
  if (wish.proration_behavior) proration = OpenEnum<Proration>(*wish.proration_behavior);
  PendingRequest change;
  change.is_idempotent = false;
  change.product_field = wish.product_field;
  if (wish.seats) {
    change.update = SubscriptionSeats{.seats = *wish.seats, .proration_behavior = proration};
    change.is_done = [seats = *wish.seats](const Subscription& one) { return HasSeats(one, seats); };
  } else {
    change.update = SubscriptionChange{.product_id = wish.product_id, .proration_behavior = proration};
    change.is_done = [id = wish.product_id](const Subscription& one) { return HasProduct(one, id); };
  }
  // A change may be charged at once, so one that is made already, by a request whose answer was lost, is not made
  // again.
  Timestamp as_of;
  Result<Subscription> current = co_await ReadOwn(shared, own.subscription, terms, as_of);
  if (!current) co_return std::move(current).error();
  if (change.is_done(*current)) co_return co_await Keep(shared, *std::move(current), as_of);
  if (Status changeable = CheckChangeable(*current); !changeable) co_return std::move(changeable).error();
  co_return co_await UpdateSubscription(shared, std::move(own.subscription.id), std::move(change), std::move(terms));
}

}  // namespace plinto::polar::server
