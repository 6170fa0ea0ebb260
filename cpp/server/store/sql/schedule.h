// When Polar is asked again for all that it knows of a customer: `polar_customers.reconcile_at`.
#pragma once

#include <span>
#include <string>

#include "server/store/engines/sql.h"
#include "server/store/rows.h"

namespace plinto::polar::server::sql {

/// A customer is verified at least once a day. A subscription whose period has ended is verified 15 minutes later:
/// Polar renews within seconds, and repeats a delivery for half an hour, by which time it has failed nine times. While
/// Polar itself has not renewed it, it is asked again after as long as that has lasted.
[[nodiscard]] Timestamp NextReconcile(Timestamp verified_at, std::span<const Timestamp> period_ends);

/// Of a customer who becomes known here. One of whom Polar knows more is fetched soon, if nobody asks before.
[[nodiscard]] Timestamp FirstReconcile(bool is_mirrored, Timestamp now);

/// A subscription of the customer has changed: what is not due yet is due when the rule above says. The customer's id
/// is locked.
void ScheduleReconcile(const Scope& db, const std::string& polar_customer_id, Timestamp now);

/// Polar was asked for all that it knows of the customer. The customer's id is locked.
void MarkVerified(const Scope& db, const std::string& polar_customer_id, Timestamp now);

/// Was it demanded after Polar was asked? Then what Polar has answered may be older than what called for it.
[[nodiscard]] bool IsDemandedSince(const Scope& db, const std::string& polar_customer_id, Timestamp asked_at);

/// Does the state name other active subscriptions than the mirror, of which nothing newer is known?
[[nodiscard]] bool Disagrees(const Scope& db, const ActiveFact& fact);

}  // namespace plinto::polar::server::sql
