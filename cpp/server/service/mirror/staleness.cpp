#include "server/service/mirror/staleness.h"

#include <algorithm>

namespace plinto::polar::server {
namespace {

constexpr std::int64_t kVerifiedSeconds = 7 * 24 * 3'600;
constexpr std::int64_t kAfterEndSeconds = 3'600;

bool IsRunning(const SubscriptionView& one) {
  return !one.ended_at && (one.status == SubscriptionStatus::kActive || one.status == SubscriptionStatus::kTrialing ||
                           one.status == SubscriptionStatus::kPastDue);
}

}  // namespace

Timestamp KnownUntil(const SubjectState& known) {
  const Timestamp verified = known.verified_at.value_or(Timestamp{});
  Timestamp told = verified;
  if (known.state.customer_state) told = std::max(told, known.state.customer_state->as_of);
  Timestamp until = told.PlusSeconds(kVerifiedSeconds);
  for (const auto& held : known.state.subscriptions) {
    if (!IsRunning(held.value)) continue;
    const Timestamp end = held.value.current_period_end.PlusSeconds(kAfterEndSeconds);
    if (std::max(verified, held.as_of) < end) until = std::min(until, end);
  }
  return until;
}

bool IsStale(const SubjectState& known, Timestamp now) {
  return known.customer && !known.is_deleted && now >= KnownUntil(known);
}

}  // namespace plinto::polar::server
