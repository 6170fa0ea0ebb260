// Kept cancellations (kept_cancellation.h): kept, taken back, carried out, and laid over what the mirror holds.
#pragma once

#include <span>
#include <vector>

#include "core/billing/billing_state.h"
#include "server/store/engines/sql.h"
#include "server/store/kept_cancellation.h"
#include "server/store/rows.h"

namespace plinto::polar::server::sql {

/// False, and nothing is kept, where it is being carried out already.
bool KeepCancellation(const Scope& db, const KeptCancellation& one, Timestamp now);
/// False where there is none, or it is being carried out.
bool DropCancellation(const Scope& db, const std::string& subscription_id, Timestamp now);
std::optional<KeptCancellation> FindCancellation(const Scope& db, const std::string& subscription_id);
std::vector<KeptCancellation> ClaimCancellations(const Scope& db, const std::string& claim, Timestamp now, int limit);
void FinishCancellation(const Scope& db, const KeptCancellation& one, const CancellationOutcome& outcome,
                        Timestamp now);
std::optional<Timestamp> NextCancellationDue(const Scope& db, Timestamp now);
/// They are carried out all the same; who asked for it and why is forgotten.
void ForgetWhoCanceled(const Scope& db, const std::string& polar_customer_id);

/// Subscriptions of one customer as they are with what is kept. Those of Polar's keep it themselves.
void LayCancellations(const Scope& db, const std::string& polar_customer_id, std::span<Subscription> subscriptions);
void LayCancellations(const Scope& db, BillingState& state);

}  // namespace plinto::polar::server::sql
