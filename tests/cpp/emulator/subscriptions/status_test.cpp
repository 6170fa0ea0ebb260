// The table of statuses, walked whole and held against Polar's life cycle.
#include "emulator/subscriptions/status.h"

#include <algorithm>
#include <string>
#include <vector>
#include "catch.h"

#include "core/model/subscription.h"

namespace plinto::polar::emulator {
namespace {

using enum SubscriptionStatus;
using Event = SubscriptionEvent;

struct Step {
  SubscriptionStatus from;
  SubscriptionStatus to;
  std::vector<Event> by;
};

// Polar's life cycle, by what its subscription service does.
const std::vector<Step> kPolars = {
    // A checkout, or the API for a free product.
    {kNew, kActive, {Event::kStarted}},
    {kNew, kTrialing, {Event::kStartedWithTrial}},
    // The trial ends with its period, or by `trial_end: now`: either way by a cycle.
    {kTrialing, kActive, {Event::kCycled}},
    // `trial_end` after the period's end; a trial that there is can be moved.
    {kActive, kTrialing, {Event::kTrialMoved}},
    {kTrialing, kTrialing, {Event::kTrialMoved}},
    // A renewal shows the new period before it is paid, and what is past due renews, too.
    {kActive, kActive, {Event::kCycled}},
    {kPastDue, kPastDue, {Event::kCycled, Event::kPaymentFailed}},
    // The first failed charge, and the payment after which no other order waits for a retry.
    {kActive, kPastDue, {Event::kPaymentFailed}},
    {kTrialing, kPastDue, {Event::kPaymentFailed}},
    {kPastDue, kActive, {Event::kPaymentRecovered}},
    // The ends: expiry, revocation, the last retry, a deleted customer.
    {kActive, kCanceled, {Event::kExpired, Event::kRevoked, Event::kDunningExhausted, Event::kCustomerDeleted}},
    {kTrialing, kCanceled, {Event::kExpired, Event::kRevoked, Event::kDunningExhausted, Event::kCustomerDeleted}},
    {kPastDue, kCanceled, {Event::kExpired, Event::kRevoked, Event::kDunningExhausted, Event::kCustomerDeleted}},
    // A pause begins at the end of a period; while it lasts only a revocation ends the subscription.
    {kActive, kPaused, {Event::kPaused}},
    {kPaused, kActive, {Event::kResumed}},
    {kPaused, kCanceled, {Event::kRevoked}},
};

// What the same code also lets happen, since it does not ask for the status before.
const std::vector<Step> kUnasked = {
    // A checkout that upgrades a free subscription starts it anew, wherever it stands.
    {kActive, kActive, {Event::kStarted}},
    {kTrialing, kActive, {Event::kStarted}},
    {kPastDue, kActive, {Event::kStarted}},
    {kPaused, kActive, {Event::kStarted}},
    {kCanceled, kActive, {Event::kStarted}},
    {kActive, kTrialing, {Event::kStartedWithTrial}},
    {kTrialing, kTrialing, {Event::kStartedWithTrial}},
    {kPastDue, kTrialing, {Event::kStartedWithTrial}},
    {kPaused, kTrialing, {Event::kStartedWithTrial}},
    {kCanceled, kTrialing, {Event::kStartedWithTrial}},
    // A pause that was scheduled while active begins, although a trial or a failed payment has come between.
    {kTrialing, kPaused, {Event::kPaused}},
    {kPastDue, kPaused, {Event::kPaused}},
    // Orders of before are still charged while the subscription is paused.
    {kPaused, kPastDue, {Event::kPaymentFailed}},
    {kPaused, kCanceled, {Event::kDunningExhausted}},
};

std::optional<SubscriptionStatus> Expected(SubscriptionStatus from, Event event) {
  for (const auto* steps : {&kPolars, &kUnasked}) {
    for (const Step& step : *steps) {
      if (step.from == from && std::find(step.by.begin(), step.by.end(), event) != step.by.end()) return step.to;
    }
  }
  return std::nullopt;
}

TEST_CASE("every status changes by the events of Polar's life cycle, and by no other") {
  for (const SubscriptionStatus from : kSubscriptionStatuses) {
    for (std::size_t i = 0; i < kSubscriptionEvents; ++i) {
      const auto event = static_cast<Event>(i);
      INFO("from '" << ToText(from) << "' by event " << i);
      CHECK(StatusAfter(from, event) == Expected(from, event));
    }
  }
}

TEST_CASE("every event can happen to some subscription, and no subscription becomes new again") {
  for (std::size_t i = 0; i < kSubscriptionEvents; ++i) {
    const auto event = static_cast<Event>(i);
    INFO("event " << i);
    CHECK(std::any_of(kSubscriptionStatuses.begin(), kSubscriptionStatuses.end(),
                      [&](SubscriptionStatus from) { return StatusAfter(from, event).has_value(); }));
    for (const SubscriptionStatus from : kSubscriptionStatuses) CHECK(StatusAfter(from, event) != kNew);
  }
}

TEST_CASE("what is canceled stays so, unless a checkout starts it anew") {
  for (std::size_t i = 0; i < kSubscriptionEvents; ++i) {
    const auto event = static_cast<Event>(i);
    const bool starts = event == Event::kStarted || event == Event::kStartedWithTrial;
    CHECK(StatusAfter(kCanceled, event).has_value() == starts);
  }
}

TEST_CASE("a status moves on with what happens to its subscription") {
  SubscriptionState state;
  std::vector<std::string> seen;

  for (const Event event : {Event::kStartedWithTrial, Event::kCycled, Event::kPaymentFailed, Event::kPaymentRecovered,
                            Event::kPaused, Event::kResumed, Event::kExpired}) {
    state.Apply(event);
    seen.emplace_back(ToText(state));
  }

  CHECK(seen == std::vector<std::string>{"trialing", "active", "past_due", "active", "paused", "active", "canceled"});
}

TEST_CASE("statuses are written as Polar's schema writes them") {
  const auto& known = kEnumTexts<polar::SubscriptionStatus>;
  for (const SubscriptionStatus status : kSubscriptionStatuses) {
    if (status == kNew) continue;
    INFO(ToText(status));
    CHECK(std::find(known.begin(), known.end(), ToText(status)) != known.end());
  }
}

TEST_CASE("active and trialing grant benefits, and what is past due is billable beside them") {
  for (const SubscriptionStatus status : kSubscriptionStatuses) {
    INFO(ToText(status));
    const bool active = status == kActive || status == kTrialing;
    CHECK(IsActive(status) == active);
    CHECK(IsBillable(status) == (active || status == kPastDue));
  }
}

}  // namespace
}  // namespace plinto::polar::emulator
