#include "server/service/subscriptions/routes.h"

#include <array>
#include <functional>

#include "core/foundation/text.h"
#include "core/gateway/customer.h"
#include "core/gateway/subscriptions.h"
#include "core/model/subscription_update.h"
#include "core/polar/subscriptions.h"
#include "server/service/answers.h"
#include "server/service/caller/context.h"
#include "server/service/mirror/facts.h"
#include "server/service/mirror/mirror.h"
#include "server/service/polar_call.h"
#include "server/service/products/offered.h"
#include "server/service/shared.h"
#include "server/service/subscriptions/forms.h"
#include "server/service/subscriptions/lists.h"
#include "server/service/subscriptions/own.h"
#include "server/service/subscriptions/preview.h"
#include "server/service/subscriptions/views.h"

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

/// Keeps what Polar has said of it in the mirror, and answers with it.
Task<Result<HttpResponse>> ShowSubscription(Shared& shared, Subscription subscription, Timestamp as_of) {
  const CustomerSubscription view = ViewOf(subscription);
  // Polar's own time of the change: not newer than the webhooks of this very change, nor older than those before it.
  const Timestamp time = subscription.modified_at.value_or(as_of);
  const WebhookEvent changed{"subscription.updated", time, Encode(subscription)};
  Result<Facts> facts = CollectFacts(changed, DumpJson(changed.data), shared.settings.plans);
  if (!facts) co_return std::move(facts).error();
  Status applied = co_await shared.host.store.ApplyFacts(*std::move(facts), shared.host.clock.Now());
  if (!applied) co_return std::move(applied).error();
  co_return JsonAnswer(200, view);
}

/// A change on its way to Polar.
struct Change {
  SubscriptionUpdate update;
  std::function<bool(const Subscription&)> is_done;
  bool is_idempotent = true;                 ///< false where it may be charged
  std::string product_field = "product_id";  ///< as the request names the product
};

/// Changes it at Polar and in the mirror. A refusal of Polar's, or a lost answer, is a success if it is done all the
/// same; an answer that it was changed is none while it is not.
Task<Result<HttpResponse>> UpdateSubscription(Shared& shared, std::string id, Change change, CallTerms terms) {
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
  Result<HttpResponse> shown = co_await ShowSubscription(shared, *std::move(changed), as_of);
  if (shown && !is_done) co_return NotDone(status);
  co_return shown;
}

/// Reads it and changes it in the form that its state needs, if it needs any.
Task<Result<HttpResponse>> BringTo(Shared& shared, Subscription own, Result<FormOfChange> (*form)(const Subscription&),
                                   std::function<bool(const Subscription&)> is_done, CancelOptions why,
                                   CallTerms terms) {
  Timestamp as_of;
  Result<Subscription> current = co_await ReadOwn(shared, own, terms, as_of);
  if (!current) co_return std::move(current).error();
  const Result<FormOfChange> needed = form(*current);
  if (!needed) co_return needed.error();
  if (*needed == FormOfChange::kNone) co_return co_await ShowSubscription(shared, *std::move(current), as_of);
  Change change{BuildChange(*needed, why), std::move(is_done)};
  change.is_idempotent = *needed != FormOfChange::kResume;  // a resumed one is charged at once
  co_return co_await UpdateSubscription(shared, std::move(own.id), std::move(change), std::move(terms));
}

Task<Result<HttpResponse>> CancelSubscription(Shared& shared, Context context) {
  Result<CancelOptions> request = ReadBody<CancelOptions>(context.request);
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckCancelRequest(*request); !checked) co_return std::move(checked).error();
  Result<Caller> caller = co_await Admit(shared.host, context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<Subscription> own = co_await FindOwnSubscription(shared, context, *std::move(caller));
  if (!own) co_return std::move(own).error();

  co_return co_await BringTo(shared, *std::move(own), FormOfCancel, IsCanceled, *std::move(request), std::move(terms));
}

Task<Result<HttpResponse>> ResumeSubscription(Shared& shared, Context context) {
  Result<SubjectOptions> request = ReadBody<SubjectOptions>(context.request);
  if (!request) co_return std::move(request).error();
  Result<Caller> caller = co_await Admit(shared.host, context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<Subscription> own = co_await FindOwnSubscription(shared, context, *std::move(caller));
  if (!own) co_return std::move(own).error();

  co_return co_await BringTo(shared, *std::move(own), FormOfResume, IsRunningOn, CancelOptions(), std::move(terms));
}

Task<Result<HttpResponse>> ChangeSubscription(Shared& shared, Context context) {
  Result<ChangeOptions> request = ReadBody<ChangeOptions>(context.request);
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckChangeRequest(*request); !checked) co_return std::move(checked).error();
  Result<std::string> product = ProductOf(shared.settings, *request);
  if (!product) co_return std::move(product).error();
  Result<Caller> caller = co_await Admit(shared.host, context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  const bool is_buyer = caller->token.has_value();
  CallTerms terms = TermsOf(context, *caller, Priority::kPortal);
  Result<Subscription> own = co_await FindOwnSubscription(shared, context, *std::move(caller));
  if (!own) co_return std::move(own).error();
  if (is_buyer) {
    const Status open = CheckProrationIsOpen(shared.settings, product->empty() ? own->product_id : *product, *request);
    if (!open) co_return open.error();
  }

  std::optional<OpenEnum<Proration>> proration;
  if (request->proration_behavior) proration = OpenEnum<Proration>(*request->proration_behavior);
  Change change;
  change.is_idempotent = false;
  change.product_field = ProductFieldOf(*request);
  if (request->seats) {
    change.update = SubscriptionSeats{.seats = *request->seats, .proration_behavior = proration};
    change.is_done = [seats = *request->seats](const Subscription& one) { return HasSeats(one, seats); };
  } else {
    change.update = SubscriptionChange{.product_id = *product, .proration_behavior = proration};
    change.is_done = [id = *product](const Subscription& one) { return HasProduct(one, id); };
  }
  // A change may be charged at once, so one that is made already, by a request whose answer was lost, is not made
  // again.
  Timestamp as_of;
  Result<Subscription> current = co_await ReadOwn(shared, *own, terms, as_of);
  if (!current) co_return std::move(current).error();
  if (change.is_done(*current)) co_return co_await ShowSubscription(shared, *std::move(current), as_of);
  if (Status changeable = CheckChangeable(*current); !changeable) co_return std::move(changeable).error();
  co_return co_await UpdateSubscription(shared, context.id, std::move(change), std::move(terms));
}

}  // namespace

std::span<const Route> SubscriptionRoutes() {
  static constexpr std::array kSubscriptionRoutes = {Route{Operation::kCancelSubscription, CancelSubscription},
                                                     Route{Operation::kResumeSubscription, ResumeSubscription},
                                                     Route{Operation::kChangeSubscription, ChangeSubscription},
                                                     Route{Operation::kPreviewSubscription, PreviewSubscription},
                                                     Route{Operation::kGetCustomerData, GetCustomerData},
                                                     Route{Operation::kGetCustomerState, GetCustomerState},
                                                     Route{Operation::kListSubscriptions, ListSubscriptions},
                                                     Route{Operation::kListOrders, ListOrders},
                                                     Route{Operation::kListBenefits, ListBenefits},
                                                     Route{Operation::kListMeters, ListMeters}};
  return kSubscriptionRoutes;
}

}  // namespace plinto::polar::server
