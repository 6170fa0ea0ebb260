#include "server/store/sql/schedule.h"

#include <algorithm>
#include <map>

#include "core/conekta/account.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

constexpr std::int64_t kWalkSeconds = 24 * 3'600;
constexpr std::int64_t kAfterEndSeconds = 15 * 60;
constexpr std::int64_t kFirstSeconds = 60;

/// What decides when a customer is due.
struct Schedule {
  std::optional<Timestamp> verified_at = {};
  std::optional<Timestamp> reconcile_at = {};
  std::vector<Timestamp> period_ends = {};
};

std::optional<Schedule> ReadSchedule(const Scope& db, const std::string& customer) {
  Query find(db,
             "SELECT customer.mirrored_at, customer.reconcile_at, subscription.current_period_end"
             " FROM polar_customers customer LEFT JOIN polar_subscriptions subscription"
             " ON subscription.tenant = customer.tenant"
             " AND subscription.polar_customer_id = customer.polar_customer_id"
             " AND subscription.status IN ('active', 'trialing', 'past_due')"
             " WHERE customer.tenant = ?1 AND customer.polar_customer_id = ?2 AND customer.status = 'active'");
  find.Bind(customer);
  std::optional<Schedule> schedule;
  while (find.Step()) {
    if (!schedule) {
      schedule.emplace();
      if (!find.IsNull(0)) schedule->verified_at = find.Time(0);
      if (!find.IsNull(1)) schedule->reconcile_at = find.Time(1);
    }
    if (!find.IsNull(2)) schedule->period_ends.push_back(find.Time(2));
  }
  return schedule;
}

}  // namespace

Timestamp NextReconcile(Timestamp verified_at, std::span<const Timestamp> period_ends) {
  Timestamp due = verified_at.PlusSeconds(kWalkSeconds);
  for (const Timestamp end : period_ends) {
    Timestamp at = end.PlusSeconds(kAfterEndSeconds);
    if (at <= verified_at) at = Timestamp{verified_at.microseconds + (verified_at.microseconds - end.microseconds)};
    due = std::min(due, at);
  }
  return due;
}

Timestamp FirstReconcile(bool is_mirrored, Timestamp now) {
  return is_mirrored ? NextReconcile(now, {}) : now.PlusSeconds(kFirstSeconds);
}

void ScheduleReconcile(const Scope& db, const std::string& customer, Timestamp now) {
  const std::optional<Schedule> known = ReadSchedule(db, customer);
  if (!known || !known->verified_at) return;
  // What is due already stays so, whatever made it due.
  if (known->reconcile_at && *known->reconcile_at <= now) return;
  // Verified in the future: the clock was set back.
  const Timestamp due = NextReconcile(std::min(*known->verified_at, now), known->period_ends);
  if (known->reconcile_at == due) return;
  Query update(db, "UPDATE polar_customers SET reconcile_at = ?3 WHERE tenant = ?1 AND polar_customer_id = ?2");
  update.Bind(customer).Bind(due).Run();
}

void MarkVerified(const Scope& db, const std::string& customer, Timestamp now) {
  const std::optional<Schedule> known = ReadSchedule(db, customer);
  std::optional<Timestamp> due;
  if (known) due = NextReconcile(now, known->period_ends);
  Query update(db,
               "UPDATE polar_customers SET mirrored_at = ?3, reconcile_at = ?4, claimed_until = NULL"
               " WHERE tenant = ?1 AND polar_customer_id = ?2");
  update.Bind(customer).Bind(now).Bind(due).Run();
}

void DemandReconcile(const Scope& db, const std::string& customer, Timestamp now) {
  // Who is due already keeps their place.
  Query update(db,
               "UPDATE polar_customers SET demanded_at = ?3,"
               " reconcile_at = CASE WHEN reconcile_at > ?3 THEN ?3 ELSE reconcile_at END"
               " WHERE tenant = ?1 AND polar_customer_id = ?2 AND status = 'active' AND reconcile_at IS NOT NULL");
  update.Bind(customer).Bind(now).Run();
}

bool IsDemandedSince(const Scope& db, const std::string& customer, Timestamp asked_at) {
  Query find(db, "SELECT 1 FROM polar_customers WHERE tenant = ?1 AND polar_customer_id = ?2 AND demanded_at > ?3");
  return find.Bind(customer).Bind(asked_at).Step();
}

bool Disagrees(const Scope& db, const ActiveFact& fact) {
  std::map<std::string, const StateSubscription*> told;
  for (const StateSubscription& one : fact.subscriptions) told.emplace(one.id, &one);
  Query find(db,
             "SELECT polar_subscription_id, fact_timestamp, status, product_id, current_period_end"
             " FROM polar_subscriptions WHERE tenant = ?1 AND polar_customer_id = ?2");
  find.Bind(fact.polar_customer_id);
  while (find.Step()) {
    // Polar tells of its own.
    if (IsKeptConektaId(find.Text(0))) continue;
    const auto named = told.find(find.Text(0));
    const StateSubscription* const one = named == told.end() ? nullptr : named->second;
    if (one != nullptr) told.erase(named);
    if (find.Time(1) >= fact.timestamp) continue;
    const std::string status = find.Text(2);
    const bool is_active = status == "active" || status == "trialing";
    if (is_active != (one != nullptr)) return true;
    if (one != nullptr && (find.Text(3) != one->product_id || find.Time(4) != one->current_period_end)) return true;
  }
  return !told.empty();
}

}  // namespace plinto::polar::server::sql
