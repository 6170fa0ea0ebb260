// The mirror: the newest snapshot of each subscription, order and customer state that Polar has told of.
#include "core/billing/fact_order.h"
#include "core/foundation/codec.h"
#include "server/store/sqlite_query.h"
#include "server/store/sqlite_rows.h"

namespace plinto::polar::server::sqlite {
namespace {

bool IsTerminal(const Subscription& subscription) {
  return IsTerminalSubscription(subscription.status.text(), subscription.ended_at.has_value());
}

bool IsTerminal(const Order& order) { return IsTerminalOrder(order.status.text()); }

template <class T>
Result<T> ReadSnapshot(const std::string& content) {
  return DecodeText<T>(content);
}

// Is the new snapshot older than the one that is held? `find` selects fact_timestamp and snapshot.
template <class T>
bool IsStale(Query& find, const Fact& candidate) {
  if (!find.Step()) return false;
  const std::string content = find.Text(1);
  const Result<T> held = ReadSnapshot<T>(content);
  const bool terminal = held.ok() && IsTerminal(*held);
  return !Replaces(candidate, Fact{find.Time(0), terminal, content});
}

}  // namespace

void ApplyFact(SqliteConnection& db, const SubscriptionFact& fact, Timestamp now) {
  const Subscription& subscription = fact.subscription;
  {
    Query find(db,
               "SELECT fact_timestamp, snapshot FROM polar_subscriptions"
               " WHERE tenant = ? AND polar_subscription_id = ?");
    find.Bind(kTenant).Bind(subscription.id);
    if (IsStale<Subscription>(find, {fact.timestamp, IsTerminal(subscription), fact.content})) return;
  }
  Query upsert(db,
               "INSERT INTO polar_subscriptions (tenant, organization_id, polar_customer_id, polar_subscription_id,"
               " product_id, status, current_period_start, current_period_end, cancel_at_period_end, snapshot,"
               " fact_timestamp, created_at, updated_at, canceled_at) VALUES (?,"
               " (SELECT organization_id FROM polar_customers WHERE tenant = ?1 AND polar_customer_id = ?2),"
               " ?2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
               " ON CONFLICT (tenant, polar_subscription_id) DO UPDATE SET product_id = excluded.product_id,"
               " organization_id = excluded.organization_id, status = excluded.status,"
               " current_period_start = excluded.current_period_start,"
               " current_period_end = excluded.current_period_end,"
               " cancel_at_period_end = excluded.cancel_at_period_end, snapshot = excluded.snapshot,"
               " fact_timestamp = excluded.fact_timestamp, updated_at = excluded.updated_at,"
               " canceled_at = excluded.canceled_at");
  upsert.Bind(kTenant).Bind(subscription.customer_id).Bind(subscription.id).Bind(subscription.product_id);
  upsert.Bind(subscription.status.text()).Bind(subscription.current_period_start).Bind(subscription.current_period_end);
  upsert.Bind(subscription.cancel_at_period_end ? 1 : 0).Bind(fact.content).Bind(fact.timestamp).Bind(now).Bind(now);
  upsert.Bind(subscription.canceled_at).Run();
}

void ApplyFact(SqliteConnection& db, const OrderFact& fact, Timestamp now) {
  const Order& order = fact.order;
  {
    Query find(db, "SELECT fact_timestamp, snapshot FROM polar_orders WHERE tenant = ? AND polar_order_id = ?");
    find.Bind(kTenant).Bind(order.id);
    if (IsStale<Order>(find, {fact.timestamp, IsTerminal(order), fact.content})) return;
  }
  Query upsert(db,
               "INSERT INTO polar_orders (tenant, polar_customer_id, polar_order_id, status, ordered_at, snapshot,"
               " fact_timestamp, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
               " ON CONFLICT (tenant, polar_order_id) DO UPDATE SET status = excluded.status,"
               " snapshot = excluded.snapshot, fact_timestamp = excluded.fact_timestamp,"
               " updated_at = excluded.updated_at");
  upsert.Bind(kTenant).Bind(order.customer_id).Bind(order.id).Bind(order.status.text()).Bind(order.created_at);
  upsert.Bind(fact.content).Bind(fact.timestamp).Bind(now).Bind(now).Run();
}

void ApplyFact(SqliteConnection& db, const CustomerStateFact& fact, Timestamp now) {
  Query upsert(db,
               "INSERT INTO polar_customer_states (tenant, polar_customer_id, snapshot, fact_timestamp, updated_at)"
               " VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant, polar_customer_id) DO UPDATE SET"
               " snapshot = excluded.snapshot, fact_timestamp = excluded.fact_timestamp,"
               " updated_at = excluded.updated_at WHERE excluded.fact_timestamp > fact_timestamp"
               " OR (excluded.fact_timestamp = fact_timestamp AND excluded.snapshot > snapshot)");
  upsert.Bind(kTenant).Bind(fact.state.id).Bind(fact.content).Bind(fact.timestamp).Bind(now).Run();
}

void ApplyFact(SqliteConnection& db, const CheckoutFact& fact, Timestamp now) {
  Query update(db,
               "UPDATE polar_checkouts SET status = ?, fact_timestamp = ?, updated_at = ?,"
               " confirmed_at = CASE WHEN ?1 IN ('confirmed', 'succeeded') THEN coalesce(confirmed_at, ?2) END"
               " WHERE tenant = ? AND polar_checkout_id = ? AND (fact_timestamp < ?2"
               " OR (fact_timestamp = ?2 AND ?1 = 'succeeded'))");
  update.Bind(fact.status).Bind(fact.timestamp).Bind(now).Bind(kTenant).Bind(fact.polar_checkout_id).Run();
}

void ApplyFact(SqliteConnection& db, const CustomerFact& fact, Timestamp now) {
  Query update(db,
               "UPDATE polar_customers SET email = ?, name = ?, status = ?, deleted_at = ?, fact_timestamp = ?,"
               " updated_at = ? WHERE tenant = ? AND polar_customer_id = ? AND fact_timestamp <= ?5");
  update.Bind(fact.email).Bind(fact.name).Bind(std::string(fact.deleted ? "deleted" : "active"));
  update.Bind(fact.deleted ? std::optional(now) : std::nullopt).Bind(fact.timestamp).Bind(now);
  update.Bind(kTenant).Bind(fact.polar_customer_id).Run();
}

CustomerSnapshots ReadSnapshots(SqliteConnection& db, const std::string& polar_customer_id) {
  CustomerSnapshots snapshots;
  Query subscriptions(db,
                      "SELECT snapshot FROM polar_subscriptions WHERE tenant = ? AND polar_customer_id = ?"
                      " ORDER BY created_at DESC, id DESC LIMIT 100");
  subscriptions.Bind(kTenant).Bind(polar_customer_id);
  while (subscriptions.Step()) {
    if (auto one = ReadSnapshot<Subscription>(subscriptions.Text(0))) {
      snapshots.subscriptions.push_back(std::move(*one));
    }
  }
  Query orders(db,
               "SELECT snapshot FROM polar_orders WHERE tenant = ? AND polar_customer_id = ?"
               " ORDER BY ordered_at DESC, id DESC LIMIT 100");
  orders.Bind(kTenant).Bind(polar_customer_id);
  while (orders.Step()) {
    if (auto one = ReadSnapshot<Order>(orders.Text(0))) snapshots.orders.push_back(std::move(*one));
  }
  Query state(db, "SELECT snapshot FROM polar_customer_states WHERE tenant = ? AND polar_customer_id = ?");
  if (state.Bind(kTenant).Bind(polar_customer_id).Step()) {
    if (auto one = ReadSnapshot<CustomerState>(state.Text(0))) {
      snapshots.benefits = std::move(one->granted_benefits);
      if (one->active_meters) snapshots.meters = *std::move(one->active_meters);
    }
  }
  return snapshots;
}

}  // namespace plinto::polar::server::sqlite
