// POST /subscriptions/{id}/cancel, /resume, /change: the subject's own subscription, changed at Polar and at once in
// the mirror.
#include "core/gateway/subscriptions.h"

#include "core/foundation/text.h"
#include "core/gateway/customer.h"
#include "core/polar/subscriptions.h"
#include "server/service/answers.h"
#include "server/service/checkouts/offered.h"
#include "server/service/mirror/facts.h"
#include "server/service/polar_call.h"
#include "server/service/service.h"
#include "server/service/subscriptions/view.h"

namespace plinto::polar::server {
namespace {

// Kept of a request's time to read the subscription once more when the answer to its change is lost.
constexpr std::int64_t kReadAgainMs = 2'000;

Error NoSubscription() {
  return {.code = ErrorCode::kNotFound,
          .message = "The subject has no subscription with this id. GET /customer/subscriptions lists them."};
}

Error NotForBuyers() {
  return ValidationError("proration_behavior",
                         "Buyers may not choose this way of billing. Leave it out, or open it in PRODUCTS.");
}

bool IsCanceled(const Subscription& one) { return one.cancel_at_period_end || one.ended_at.has_value(); }
bool IsRunningOn(const Subscription& one) { return !one.cancel_at_period_end && !one.ended_at; }

// Is the change made, or on its way for the end of the period?
bool HasProduct(const Subscription& one, const std::string& product_id) {
  const bool is_pending = one.pending_update && one.pending_update->product_id;
  return EqualsIgnoringCase(is_pending ? *one.pending_update->product_id : one.product_id, product_id);
}

bool HasSeats(const Subscription& one, std::int64_t seats) {
  const bool is_pending = one.pending_update && one.pending_update->seats;
  return (is_pending ? one.pending_update->seats : one.seats) == seats;
}

// Polar's refusal in terms of our own request.
Error Translate(Error error) {
  if (error.remote_status == 400 && error.code == ErrorCode::kUpstreamFailed) {
    return {.code = ErrorCode::kValidationFailed,
            .message = "Polar refused this change.",
            .field = "seats",
            .details = std::move(error.details)};
  }
  if (error.code != ErrorCode::kValidationFailed || error.field != "product_id") return error;
  error.code = ErrorCode::kProductUnknown;
  error.message = "Polar does not let this subscription change to this product.";
  return error;
}

}  // namespace

Task<Result<Subscription>> Service::FindOwnSubscription(const Context& context, Caller caller) {
  Result<std::optional<Subscription>> found = co_await host_.store.FindSubscription(caller.subject, context.id);
  if (!found) co_return std::move(found).error();
  if (!*found) {
    // Bought before the server was there, perhaps: then the mirror is filled now.
    Result<SubjectState> known = co_await mirror_.Read(caller.subject, context.deadline);
    if (!known) co_return std::move(known).error();
    found = co_await host_.store.FindSubscription(caller.subject, context.id);
    if (!found) co_return std::move(found).error();
  }
  if (!*found) co_return NoSubscription();
  co_return **std::move(found);
}

Task<Result<Subscription>> Service::ReadSubscription(std::string id, Timestamp deadline) {
  HttpRequest request = BuildGetSubscription(settings_.polar, id);
  const CallOutcome outcome = co_await CallPolar(host_, std::move(request), true, deadline);
  co_return ReadOutcome(outcome, ParseSubscription);
}

Task<Result<HttpResponse>> Service::UpdateSubscription(std::string id, SubscriptionUpdate update, bool idempotent,
                                                       std::function<bool(const Subscription&)> is_done,
                                                       Timestamp deadline) {
  const Timestamp asked_at = host_.clock.Now();
  HttpRequest request = BuildUpdateSubscription(settings_.polar, id, update);
  const CallOutcome outcome =
      co_await CallPolar(host_, std::move(request), idempotent, deadline.PlusMilliseconds(-kReadAgainMs));
  Result<Subscription> changed = ReadOutcome(outcome, ParseSubscription);
  if (!changed && changed.error().code != ErrorCode::kValidationFailed) {
    // Refused because it is so already, or an answer that was lost: what Polar has now decides.
    Result<Subscription> current = co_await ReadSubscription(id, deadline);
    if (current && is_done(*current)) changed = std::move(current);
  }
  if (!changed) co_return Translate(std::move(changed).error());
  co_return co_await ShowSubscription(*std::move(changed), asked_at);
}

Task<Result<HttpResponse>> Service::ShowSubscription(Subscription subscription, Timestamp asked_at) {
  const CustomerSubscription view = ViewOf(subscription);
  // Polar's own time of the change: not newer than the webhooks of this very change, nor older than those before it.
  const Timestamp time = subscription.modified_at.value_or(asked_at);
  const WebhookEvent changed{"subscription.updated", time, Encode(subscription)};
  Result<Facts> facts = CollectFacts(changed, DumpJson(changed.data), settings_.plans);
  if (!facts) co_return std::move(facts).error();
  Status applied = co_await host_.store.ApplyFacts(*std::move(facts), host_.clock.Now());
  if (!applied) co_return std::move(applied).error();
  co_return JsonAnswer(200, view);
}

Task<Result<HttpResponse>> Service::CancelSubscription(Context context) {
  Result<CancelOptions> request = ReadBody<CancelOptions>(context.request);
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckCancelRequest(*request); !checked) co_return std::move(checked).error();
  Result<Caller> caller = co_await Admit(context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  Result<Subscription> own = co_await FindOwnSubscription(context, *std::move(caller));
  if (!own) co_return std::move(own).error();

  SubscriptionCancel cancel{.cancel_at_period_end = true, .customer_cancellation_comment = request->comment};
  if (request->reason) cancel.customer_cancellation_reason = OpenEnum<CancellationReason>(*request->reason);
  SubscriptionUpdate update = std::move(cancel);
  co_return co_await UpdateSubscription(context.id, std::move(update), true, IsCanceled, context.deadline);
}

Task<Result<HttpResponse>> Service::ResumeSubscription(Context context) {
  Result<SubjectOptions> request = ReadBody<SubjectOptions>(context.request);
  if (!request) co_return std::move(request).error();
  Result<Caller> caller = co_await Admit(context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  Result<Subscription> own = co_await FindOwnSubscription(context, *std::move(caller));
  if (!own) co_return std::move(own).error();

  SubscriptionCancel resume{.cancel_at_period_end = false};
  SubscriptionUpdate update = std::move(resume);
  co_return co_await UpdateSubscription(context.id, std::move(update), true, IsRunningOn, context.deadline);
}

Task<Result<HttpResponse>> Service::ChangeSubscription(Context context) {
  Result<ChangeOptions> request = ReadBody<ChangeOptions>(context.request);
  if (!request) co_return std::move(request).error();
  if (Status checked = CheckChangeRequest(*request); !checked) co_return std::move(checked).error();
  Result<std::string> product = request->slug         ? OfferedBySlug(settings_, *request->slug)
                                : request->product_id ? OfferedById(settings_, *request->product_id)
                                                      : Result<std::string>(std::string());
  if (!product) co_return std::move(product).error();
  Result<Caller> caller = co_await Admit(context, request->organization_id);
  if (!caller) co_return std::move(caller).error();
  const bool is_buyer = caller->token.has_value();
  Result<Subscription> own = co_await FindOwnSubscription(context, *std::move(caller));
  if (!own) co_return std::move(own).error();
  if (is_buyer && request->proration_behavior) {
    const auto open = settings_.buyer_prorations.find(product->empty() ? own->product_id : *product);
    if (open == settings_.buyer_prorations.end() || !open->second.contains(*request->proration_behavior)) {
      co_return NotForBuyers();
    }
  }

  std::optional<OpenEnum<Proration>> proration;
  if (request->proration_behavior) proration = OpenEnum<Proration>(*request->proration_behavior);
  SubscriptionUpdate update;
  std::function<bool(const Subscription&)> is_done;
  if (request->seats) {
    update = SubscriptionSeats{.seats = *request->seats, .proration_behavior = proration};
    is_done = [seats = *request->seats](const Subscription& one) { return HasSeats(one, seats); };
  } else {
    update = SubscriptionChange{.product_id = *product, .proration_behavior = proration};
    is_done = [id = *product](const Subscription& one) { return HasProduct(one, id); };
  }
  // A change may be charged at once, so one that is made already, by a request whose answer was lost, is not made
  // again.
  const Timestamp asked_at = host_.clock.Now();
  Result<Subscription> current = co_await ReadSubscription(context.id, context.deadline);
  if (!current) co_return std::move(current).error();
  if (is_done(*current)) co_return co_await ShowSubscription(*std::move(current), asked_at);
  co_return co_await UpdateSubscription(context.id, std::move(update), false, std::move(is_done), context.deadline);
}

}  // namespace plinto::polar::server
