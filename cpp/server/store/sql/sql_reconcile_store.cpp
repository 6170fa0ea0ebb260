#include "server/store/sql/sql_reconcile_store.h"

#include <algorithm>

#include "core/billing/fact_order.h"
#include "core/conekta/account.h"
#include "server/store/sql/comparison.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/schedule.h"
#include "server/store/sql/statements/mirror_statements.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server {
namespace {

// For as long as one server has a customer in hand, and the longest that one is put off
// (service/mirror/reconciler.cpp): what is held for longer was held by a clock that was ahead.
constexpr std::int64_t kInHandSeconds = 60;
constexpr std::int64_t kLongestHeldSeconds = 600;
// Not the same second's question again: Polar's `Date` has no more than seconds.
constexpr std::int64_t kInDoubtSeconds = 60;

// SQLite's file belongs to one server, which has one reconciler.
constexpr const char* kSelectDue =
    "SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND reconcile_at <= ?2"
    " AND (claimed_until IS NULL OR claimed_until <= ?2 OR claimed_until > ?4) ORDER BY reconcile_at, id LIMIT ?3";
constexpr const char* kTakeDue =
    "UPDATE polar_customers SET claimed_until = ?5 WHERE tenant = ?1 AND id = ANY(ARRAY("
    "SELECT id FROM polar_customers WHERE tenant = ?1 AND reconcile_at <= ?2"
    " AND (claimed_until IS NULL OR claimed_until <= ?2 OR claimed_until > ?4) ORDER BY reconcile_at, id LIMIT ?3"
    " FOR UPDATE SKIP LOCKED)) RETURNING polar_customer_id";

std::vector<std::string> ReadIds(Query& query) {
  std::vector<std::string> ids;
  while (query.Step()) ids.push_back(query.Text(0));
  return ids;
}

void AddSnapshot(const Scope& db, const char* find, const std::string& id, std::vector<HeldSnapshot>& snapshots) {
  Query query(db, find);
  if (query.Bind(id).Step()) snapshots.push_back({id, query.Text(0)});
}

template <class T>
bool HasPolars(const std::vector<Held<T>>& list) {
  return std::any_of(list.begin(), list.end(), [](const Held<T>& one) { return !IsKeptConektaId(one.value.id); });
}

}  // namespace

Task<Result<std::vector<std::string>>> SqlReconcileStore::DueCustomers(Timestamp now, int limit) {
  return tenant_.Run<std::vector<std::string>>([now, limit](const Scope& db) {
    const bool shared = db.engine() == SqlEngine::kPostgres;
    Query query(db, shared ? kTakeDue : kSelectDue);
    query.Bind(now).Bind(limit).Bind(now.PlusSeconds(kLongestHeldSeconds));
    if (shared) query.Bind(now.PlusSeconds(kInHandSeconds));
    return ReadIds(query);
  });
}

Task<Result<std::optional<Timestamp>>> SqlReconcileStore::NextDue() {
  return tenant_.Run<std::optional<Timestamp>>([](const Scope& db) -> std::optional<Timestamp> {
    Query query(db, "SELECT min(reconcile_at) FROM polar_customers WHERE tenant = ?1 AND reconcile_at > 0");
    if (!query.Step() || query.IsNull(0)) return std::nullopt;
    return query.Time(0);
  });
}

Task<Status> SqlReconcileStore::PutOff(std::string polar_customer_id, Timestamp until) {
  return tenant_.Run<Done>([id = std::move(polar_customer_id), until](const Scope& db) {
    Query update(db, "UPDATE polar_customers SET claimed_until = ?3 WHERE tenant = ?1 AND polar_customer_id = ?2");
    update.Bind(id).Bind(until).Run();
    return Done{};
  });
}

Task<Result<std::int64_t>> SqlReconcileStore::DemandAll(Timestamp before, int limit) {
  return tenant_.Run<std::int64_t>([before, limit](const Scope& db) {
    // Due since they were verified, so that the longest ago comes first.
    Query update(db,
                 "WITH known AS (SELECT id FROM polar_customers WHERE tenant = ?1 AND reconcile_at > ?2"
                 " AND mirrored_at < ?2 ORDER BY reconcile_at LIMIT ?3 FOR UPDATE SKIP LOCKED)"
                 " UPDATE polar_customers NOT INDEXED SET reconcile_at = mirrored_at"
                 " WHERE tenant = ?1 AND id IN (SELECT id FROM known)");
    return update.Bind(before).Bind(limit).Run();
  });
}

Task<Result<HeldObjects>> SqlReconcileStore::ReadHeld(std::string polar_customer_id) {
  return tenant_.Run<HeldObjects>([id = std::move(polar_customer_id)](const Scope& db) {
    const BillingState state = sql::ReadHeldState(db, id);
    HeldObjects held{.has_bought = HasPolars(state.subscriptions) || HasPolars(state.orders)};
    for (const auto& one : state.subscriptions) {
      if (IsKeptConektaId(one.value.id) ||
          IsTerminalSubscription(one.value.status.text(), one.value.ended_at.has_value())) {
        continue;
      }
      AddSnapshot(db, "SELECT snapshot FROM polar_subscriptions WHERE tenant = ?1 AND polar_subscription_id = ?2",
                  one.value.id, held.subscriptions);
    }
    for (const auto& one : state.orders) {
      if (IsKeptConektaId(one.value.id) || one.value.status == "void") continue;
      AddSnapshot(db, "SELECT snapshot FROM polar_orders WHERE tenant = ?1 AND polar_order_id = ?2", one.value.id,
                  held.orders);
    }
    return held;
  });
}

Task<Result<std::vector<Repair>>> SqlReconcileStore::Reconcile(std::string polar_customer_id, Facts facts,
                                                               Timestamp now, bool is_dry) {
  return tenant_.Run<std::vector<Repair>>(
      [id = std::move(polar_customer_id), facts = std::move(facts), now, is_dry](const Scope& db) {
        std::set<std::string> ids = sql::IdsIn(facts);
        ids.insert(id);
        if (!is_dry) sql::LockIds(db, ids);
        if (sql::IsErased(db, id)) return std::vector<Repair>();
        sql::Comparison comparison = sql::CompareFacts(db, facts);
        if (is_dry) return std::move(comparison.repairs);
        sql::FoldFetched(db, id, facts, now);
        if (comparison.is_in_doubt) sql::DemandReconcile(db, id, now.PlusSeconds(kInDoubtSeconds));
        return std::move(comparison.repairs);
      });
}

Task<Result<std::optional<FoundCustomer>>> SqlReconcileStore::FindCustomer(std::string id) {
  return tenant_.Run<std::optional<FoundCustomer>>([id = std::move(id)](
                                                       const Scope& db) -> std::optional<FoundCustomer> {
    Query query(db,
                "SELECT polar_customer_id, organization_id, user_id FROM polar_customers"
                " WHERE tenant = ?1 AND polar_customer_id = ?2"
                " UNION ALL SELECT polar_customer_id, organization_id, user_id FROM polar_customers"
                " WHERE tenant = ?1 AND organization_id = ?2"
                " UNION ALL SELECT polar_customer_id, organization_id, user_id FROM polar_customers"
                " WHERE tenant = ?1 AND user_id = ?2");
    if (!query.Bind(id).Step()) return std::nullopt;
    const bool is_user = query.IsNull(1);
    return FoundCustomer{query.Text(0),
                         {is_user ? Subject::Kind::kUser : Subject::Kind::kOrganization, query.Text(is_user ? 2 : 1)}};
  });
}

Task<Result<std::vector<std::string>>> SqlReconcileStore::ListCustomers(std::string after, int limit) {
  return tenant_.Run<std::vector<std::string>>([after = std::move(after), limit](const Scope& db) {
    Query query(db,
                "SELECT polar_customer_id FROM polar_customers WHERE tenant = ?1 AND polar_customer_id > ?2"
                " AND status = 'active' ORDER BY polar_customer_id LIMIT ?3");
    query.Bind(after).Bind(limit);
    return ReadIds(query);
  });
}

}  // namespace plinto::polar::server
