#include "server/service/providers/forms.h"

namespace plinto::polar::server {
namespace {

Error Conflict(std::string message) { return {.code = ErrorCode::kConflict, .message = std::move(message)}; }

bool HasEnded(const Subscription& one) { return one.ended_at || one.status == SubscriptionStatus::kCanceled; }

bool IsBillable(const Subscription& one) {
  return one.status == SubscriptionStatus::kActive || one.status == SubscriptionStatus::kTrialing ||
         one.status == SubscriptionStatus::kPastDue;
}

Error HasEndedError() { return Conflict("This subscription has ended. Start a checkout to subscribe again."); }

Error NotRunning(const Subscription& one) {
  return Conflict("This subscription is `" + one.status.text() +
                  "`, not running: Polar changes nothing about it until it is paid. The buyer can pay in the portal.");
}

template <class T>
SubscriptionUpdate WithReason(T update, const CancelOptions& why) {
  if (why.reason) update.customer_cancellation_reason = OpenEnum<CancellationReason>(*why.reason);
  update.customer_cancellation_comment = why.comment;
  return update;
}

}  // namespace

Result<FormOfChange> FormOfCancel(const Subscription& one) {
  if (IsCanceled(one)) return FormOfChange::kNone;
  if (one.status == SubscriptionStatus::kPaused) return FormOfChange::kRevoke;
  if (!IsBillable(one)) return NotRunning(one);
  return FormOfChange::kCancel;
}

Result<FormOfChange> FormOfResume(const Subscription& one) {
  if (HasEnded(one)) return HasEndedError();
  if (one.status == SubscriptionStatus::kPaused) return FormOfChange::kResume;
  if (!IsBillable(one)) return NotRunning(one);
  if (one.cancel_at_period_end) return FormOfChange::kUncancel;
  return one.pause_at_period_end.value_or(false) ? FormOfChange::kUnpause : FormOfChange::kNone;
}

Status CheckChangeable(const Subscription& one) {
  if (HasEnded(one)) return HasEndedError();
  if (one.status == SubscriptionStatus::kUnpaid) return NotRunning(one);
  if (!one.cancel_at_period_end) return Done{};
  return Conflict(
      "This subscription is canceled at the end of its period, and Polar changes no such one. Take that back first: "
      "POST /subscriptions/" +
      one.id + "/resume.");
}

SubscriptionUpdate BuildChange(FormOfChange form, const CancelOptions& why) {
  switch (form) {
    case FormOfChange::kRevoke:
      return WithReason(SubscriptionRevoke(), why);
    case FormOfChange::kUncancel:
      return SubscriptionCancel{.cancel_at_period_end = false};
    case FormOfChange::kUnpause:
      return SubscriptionPause{.pause_at_period_end = false};
    case FormOfChange::kResume:
      return SubscriptionResume();
    case FormOfChange::kCancel:
    case FormOfChange::kNone:
      break;
  }
  return WithReason(SubscriptionCancel(), why);
}

bool IsCanceled(const Subscription& one) { return one.cancel_at_period_end || HasEnded(one); }

bool IsRunningOn(const Subscription& one) {
  return IsBillable(one) && !IsCanceled(one) && !one.pause_at_period_end.value_or(false);
}

Error NotDone(const std::string& status) {
  return Conflict("Polar has taken the request and changed nothing: the subscription is still `" + status +
                  "`. Polar resumes none while the seller's account may not renew subscriptions.");
}

}  // namespace plinto::polar::server
