// Where a subscription stands, and the one table of how it gets from there to elsewhere.
//
// Pure. Hold the table (status.cpp) against Polar's server/polar/subscription/service.py, where `cycle`,
// `mark_past_due`, `mark_active`, `resume`, `update_trial`, `_perform_cancellation` and
// `create_or_update_from_checkout` set the status. No API reinstates a canceled subscription or imports one from
// another provider, so the table does not.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plinto::polar::emulator {

/// Polar's schema has three more (incomplete, incomplete_expired, unpaid), which its server gives to no subscription.
enum class SubscriptionStatus : std::uint8_t {
  kNew,  ///< Not begun: nothing shows it.
  kTrialing,
  kActive,
  kPastDue,
  kPaused,
  kCanceled,
};
inline constexpr std::array kSubscriptionStatuses = {SubscriptionStatus::kNew,    SubscriptionStatus::kTrialing,
                                                     SubscriptionStatus::kActive, SubscriptionStatus::kPastDue,
                                                     SubscriptionStatus::kPaused, SubscriptionStatus::kCanceled};
/// `past_due`, as Polar writes it.
[[nodiscard]] std::string_view ToText(SubscriptionStatus status);

/// What happens to a subscription.
enum class SubscriptionEvent : std::uint8_t {
  kStarted,           ///< Bought or created. A checkout that upgrades a free one starts it anew.
  kStartedWithTrial,  ///< Likewise, with a trial first.
  kTrialMoved,        ///< The merchant has set the trial's end, and so begun one or changed it.
  kCycled,            ///< The period is over and the next one begins; the first one after a trial, too.
  kPaymentFailed,     ///< Of any order but one for a meter's own period.
  kPaymentRecovered,  ///< No order waits for its retry any more.
  kDunningExhausted,  ///< The last retry has failed.
  kPaused,            ///< The period is over, and a pause was scheduled.
  kResumed,           ///< By hand or on time; active before it is paid.
  kExpired,           ///< The period is over, and the subscription was canceled before.
  kRevoked,           ///< Canceled at once.
  kCustomerDeleted,   ///< Ends what is billable; a paused one stays.
};
inline constexpr std::size_t kSubscriptionEvents = static_cast<std::size_t>(SubscriptionEvent::kCustomerDeleted) + 1;

/// The status after `event`; nothing where it cannot happen.
[[nodiscard]] std::optional<SubscriptionStatus> StatusAfter(SubscriptionStatus from, SubscriptionEvent event);

/// Grants benefits: active or trialing.
[[nodiscard]] bool IsActive(SubscriptionStatus status);
/// Active or past due: renews, and forbids a second subscription.
[[nodiscard]] bool IsBillable(SubscriptionStatus status);

/// The status of one subscription, which nothing but an event can change.
class SubscriptionState {
 public:
  // Implicit, since the status is read in many places.
  constexpr operator SubscriptionStatus() const { return status_; }
  /// Moves on as the table says. What the table does not have must not be asked for, and changes nothing.
  void Apply(SubscriptionEvent event);

 private:
  SubscriptionStatus status_ = SubscriptionStatus::kNew;
};

}  // namespace plinto::polar::emulator
