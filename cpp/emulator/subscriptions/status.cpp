#include "emulator/subscriptions/status.h"

#include <cassert>

namespace plinto::polar::emulator {
namespace {

using enum SubscriptionStatus;
using Event = SubscriptionEvent;

constexpr std::array<std::string_view, kSubscriptionStatuses.size()> kTexts = {"",         "trialing", "active",
                                                                               "past_due", "paused",   "canceled"};

constexpr std::optional<SubscriptionStatus> kNever = std::nullopt;

struct Row {
  Event event;
  std::array<std::optional<SubscriptionStatus>, kSubscriptionStatuses.size()> to;  ///< By the status before.
};

// As wide as Polar's service is: an upgrade does not ask for the status before, a scheduled pause begins although a
// trial or a failed payment has come between, and orders of before are charged while the subscription is paused or
// starts anew.
//
// clang-format off
constexpr std::array<Row, kSubscriptionEvents> kLife = {{
    // from:                     kNew       kTrialing  kActive    kPastDue   kPaused    kCanceled
    {Event::kStarted,          {{kActive,   kActive,   kActive,   kActive,   kActive,   kActive  }}},
    {Event::kStartedWithTrial, {{kTrialing, kTrialing, kTrialing, kTrialing, kTrialing, kTrialing}}},
    {Event::kTrialMoved,       {{kNever,    kTrialing, kTrialing, kNever,    kNever,    kNever   }}},
    {Event::kCycled,           {{kNever,    kActive,   kActive,   kPastDue,  kNever,    kNever   }}},
    {Event::kPaymentFailed,    {{kNever,    kPastDue,  kPastDue,  kPastDue,  kPastDue,  kNever   }}},
    {Event::kPaymentRecovered, {{kNever,    kNever,    kNever,    kActive,   kNever,    kNever   }}},
    {Event::kDunningExhausted, {{kNever,    kCanceled, kCanceled, kCanceled, kCanceled, kNever   }}},
    {Event::kPaused,           {{kNever,    kPaused,   kPaused,   kPaused,   kNever,    kNever   }}},
    {Event::kResumed,          {{kNever,    kNever,    kNever,    kNever,    kActive,   kNever   }}},
    {Event::kExpired,          {{kNever,    kCanceled, kCanceled, kCanceled, kNever,    kNever   }}},
    {Event::kRevoked,          {{kNever,    kCanceled, kCanceled, kCanceled, kCanceled, kNever   }}},
    {Event::kCustomerDeleted,  {{kNever,    kCanceled, kCanceled, kCanceled, kNever,    kNever   }}},
}};
// clang-format on

constexpr bool FollowsTheEnum() {
  for (std::size_t i = 0; i < kLife.size(); ++i) {
    if (kLife[i].event != static_cast<Event>(i)) return false;
  }
  return true;
}
static_assert(FollowsTheEnum(), "the table is indexed by the event");

}  // namespace

std::string_view ToText(SubscriptionStatus status) { return kTexts[static_cast<std::size_t>(status)]; }

std::optional<SubscriptionStatus> StatusAfter(SubscriptionStatus from, SubscriptionEvent event) {
  return kLife[static_cast<std::size_t>(event)].to[static_cast<std::size_t>(from)];
}

bool IsActive(SubscriptionStatus status) { return status == kActive || status == kTrialing; }

bool IsBillable(SubscriptionStatus status) { return IsActive(status) || status == kPastDue; }

void SubscriptionState::Apply(SubscriptionEvent event) {
  const auto next = StatusAfter(status_, event);
  assert(next.has_value());
  if (next) status_ = *next;
}

}  // namespace plinto::polar::emulator
