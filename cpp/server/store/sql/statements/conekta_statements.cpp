// Whom a customer of Polar's is at Conekta, and from where they buy.
#include <algorithm>

#include "server/base/defects.h"
#include "server/store/engines/sql.h"
#include "server/store/sql/locks.h"
#include "server/store/sql/statements/cancellation_statements.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {

std::optional<CustomerRow> FindConektaCustomer(const Scope& db, const std::string& conekta_customer_id) {
  Query query(db,
              "SELECT polar_customer_id, email, name, type, coalesce(country, ''), organization_id,"
              " coalesce(user_id, '') FROM polar_customers"
              " WHERE tenant = ?1 AND conekta_customer_id = ?2");
  if (!query.Bind(conekta_customer_id).Step()) return std::nullopt;
  const bool is_user = query.IsNull(5);
  const Subject subject{is_user ? Subject::Kind::kUser : Subject::Kind::kOrganization, query.Text(is_user ? 6 : 5)};
  return CustomerRow{.subject = subject,
                     .polar_customer_id = query.Text(0),
                     .email = query.Text(1),
                     .name = query.Text(2),
                     .is_team = query.Text(3) == "team",
                     .country = query.Text(4),
                     .conekta_customer_id = conekta_customer_id};
}

std::string SetConektaCustomer(const Scope& db, const std::string& polar_customer_id,
                               const std::string& conekta_customer_id) {
  LockIds(db, {polar_customer_id, conekta_customer_id});
  {
    Query find(db,
               "SELECT coalesce(conekta_customer_id, '') FROM polar_customers"
               " WHERE tenant = ?1 AND polar_customer_id = ?2 AND status = 'active'");
    if (!find.Bind(polar_customer_id).Step()) return {};
    if (std::string kept = find.Text(0); !kept.empty()) return kept;
  }
  if (FindConektaCustomer(db, conekta_customer_id)) return {};
  Query update(db, "UPDATE polar_customers SET conekta_customer_id = ?3 WHERE tenant = ?1 AND polar_customer_id = ?2");
  update.Bind(polar_customer_id).Bind(conekta_customer_id).Run();
  return conekta_customer_id;
}

void ForgetConektaCustomer(const Scope& db, const std::string& polar_customer_id,
                           const std::string& conekta_customer_id) {
  LockIds(db, {polar_customer_id, conekta_customer_id});
  Query forget(db,
               "UPDATE polar_customers SET conekta_customer_id = NULL"
               " WHERE tenant = ?1 AND polar_customer_id = ?2 AND conekta_customer_id = ?3");
  forget.Bind(polar_customer_id).Bind(conekta_customer_id).Run();
}

bool MoveConekta(const Scope& db, const std::string& from, const std::string& to) {
  if (HasDefect("left-at-conekta")) return false;
  {
    Query find(db,
               "SELECT coalesce(conekta_customer_id, '') FROM polar_customers"
               " WHERE tenant = ?1 AND polar_customer_id = ?2");
    if (!find.Bind(from).Step() || find.Text(0).empty()) return false;
  }
  for (const char* move : {"UPDATE polar_subscriptions SET polar_customer_id = ?3 WHERE tenant = ?1"
                           " AND polar_customer_id = ?2 AND substr(polar_subscription_id, 1, 4) = 'sub_'",
                           "UPDATE polar_orders SET polar_customer_id = ?3 WHERE tenant = ?1"
                           " AND polar_customer_id = ?2 AND substr(polar_order_id, 1, 4) = 'ord_'",
                           "UPDATE kept_cancellations SET polar_customer_id = ?3 WHERE tenant = ?1"
                           " AND polar_customer_id = ?2"}) {
    Query(db, move).Bind(from).Bind(to).Run();
  }
  return true;
}

void CancelOfDeleted(const Scope& db, const std::string& polar_customer_id, Timestamp now) {
  if (HasDefect("charged-after-deletion")) return;
  std::vector<KeptCancellation> running;
  {
    Query find(db,
               "SELECT s.polar_subscription_id, c.conekta_customer_id, s.current_period_end FROM polar_customers c"
               " JOIN polar_subscriptions s ON s.tenant = c.tenant AND s.polar_customer_id = c.polar_customer_id"
               " WHERE c.tenant = ?1 AND c.polar_customer_id = ?2 AND c.status = 'deleted' AND c.deleted_at IS NOT NULL"
               " AND coalesce(c.conekta_customer_id, '') <> '' AND substr(s.polar_subscription_id, 1, 4) = 'sub_'"
               " AND s.status <> 'canceled' AND NOT EXISTS (SELECT 1 FROM kept_cancellations k"
               " WHERE k.tenant = ?1 AND k.subscription_id = s.polar_subscription_id)");
    find.Bind(polar_customer_id);
    while (find.Step()) {
      running.push_back({.subscription_id = find.Text(0),
                         .polar_customer_id = polar_customer_id,
                         .conekta_customer_id = find.Text(1),
                         .cancel_at = find.Time(2),
                         .canceled_at = now,
                         .actor = ""});
    }
  }
  for (const KeptCancellation& one : running) KeepCancellation(db, one, now);
}

ConektaLink ReadConektaLink(const Scope& db, const std::string& polar_customer_id) {
  ConektaLink link;
  {
    Query find(db,
               "SELECT coalesce(conekta_customer_id, ''), CASE WHEN mirrored_at >= coalesce(demanded_at, 0) THEN 0"
               " ELSE 1 END, coalesce(organization_id, user_id) FROM polar_customers"
               " WHERE tenant = ?1 AND polar_customer_id = ?2");
    if (find.Bind(polar_customer_id).Step()) {
      link.subject_id = find.Text(2);
      link.conekta_customer_id = find.Text(0);
      link.is_to_find = link.conekta_customer_id.empty() && find.Integer(1) == 1;
    }
  }
  if (link.conekta_customer_id.empty()) return link;
  const auto take = [&](Query query) {
    if (!query.Bind(polar_customer_id).Step() || query.IsNull(0)) return;
    link.newest_fact = std::max(link.newest_fact.value_or(Timestamp{}), query.Time(0));
  };
  take(Query(db,
             "SELECT max(fact_timestamp) FROM polar_subscriptions WHERE tenant = ?1 AND polar_customer_id = ?2"
             " AND substr(polar_subscription_id, 1, 4) = 'sub_'"));
  take(Query(db,
             "SELECT max(fact_timestamp) FROM polar_orders WHERE tenant = ?1 AND polar_customer_id = ?2"
             " AND substr(polar_order_id, 1, 4) = 'ord_'"));
  Query orders(db,
               "SELECT polar_order_id FROM polar_orders WHERE tenant = ?1 AND polar_customer_id = ?2"
               " AND substr(polar_order_id, 1, 4) = 'ord_' AND status <> 'void'"
               " ORDER BY ordered_at DESC, polar_order_id DESC LIMIT 100");
  orders.Bind(polar_customer_id);
  while (orders.Step()) link.order_ids.push_back(orders.Text(0));
  return link;
}

bool SetCountry(const Scope& db, const std::string& polar_customer_id, const std::string& country) {
  Query update(db, "UPDATE polar_customers SET country = ?3 WHERE tenant = ?1 AND polar_customer_id = ?2");
  return update.Bind(polar_customer_id).Bind(country).Run() > 0;
}

}  // namespace plinto::polar::server::sql
