#include "server/store/sql/statements/cancellation_statements.h"

#include <algorithm>

#include "core/conekta/account.h"
#include "server/base/defects.h"
#include "server/store/sql/claims.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

constexpr char kTable[] = "kept_cancellations";
constexpr char kColumns[] =
    "id, subscription_id, polar_customer_id, conekta_customer_id, cancel_at, canceled_at, actor, coalesce(reason, ''),"
    " coalesce(comment, ''), begun_at, carried_out_at, attempts";
constexpr auto kSelectDue = SelectDue(kTable, kColumns);
constexpr auto kFindOne = Joined("SELECT ", kColumns, " FROM ", kTable, " WHERE tenant = ?1 AND subscription_id = ?2");
constexpr auto kFindOfCustomer =
    Joined("SELECT ", kColumns, " FROM ", kTable, " WHERE tenant = ?1 AND polar_customer_id = ?2");

KeptCancellation Read(Query& query) {
  return {.row = query.Integer(0),
          .subscription_id = query.Text(1),
          .polar_customer_id = query.Text(2),
          .conekta_customer_id = query.Text(3),
          .cancel_at = query.Time(4),
          .canceled_at = query.Time(5),
          .actor = query.Text(6),
          .reason = query.Text(7),
          .comment = query.Text(8),
          .begun_at = query.IsNull(9) ? std::nullopt : std::optional(query.Time(9)),
          .is_carried_out = !query.IsNull(10),
          .attempts = static_cast<int>(query.Integer(11))};
}

bool HasEnded(const OpenEnum<SubscriptionStatus>& status, const std::optional<Timestamp>& ended_at) {
  return ended_at || status == SubscriptionStatus::kCanceled;
}

/// Of a Subscription, or what the rules read of one.
template <class T>
void Lay(const KeptCancellation& kept, T& one) {
  if (HasEnded(one.status, one.ended_at)) {
    // Ended by somebody else, before we began: so it is.
    if (!kept.begun_at) return;
    const bool is_in_trial = one.trial_end && *one.trial_end >= kept.cancel_at;
    one.status = is_in_trial ? SubscriptionStatus::kTrialing : SubscriptionStatus::kActive;
    one.ended_at.reset();
    one.current_period_end = kept.cancel_at;
  }
  one.cancel_at_period_end = true;
  one.canceled_at = kept.canceled_at;
  one.ends_at = kept.cancel_at;
}

void LayReason(const KeptCancellation& kept, Subscription& one) {
  if (!kept.reason.empty()) one.customer_cancellation_reason = OpenEnum<CancellationReason>(kept.reason);
  if (!kept.comment.empty()) one.customer_cancellation_comment = kept.comment;
}

std::vector<KeptCancellation> FindOfCustomer(const Scope& db, const std::string& polar_customer_id) {
  Query query(db, kFindOfCustomer.data());
  query.Bind(polar_customer_id);
  std::vector<KeptCancellation> kept;
  while (query.Step()) kept.push_back(Read(query));
  return kept;
}

const KeptCancellation* FindIn(const std::vector<KeptCancellation>& kept, const std::string& subscription_id) {
  const auto found = std::find_if(kept.begin(), kept.end(),
                                  [&](const KeptCancellation& one) { return one.subscription_id == subscription_id; });
  return found == kept.end() ? nullptr : &*found;
}

void MarkUnlessErased(const Scope& db, const std::string& polar_customer_id, Timestamp now) {
  if (!IsErased(db, polar_customer_id)) MarkAccess(db, polar_customer_id, now);
}

void Forget(const Scope& db, const KeptCancellation& one) {
  Query remove(db, "DELETE FROM kept_cancellations WHERE tenant = ?1 AND id = ?2 AND coalesce(claim, '') = ?3");
  remove.Bind(one.row).Bind(one.claim).Run();
}

}  // namespace

bool KeepCancellation(const Scope& db, const KeptCancellation& one, Timestamp now) {
  LockIds(db, {one.polar_customer_id});
  Query upsert(db,
               "INSERT INTO kept_cancellations AS held (tenant, subscription_id, polar_customer_id,"
               " conekta_customer_id, cancel_at, canceled_at, actor, reason, comment, next_attempt_at)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
               " ON CONFLICT (tenant, subscription_id) DO UPDATE SET cancel_at = excluded.cancel_at,"
               " next_attempt_at = excluded.next_attempt_at WHERE held.begun_at IS NULL");
  upsert.Bind(one.subscription_id).Bind(one.polar_customer_id).Bind(one.conekta_customer_id);
  upsert.Bind(one.cancel_at).Bind(one.canceled_at).Bind(one.actor).BindText(one.reason).BindText(one.comment);
  upsert.Bind(std::max(now, one.cancel_at.PlusSeconds(-kCancellationLeadSeconds)));
  if (upsert.Run() == 0) return false;
  MarkUnlessErased(db, one.polar_customer_id, now);
  return true;
}

bool DropCancellation(const Scope& db, const std::string& subscription_id, Timestamp now) {
  const std::optional<KeptCancellation> kept = FindCancellation(db, subscription_id);
  if (!kept) return false;
  LockIds(db, {kept->polar_customer_id});
  if (HasDefect("cancellation-not-taken-back")) return true;
  Query remove(db, "DELETE FROM kept_cancellations WHERE tenant = ?1 AND subscription_id = ?2 AND begun_at IS NULL");
  if (remove.Bind(subscription_id).Run() == 0) return false;
  MarkUnlessErased(db, kept->polar_customer_id, now);
  return true;
}

std::optional<KeptCancellation> FindCancellation(const Scope& db, const std::string& subscription_id) {
  Query query(db, kFindOne.data());
  if (!query.Bind(subscription_id).Step()) return std::nullopt;
  return Read(query);
}

// Held also where one server has the database alone: what has begun is not taken back, and that is written with it.
std::vector<KeptCancellation> ClaimCancellations(const Scope& db, const std::string& claim, Timestamp now, int limit) {
  const Timestamp database_now = DatabaseNow(db, now);
  const DueStatements due = {kSelectDue.data(), nullptr, nullptr, kCancellationHeldSeconds};
  std::vector<KeptCancellation> rows = SelectRows<KeptCancellation>(db, due, now, database_now, limit, Read);
  const Timestamp until = database_now.PlusSeconds(kCancellationHeldSeconds);
  for (KeptCancellation& row : rows) {
    row.claim = claim;
    Query hold(db,
               "UPDATE kept_cancellations SET claim = ?2, claimed_until = ?3, begun_at = coalesce(begun_at, ?4)"
               " WHERE tenant = ?1 AND id = ?5");
    const bool is_noted = !HasDefect("cancellation-begun-unnoted");
    hold.Bind(claim).Bind(until).Bind(is_noted ? std::optional(now) : std::nullopt).Bind(row.row).Run();
  }
  return rows;
}

void FinishCancellation(const Scope& db, const KeptCancellation& one, const CancellationOutcome& outcome,
                        Timestamp now) {
  LockIds(db, {one.polar_customer_id});
  const Timestamp cancel_at = outcome.cancel_at.value_or(one.cancel_at);
  const bool is_forgotten =
      outcome.kind == CancellationOutcome::Kind::kCarriedOut && HasDefect("cancellation-forgotten");
  if (outcome.kind == CancellationOutcome::Kind::kOver || is_forgotten) {
    Forget(db, one);
  } else if (outcome.kind == CancellationOutcome::Kind::kCarriedOut) {
    Query update(db,
                 "UPDATE kept_cancellations SET carried_out_at = ?2, cancel_at = ?3, next_attempt_at = ?3,"
                 " attempts = 0, error_message = NULL, claim = NULL, claimed_until = NULL"
                 " WHERE tenant = ?1 AND id = ?4 AND coalesce(claim, '') = ?5");
    update.Bind(now).Bind(cancel_at).Bind(one.row).Bind(one.claim).Run();
  } else {
    Query update(db,
                 "UPDATE kept_cancellations SET next_attempt_at = ?2, attempts = attempts + 1, error_message = ?3,"
                 " claim = NULL, claimed_until = NULL WHERE tenant = ?1 AND id = ?4 AND coalesce(claim, '') = ?5");
    update.Bind(outcome.retry_at.value_or(now)).Bind(WithoutNul(outcome.error)).Bind(one.row).Bind(one.claim).Run();
    return;
  }
  MarkUnlessErased(db, one.polar_customer_id, now);
}

std::optional<Timestamp> NextCancellationDue(const Scope& db, Timestamp now) {
  const Timestamp database_now = DatabaseNow(db, now);
  std::optional<Timestamp> due;
  {
    Query query(db,
                "SELECT min(next_attempt_at) FROM kept_cancellations WHERE tenant = ?1"
                " AND (claimed_until IS NULL OR claimed_until <= ?2 OR claimed_until > ?3)");
    query.Bind(database_now).Bind(LatestClaimEnd(database_now, kCancellationHeldSeconds));
    due = EarliestOf(query);
  }
  Query held(db,
             "SELECT min(claimed_until) FROM kept_cancellations WHERE tenant = ?1 AND claimed_until > ?2"
             " AND claimed_until <= ?3");
  held.Bind(database_now).Bind(LatestClaimEnd(database_now, kCancellationHeldSeconds));
  return EarliestOf(db, due, EarliestOf(held), now, kCancellationHeldSeconds);
}

void ForgetWhoCanceled(const Scope& db, const std::string& polar_customer_id) {
  Query forget(db,
               "UPDATE kept_cancellations SET actor = '', reason = NULL, comment = NULL"
               " WHERE tenant = ?1 AND polar_customer_id = ?2");
  forget.Bind(polar_customer_id).Run();
}

void LayCancellations(const Scope& db, const std::string& polar_customer_id, std::span<Subscription> subscriptions) {
  if (std::all_of(subscriptions.begin(), subscriptions.end(),
                  [](const auto& one) { return !IsKeptConektaId(one.id); })) {
    return;
  }
  const std::vector<KeptCancellation> kept = FindOfCustomer(db, polar_customer_id);
  for (Subscription& one : subscriptions) {
    const KeptCancellation* found = FindIn(kept, one.id);
    if (found == nullptr) continue;
    Lay(*found, one);
    LayReason(*found, one);
  }
}

void LayCancellations(const Scope& db, BillingState& state) {
  const auto is_of_polar = [](const auto& held) { return !IsKeptConektaId(held.value.id); };
  if (std::all_of(state.subscriptions.begin(), state.subscriptions.end(), is_of_polar)) return;
  const std::vector<KeptCancellation> kept = FindOfCustomer(db, state.customer_id);
  for (auto& held : state.subscriptions) {
    if (const KeptCancellation* found = FindIn(kept, held.value.id)) Lay(*found, held.value);
  }
}

}  // namespace plinto::polar::server::sql
