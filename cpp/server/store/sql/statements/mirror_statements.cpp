// The mirror: the newest snapshot of each subscription and order that Polar has told of, and lists of them.
#include "server/store/sql/statements/mirror_statements.h"

#include <map>

#include "core/billing/fact_order.h"
#include "core/conekta/account.h"
#include "core/foundation/codec.h"
#include "server/base/defects.h"
#include "server/store/engines/sql.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/schedule.h"
#include "server/store/sql/statements/cancellation_statements.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

bool IsTerminal(const Subscription& subscription) {
  return IsTerminalSubscription(subscription.status.text(), subscription.ended_at.has_value());
}

bool IsTerminal(const Order& order) { return IsTerminalOrder(order.status.text()); }

template <class T>
Result<T> ReadSnapshot(const std::string& content) {
  return DecodeText<T>(content);
}

// What lists are ordered by: said once, at the first sight of it.
Timestamp BegunAt(const Subscription& subscription) {
  return subscription.created_at.value_or(subscription.started_at.value_or(subscription.current_period_start));
}

// Is the new snapshot older than the one that is held? `find` selects fact_timestamp and snapshot, which is read only
// when the times do not decide.
template <class T>
bool IsStale(Query& find, const Fact& candidate) {
  if (!find.Step() || HasDefect("fold-without-order")) return false;
  if (find.Time(0) != candidate.timestamp) return find.Time(0) > candidate.timestamp;
  const std::string content = find.Text(1);
  if (content == candidate.content) return true;
  const Result<T> held = ReadSnapshot<T>(content);
  const bool terminal = held.ok() && IsTerminal(*held);
  return !Replaces(candidate, Fact{find.Time(0), terminal, content});
}

// What Conekta tells may have been read for the customer whom the subject was at Polar before: the newest says whose it
// is. At Polar nothing changes hands.
template <class T>
void GiveToOwner(const Scope& db, const char* statement, const T& told) {
  if (IsKeptConektaId(told.id) && !HasDefect("left-at-conekta"))
    Query(db, statement).Bind(told.id).Bind(told.customer_id).Run();
}

void BindPage(Query& list, const std::string& polar_customer_id, const PageQuery& query) {
  const PagePlace first{Timestamp{INT64_MAX}, ""};
  const PagePlace& after = query.after ? *query.after : first;
  list.Bind(polar_customer_id).Bind(after.at).Bind(after.id);
}

template <class T>
std::vector<Listed<T>> ReadPage(Query& list) {
  std::vector<Listed<T>> page;
  while (list.Step()) {
    if (auto one = ReadSnapshot<T>(list.Text(2))) page.push_back({{list.Time(0), list.Text(1)}, *std::move(one)});
  }
  return page;
}

void FoldFact(const Scope& db, const SubscriptionFact& fact, Timestamp now) {
  const Subscription& subscription = fact.subscription;
  if (IsErased(db, subscription.customer_id)) return;
  {
    Query find(db,
               "SELECT fact_timestamp, snapshot FROM polar_subscriptions"
               " WHERE tenant = ?1 AND polar_subscription_id = ?2");
    find.Bind(subscription.id);
    if (IsStale<Subscription>(find, {fact.timestamp, IsTerminal(subscription), fact.content})) return;
  }
  GiveToOwner(db,
              "UPDATE polar_subscriptions SET polar_customer_id = ?3 WHERE tenant = ?1 AND polar_subscription_id = ?2"
              " AND polar_customer_id <> ?3",
              subscription);
  Query upsert(db,
               "INSERT INTO polar_subscriptions (tenant, organization_id, polar_customer_id, polar_subscription_id,"
               " product_id, status, current_period_start, current_period_end, cancel_at_period_end, snapshot,"
               " fact_timestamp, created_at, updated_at, canceled_at, tier, begun_at) VALUES (?1,"
               " (SELECT organization_id FROM polar_customers WHERE tenant = ?1 AND polar_customer_id = ?2),"
               " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
               " ON CONFLICT (tenant, polar_subscription_id) DO UPDATE SET product_id = excluded.product_id,"
               " organization_id = excluded.organization_id, status = excluded.status,"
               " current_period_start = excluded.current_period_start,"
               " current_period_end = excluded.current_period_end,"
               " cancel_at_period_end = excluded.cancel_at_period_end, snapshot = excluded.snapshot,"
               " fact_timestamp = excluded.fact_timestamp, updated_at = excluded.updated_at,"
               " canceled_at = excluded.canceled_at, tier = excluded.tier");
  upsert.Bind(subscription.customer_id).Bind(subscription.id).Bind(subscription.product_id);
  upsert.Bind(subscription.status.text()).Bind(subscription.current_period_start).Bind(subscription.current_period_end);
  upsert.Bind(subscription.cancel_at_period_end ? 1 : 0).Bind(fact.content).Bind(fact.timestamp).Bind(now).Bind(now);
  upsert.Bind(subscription.canceled_at).Bind(fact.tier).Bind(BegunAt(subscription)).Run();
}

void FoldFact(const Scope& db, const OrderFact& fact, Timestamp now) {
  const Order& order = fact.order;
  if (IsErased(db, order.customer_id)) return;
  {
    Query find(db, "SELECT fact_timestamp, snapshot FROM polar_orders WHERE tenant = ?1 AND polar_order_id = ?2");
    find.Bind(order.id);
    if (IsStale<Order>(find, {fact.timestamp, IsTerminal(order), fact.content})) return;
  }
  GiveToOwner(db,
              "UPDATE polar_orders SET polar_customer_id = ?3 WHERE tenant = ?1 AND polar_order_id = ?2"
              " AND polar_customer_id <> ?3",
              order);
  Query upsert(db,
               "INSERT INTO polar_orders (tenant, polar_customer_id, polar_order_id, status, ordered_at, snapshot,"
               " fact_timestamp, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
               " ON CONFLICT (tenant, polar_order_id) DO UPDATE SET status = excluded.status,"
               " snapshot = excluded.snapshot, fact_timestamp = excluded.fact_timestamp,"
               " updated_at = excluded.updated_at");
  upsert.Bind(order.customer_id).Bind(order.id).Bind(order.status.text()).Bind(order.created_at);
  upsert.Bind(fact.content).Bind(fact.timestamp).Bind(now).Bind(now).Run();
}

void FoldFact(const Scope& db, const CheckoutFact& fact, Timestamp now) {
  Query update(db,
               "UPDATE polar_checkouts SET status = ?2, fact_timestamp = ?3, updated_at = ?4,"
               " confirmed_at = CASE WHEN ?2 IN ('confirmed', 'succeeded') THEN coalesce(confirmed_at, ?3)"
               " ELSE confirmed_at END, product_id = coalesce(?6, product_id) WHERE tenant = ?1 AND polar_checkout_id "
               "= ?5 AND (fact_timestamp < ?3"
               " OR (fact_timestamp = ?3 AND ?2 = 'succeeded'))");
  update.Bind(fact.status).Bind(fact.timestamp).Bind(now).Bind(fact.polar_checkout_id).Bind(fact.product_id).Run();
}

void FoldFact(const Scope& db, const CustomerFact& fact, Timestamp now) {
  Query update(db,
               "UPDATE polar_customers SET email = ?2, name = ?3, status = ?4, fact_timestamp = ?6,"
               " deleted_at = CASE WHEN ?4 = 'deleted' THEN coalesce(deleted_at, ?5) END,"
               " updated_at = ?7, reconcile_at = CASE WHEN ?4 = 'deleted' THEN NULL ELSE reconcile_at END WHERE tenant "
               "= ?1 AND polar_customer_id = ?8 AND (fact_timestamp < ?6"
               " OR (fact_timestamp = ?6 AND (status <> 'deleted' OR ?4 = 'deleted')))");
  update.Bind(fact.email).Bind(fact.name).Bind(std::string(fact.deleted ? "deleted" : "active"));
  update.Bind(fact.deleted && !fact.is_missing ? std::optional(now) : std::nullopt).Bind(fact.timestamp).Bind(now);
  update.Bind(fact.polar_customer_id).Run();
}

// Lists are put in order when they are folded.
void Gather(BillingFact& all, const BillingFact& one) {
  const auto append = [](auto& list, const auto& more) { list.insert(list.end(), more.begin(), more.end()); };
  all.customer_id = one.customer_id;
  append(all.subscriptions, one.subscriptions);
  append(all.orders, one.orders);
  append(all.refunds, one.refunds);
  append(all.grants, one.grants);
  append(all.seats, one.seats);
  append(all.checkouts, one.checkouts);
  Merge(all, {.customer_id = one.customer_id, .customer = one.customer, .customer_state = one.customer_state});
}

// Whose state the facts may change: customers, and what has seats.
std::set<std::string> OwnersIn(const Facts& facts) {
  std::set<std::string> owners;
  for (const auto& fact : facts.subscriptions) owners.insert(fact.subscription.customer_id);
  for (const auto& fact : facts.orders) owners.insert(fact.order.customer_id);
  for (const auto& fact : facts.customers) owners.insert(fact.polar_customer_id);
  for (const auto& fact : facts.billing) owners.insert(fact.customer_id);
  return owners;
}

// Who may be deleted at Polar, and have something that runs at Conekta.
std::set<std::string> PerhapsDeleted(const Facts& facts) {
  std::set<std::string> customers;
  for (const auto& fact : facts.customers) {
    if (fact.deleted) customers.insert(fact.polar_customer_id);
  }
  for (const auto& fact : facts.subscriptions) {
    if (IsKeptConektaId(fact.subscription.id)) customers.insert(fact.subscription.customer_id);
  }
  return customers;
}

}  // namespace

std::set<std::string> IdsIn(const Facts& facts) {
  std::set<std::string> ids = OwnersIn(facts);
  for (const auto& fact : facts.checkouts) ids.insert(fact.polar_checkout_id);
  return ids;
}

std::vector<BillingFact> GatherBilling(const Facts& facts) {
  std::map<std::string, BillingFact> of_owners;
  for (const auto& fact : facts.billing) Gather(of_owners[fact.customer_id], fact);
  std::vector<BillingFact> gathered;
  for (auto& [owner, fact] : of_owners) gathered.push_back(std::move(fact));
  return gathered;
}

void FoldFacts(const Scope& db, const Facts& facts, Timestamp now) {
  for (const auto& fact : facts.subscriptions) FoldFact(db, fact, now);
  for (const auto& fact : facts.orders) FoldFact(db, fact, now);
  for (const auto& fact : facts.checkouts) FoldFact(db, fact, now);
  for (const auto& fact : facts.customers) FoldFact(db, fact, now);
  for (const BillingFact& fact : GatherBilling(facts)) {
    if (!IsErased(db, fact.customer_id)) FoldFact(db, fact, now);
  }
  for (const std::string& owner : OwnersIn(facts)) {
    if (!IsErased(db, owner)) MarkAccess(db, owner, now);
  }
  std::set<std::string> subscribers;
  for (const auto& fact : facts.subscriptions) subscribers.insert(fact.subscription.customer_id);
  for (const std::string& customer : subscribers) ScheduleReconcile(db, customer, now);
  for (const std::string& customer : PerhapsDeleted(facts)) CancelOfDeleted(db, customer, now);
  for (const auto& fact : facts.active) {
    if (Disagrees(db, fact)) DemandReconcile(db, fact.polar_customer_id, now);
  }
}

void ApplyFacts(const Scope& db, const Facts& facts, Timestamp now) {
  LockIds(db, IdsIn(facts));
  FoldFacts(db, facts, now);
}

std::optional<Subscription> FindSubscription(const Scope& db, const Subject& subject, const std::string& id) {
  Query query(db,
              "SELECT s.snapshot FROM polar_subscriptions s JOIN polar_customers c"
              " ON c.tenant = s.tenant AND c.polar_customer_id = s.polar_customer_id"
              " WHERE s.tenant = ?1 AND s.polar_subscription_id = ?2 AND (c.organization_id = ?3 OR c.user_id = ?4)");
  const bool is_user = subject.kind == Subject::Kind::kUser;
  query.Bind(id).BindText(is_user ? "" : subject.id).BindText(is_user ? subject.id : "");
  if (!query.Step()) return std::nullopt;
  Result<Subscription> subscription = ReadSnapshot<Subscription>(query.Text(0));
  if (!subscription) return std::nullopt;
  LayCancellations(db, subscription->customer_id, std::span(&*subscription, 1));
  return *std::move(subscription);
}

std::optional<Order> FindOrder(const Scope& db, const Subject& subject, const std::string& id) {
  Query query(db,
              "SELECT o.snapshot FROM polar_orders o JOIN polar_customers c"
              " ON c.tenant = o.tenant AND c.polar_customer_id = o.polar_customer_id"
              " WHERE o.tenant = ?1 AND o.polar_order_id = ?2 AND (c.organization_id = ?3 OR c.user_id = ?4)");
  const bool is_user = subject.kind == Subject::Kind::kUser;
  query.Bind(id).BindText(is_user ? "" : subject.id).BindText(is_user ? subject.id : "");
  if (!query.Step()) return std::nullopt;
  Result<Order> order = ReadSnapshot<Order>(query.Text(0));
  return order ? std::optional(*std::move(order)) : std::nullopt;
}

CustomerSnapshots ReadSnapshots(const Scope& db, const std::string& polar_customer_id) {
  CustomerSnapshots snapshots;
  Query subscriptions(db,
                      "SELECT snapshot FROM polar_subscriptions WHERE tenant = ?1 AND polar_customer_id = ?2"
                      " ORDER BY begun_at DESC, polar_subscription_id DESC LIMIT 100");
  subscriptions.Bind(polar_customer_id);
  while (subscriptions.Step()) {
    if (auto one = ReadSnapshot<Subscription>(subscriptions.Text(0))) {
      snapshots.subscriptions.push_back(std::move(*one));
    }
  }
  LayCancellations(db, polar_customer_id, snapshots.subscriptions);
  Query orders(db,
               "SELECT snapshot FROM polar_orders WHERE tenant = ?1 AND polar_customer_id = ?2"
               " ORDER BY ordered_at DESC, polar_order_id DESC LIMIT 100");
  orders.Bind(polar_customer_id);
  while (orders.Step()) {
    if (auto one = ReadSnapshot<Order>(orders.Text(0))) snapshots.orders.push_back(std::move(*one));
  }
  return snapshots;
}

std::vector<Listed<Subscription>> ListSubscriptions(const Scope& db, const std::string& polar_customer_id,
                                                    const PageQuery& query) {
  Query list(db,
             "SELECT begun_at, polar_subscription_id, snapshot FROM polar_subscriptions"
             " WHERE tenant = ?1 AND polar_customer_id = ?2 AND (begun_at, polar_subscription_id) < (?3, ?4)"
             " AND (?5 = 0 OR status IN ('active', 'trialing') OR polar_subscription_id IN ("
             "SELECT subscription_id FROM kept_cancellations WHERE tenant = ?1 AND polar_customer_id = ?2"
             " AND begun_at IS NOT NULL))"
             " ORDER BY begun_at DESC, polar_subscription_id DESC LIMIT ?6");
  BindPage(list, polar_customer_id, query);
  std::vector<Listed<Subscription>> page =
      ReadPage<Subscription>(list.Bind(query.active ? 1 : 0).Bind(query.limit + 1));
  std::vector<Subscription> subscriptions;
  for (Listed<Subscription>& one : page) subscriptions.push_back(std::move(one.item));
  LayCancellations(db, polar_customer_id, subscriptions);
  for (std::size_t i = 0; i < page.size(); ++i) page[i].item = std::move(subscriptions[i]);
  return page;
}

std::vector<Listed<Order>> ListOrders(const Scope& db, const std::string& polar_customer_id, const PageQuery& query) {
  Query list(db,
             "SELECT ordered_at, polar_order_id, snapshot FROM polar_orders"
             " WHERE tenant = ?1 AND polar_customer_id = ?2 AND (ordered_at, polar_order_id) < (?3, ?4)"
             " ORDER BY ordered_at DESC, polar_order_id DESC LIMIT ?5");
  BindPage(list, polar_customer_id, query);
  return ReadPage<Order>(list.Bind(query.limit + 1));
}

}  // namespace plinto::polar::server::sql
