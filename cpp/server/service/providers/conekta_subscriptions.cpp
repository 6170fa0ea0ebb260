// Subscriptions of Conekta's: ended at once there, or at the period's end here (kept_cancellation.h); resumed; shown
// on their own page.
#include "core/conekta/subscriptions.h"
#include "server/service/conekta_call.h"
#include "server/service/providers/conekta_mirror.h"
#include "server/service/providers/conekta_provider.h"

namespace plinto::polar::server {
namespace {

// Conekta's page names no end of its own: a page that asks again gets the same address.
constexpr std::int64_t kPortalSeconds = 3'600;

Error EndedAlready() {
  return {.code = ErrorCode::kConflict, .message = "This subscription has ended. Start a checkout to subscribe again."};
}

Error TooLate() {
  return {.code = ErrorCode::kConflict,
          .message =
              "This cancellation is being carried out at Conekta and cannot be taken back. Start a checkout to "
              "subscribe again."};
}

Task<Result<ConektaSubscription>> ReadAtConekta(Shared& shared, const OwnSubscription& own, CallTerms terms) {
  HttpRequest request =
      BuildGetConektaSubscription(shared.settings.conekta, own.customer.conekta_customer_id, own.subscription.id);
  const CallOutcome outcome = co_await CallConekta(shared.host, std::move(request), true, std::move(terms));
  co_return ReadConektaOutcome(outcome, ParseConektaSubscription);
}

/// What is refused because it is so already is found out by reading it again.
Task<Status> Act(Shared& shared, const OwnSubscription& own, ConektaAction action, CallTerms terms) {
  HttpRequest request = BuildActOnConektaSubscription(shared.settings.conekta, own.customer.conekta_customer_id,
                                                      own.subscription.id, action);
  const CallOutcome outcome = co_await CallConekta(shared.host, std::move(request), false, std::move(terms));
  const Result<ConektaSubscription> acted = ReadConektaOutcome(outcome, ParseConektaSubscription);
  if (!acted) co_return acted.error();
  co_return Done{};
}

/// As it is now: read at Conekta into the mirror, and out of it with what is kept here.
Task<Result<Subscription>> ShowKept(Shared& shared, OwnSubscription own, CallTerms terms) {
  ConektaOwner owner{own.customer.polar_customer_id, own.customer.conekta_customer_id};
  const Status mirrored = co_await MirrorConekta(shared, std::move(owner), "", Facts(), std::move(terms));
  if (!mirrored) co_return mirrored.error();
  Result<std::optional<Subscription>> found =
      co_await shared.host.store.FindSubscription(own.customer.subject, own.subscription.id);
  if (!found) co_return std::move(found).error();
  if (*found) co_return **std::move(found);
  co_return std::move(own.subscription);
}

bool IsOverThere(const ConektaSubscription& one) { return one.status == "canceled" || one.status == "expired"; }

/// Until when it is paid; nothing where that has passed, or nothing is.
std::optional<Timestamp> PaidUntil(const ConektaSubscription& one, Timestamp now) {
  if (one.status != "active" && one.status != "in_trial") return std::nullopt;
  const auto seconds = one.billing_cycle_end ? one.billing_cycle_end : one.trial_end;
  if (!seconds || FromConektaTime(*seconds) <= now) return std::nullopt;
  return FromConektaTime(*seconds);
}

}  // namespace

Task<Result<Subscription>> ConektaProvider::Cancel(Shared& shared, OwnSubscription own, CancelOptions why,
                                                   CallTerms terms) {
  if (Status set = CheckConekta(shared.settings); !set) co_return std::move(set).error();
  Host& host = shared.host;
  const Result<std::optional<KeptCancellation>> kept = co_await host.store.FindCancellation(own.subscription.id);
  if (!kept) co_return kept.error();
  if (*kept) co_return co_await ShowKept(shared, std::move(own), std::move(terms));
  const Result<ConektaSubscription> current = co_await ReadAtConekta(shared, own, terms);
  if (!current) co_return current.error();
  const Timestamp now = host.clock.Now();
  const std::optional<Timestamp> paid_until = PaidUntil(*current, now);
  if (paid_until) {
    KeptCancellation cancellation{.subscription_id = own.subscription.id,
                                  .polar_customer_id = own.customer.polar_customer_id,
                                  .conekta_customer_id = own.customer.conekta_customer_id,
                                  .cancel_at = *paid_until,
                                  .canceled_at = now,
                                  .actor = own.actor,
                                  .reason = why.reason.value_or(""),
                                  .comment = why.comment.value_or("")};
    const Result<bool> saved = co_await host.store.KeepCancellation(std::move(cancellation), now);
    if (!saved) co_return saved.error();
    shared.notify_of_cancellation();
  } else if (!IsOverThere(*current)) {
    // Nothing is paid for that it could go on with.
    const Status canceled = co_await Act(shared, own, ConektaAction::kCancel, terms);
    if (!canceled) {
      const Result<ConektaSubscription> again = co_await ReadAtConekta(shared, own, terms);
      if (!again || !IsOverThere(*again)) co_return canceled.error();
    }
  }
  co_return co_await ShowKept(shared, std::move(own), std::move(terms));
}

Task<Result<Subscription>> ConektaProvider::Resume(Shared& shared, OwnSubscription own, CallTerms terms) {
  if (Status set = CheckConekta(shared.settings); !set) co_return std::move(set).error();
  Host& host = shared.host;
  const Result<std::optional<KeptCancellation>> kept = co_await host.store.FindCancellation(own.subscription.id);
  if (!kept) co_return kept.error();
  if (*kept) {
    const Result<bool> dropped = co_await host.store.DropCancellation(own.subscription.id, host.clock.Now());
    if (!dropped) co_return dropped.error();
    if (!*dropped) co_return TooLate();
    shared.notify_of_cancellation();
  }
  const Result<ConektaSubscription> current = co_await ReadAtConekta(shared, own, terms);
  if (!current) co_return current.error();
  if (IsOverThere(*current)) co_return EndedAlready();
  if (current->status == "paused") {
    const Status resumed = co_await Act(shared, own, ConektaAction::kResume, terms);
    if (!resumed) {
      const Result<ConektaSubscription> again = co_await ReadAtConekta(shared, own, terms);
      if (!again || again->status == "paused") co_return resumed.error();
    }
  }
  co_return co_await ShowKept(shared, std::move(own), std::move(terms));
}

Task<Result<Subscription>> ConektaProvider::Change(Shared&, OwnSubscription, PlanWish wish, CallTerms) {
  if (wish.seats) co_return NotSupported("seats", "Conekta sells no seats. Sell a product for each number of them.");
  co_return NotSupported(wish.product_field,
                         "Conekta cannot change the plan of a subscription and bill the difference. Cancel this one, "
                         "and start a checkout for the other product when it ends.");
}

Task<Result<CustomerPortalSession>> ConektaProvider::OpenPortal(Shared& shared, PortalVisit visit, CallTerms terms) {
  if (Status set = CheckConekta(shared.settings); !set) co_return std::move(set).error();
  if (visit.subscription_id.empty()) {
    co_return NotSupported("",
                           "Conekta has a page for each subscription, and none of this customer's runs. Show what they "
                           "have bought by GET /customer/data.");
  }
  HttpRequest request = BuildCreateConektaPortal(shared.settings.conekta, visit.subscription_id);
  const CallOutcome outcome = co_await CallConekta(shared.host, std::move(request), true, std::move(terms));
  const Result<ConektaPortal> portal = ReadConektaOutcome(outcome, ParseConektaPortal);
  if (!portal) co_return portal.error();
  co_return CustomerPortalSession{portal->portal_url, shared.host.clock.Now().PlusSeconds(kPortalSeconds)};
}

}  // namespace plinto::polar::server
