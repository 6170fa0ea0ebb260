// One wish, several forms: which change of Polar's takes a subscription to what is wanted, from the state that it is
// in.
//
// Pure. Source: can_cancel(), can_uncancel(), can_cancel_scheduled_pause() and can_resume() of Polar's
// models/subscription.py, and validate_product_change() of its subscription/service.py.
#pragma once

#include <string>

#include "core/foundation/result.h"
#include "core/gateway/subscriptions.h"
#include "core/model/subscription_update.h"

namespace plinto::polar::server {

enum class FormOfChange : std::uint8_t {
  kNone,      ///< it is as wanted
  kCancel,    ///< at the end of the period
  kRevoke,    ///< now: a paused one has no period that was paid for
  kUncancel,  ///< takes a scheduled cancellation back
  kUnpause,   ///< takes a scheduled pause back
  kResume,    ///< ends a pause: a period begins and is charged
};

/// Errors: CONFLICT where no form leads there.
[[nodiscard]] Result<FormOfChange> FormOfCancel(const Subscription& subscription);
[[nodiscard]] Result<FormOfChange> FormOfResume(const Subscription& subscription);
/// May its product or seats change? Errors: CONFLICT.
[[nodiscard]] Status CheckChangeable(const Subscription& subscription);

/// `why` is for those that cancel.
[[nodiscard]] SubscriptionUpdate BuildChange(FormOfChange form, const CancelOptions& why);

[[nodiscard]] bool IsCanceled(const Subscription& subscription);
[[nodiscard]] bool IsRunningOn(const Subscription& subscription);

/// Polar has taken the change, and the subscription is not as wanted.
[[nodiscard]] Error NotDone(const std::string& status);

}  // namespace plinto::polar::server
