#include "server/store/sql/sql_notification_store.h"

#include "server/store/sql/claims.h"
#include "server/store/sql/statements.h"

namespace plinto::polar::server {
namespace {

constexpr char kTable[] = "app_notifications";
constexpr char kIsFirst[] =
    " AND NOT EXISTS (SELECT 1 FROM app_notifications earlier WHERE earlier.tenant = app_notifications.tenant"
    " AND earlier.polar_customer_id = app_notifications.polar_customer_id AND earlier.id < app_notifications.id"
    " AND earlier.next_attempt_at IS NOT NULL)";
constexpr auto kSelectDue = sql::SelectDue(kTable, "id", kIsFirst);
constexpr auto kTakeDue = sql::TakeDue(kTable, "id", kIsFirst);

AccessCheck ReadCheck(Query& query) {
  AccessCheck check;
  check.polar_customer_id = query.Text(0);
  check.told = query.Text(1);
  check.marks = query.Integer(2);
  if (!query.IsNull(3)) check.subject = Subject{Subject::Kind::kOrganization, query.Text(3)};
  if (!query.IsNull(4)) check.subject = Subject{Subject::Kind::kUser, query.Text(4)};
  return check;
}

Notification ReadNotification(const Scope& db, std::int64_t row) {
  Query query(db,
              "SELECT one.id, one.notification_id, one.polar_customer_id, coalesce(one.polar_subscription_id, ''),"
              " coalesce(subscription.subscription_id, ''), one.type, one.data, one.attempts, one.created_at"
              " FROM app_notifications one LEFT JOIN polar_subscriptions subscription"
              " ON subscription.tenant = one.tenant"
              " AND subscription.polar_subscription_id = one.polar_subscription_id"
              " WHERE one.tenant = ?1 AND one.id = ?2");
  if (!query.Bind(row).Step()) throw std::runtime_error("a notification is gone");
  return {query.Integer(0), query.Text(1), query.Text(2), query.Text(3),
          query.Text(4),    query.Text(5), query.Text(6), static_cast<int>(query.Integer(7)),
          query.Time(8)};
}

void Insert(const Scope& db, const Notification& one, Timestamp now) {
  Query insert(db,
               "INSERT INTO app_notifications (tenant, notification_id, polar_customer_id, polar_subscription_id, type,"
               " data, next_attempt_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  insert.Bind(one.id).Bind(one.polar_customer_id).BindText(one.polar_subscription_id).Bind(one.type).Bind(one.data);
  insert.Bind(now).Bind(now).Run();
}

}  // namespace

Task<Result<std::vector<AccessCheck>>> SqlNotificationStore::DueChecks(Timestamp now, int limit) {
  return tenant_.Run<std::vector<AccessCheck>>([now, limit](const Scope& db) {
    Query query(db,
                "SELECT access.polar_customer_id, access.told, access.marks, customer.organization_id,"
                " customer.user_id FROM app_access access LEFT JOIN polar_customers customer"
                " ON customer.tenant = access.tenant AND customer.polar_customer_id = access.polar_customer_id"
                " WHERE access.tenant = ?1 AND access.check_at <= ?2"
                " ORDER BY access.check_at, access.polar_customer_id LIMIT ?3");
    query.Bind(now).Bind(limit);
    std::vector<AccessCheck> checks;
    while (query.Step()) checks.push_back(ReadCheck(query));
    return checks;
  });
}

Task<Status> SqlNotificationStore::FinishCheck(AccessCheck check, std::string told,
                                               std::optional<Notification> notification,
                                               std::optional<Timestamp> again_at, Timestamp now) {
  return tenant_.Run<Done>([check = std::move(check), told = std::move(told), notification = std::move(notification),
                            again_at, now](const Scope& db) {
    Query update(db,
                 "UPDATE app_access SET told = ?2, check_at = CASE WHEN marks = ?3 THEN ?4 ELSE check_at END"
                 " WHERE tenant = ?1 AND polar_customer_id = ?5 AND told = ?6");
    update.Bind(told).Bind(check.marks).Bind(again_at).Bind(check.polar_customer_id).Bind(check.told);
    if (update.Run() > 0 && notification) Insert(db, *notification, now);
    return Done{};
  });
}

Task<Result<std::vector<Notification>>> SqlNotificationStore::DueNotifications(Timestamp now, int limit) {
  return tenant_.Run<std::vector<Notification>>([now, limit](const Scope& db) {
    std::vector<std::int64_t> rows;
    sql::ClaimDue(db, kSelectDue.data(), kTakeDue.data(), now, limit,
                  [&rows](Query& query) { rows.push_back(query.Integer(0)); });
    std::vector<Notification> due;
    for (const std::int64_t row : rows) due.push_back(ReadNotification(db, row));
    return due;
  });
}

Task<Status> SqlNotificationStore::MarkDelivered(Notification notification, std::string subscription_id,
                                                 Timestamp now) {
  return tenant_.Run<Done>([one = std::move(notification), id = std::move(subscription_id), now](const Scope& db) {
    if (sql::IsErased(db, one.polar_customer_id)) {
      Query forget(db, "DELETE FROM app_notifications WHERE tenant = ?1 AND id = ?2");
      forget.Bind(one.row).Run();
      return Done{};
    }
    Query update(db,
                 "UPDATE app_notifications SET delivered_at = ?2, next_attempt_at = NULL, error_message = NULL"
                 " WHERE tenant = ?1 AND id = ?3");
    update.Bind(now).Bind(one.row).Run();
    Query outdated(db,
                   "DELETE FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?2 AND id < ?3"
                   " AND parked_at IS NOT NULL");
    outdated.Bind(one.polar_customer_id).Bind(one.row).Run();
    if (id.empty()) return Done{};
    Query keep(db,
               "UPDATE polar_subscriptions SET subscription_id = ?2 WHERE tenant = ?1 AND polar_subscription_id = ?3");
    keep.Bind(id).Bind(one.polar_subscription_id).Run();
    return Done{};
  });
}

Task<Status> SqlNotificationStore::MarkFailed(std::int64_t row, std::string error, std::optional<Timestamp> retry_at,
                                              Timestamp now) {
  return tenant_.Run<Done>([row, error = std::move(error), retry_at, now](const Scope& db) {
    Query update(db,
                 "UPDATE app_notifications SET error_message = ?2, attempts = attempts + 1, next_attempt_at = ?3,"
                 " parked_at = ?5 WHERE tenant = ?1 AND id = ?4");
    update.Bind(WithoutNul(error)).Bind(retry_at).Bind(row);
    update.Bind(retry_at ? std::nullopt : std::optional(now)).Run();
    return Done{};
  });
}

Task<Result<std::vector<ParkedNotification>>> SqlNotificationStore::ListParked(int limit, std::int64_t after) {
  return tenant_.Run<std::vector<ParkedNotification>>([limit, after](const Scope& db) {
    Query query(db,
                "SELECT id, notification_id, type, polar_customer_id, coalesce(error_message, ''), created_at,"
                " parked_at FROM app_notifications WHERE tenant = ?1 AND parked_at IS NOT NULL AND id > ?3"
                " ORDER BY id LIMIT ?2");
    query.Bind(limit).Bind(after);
    std::vector<ParkedNotification> parked;
    while (query.Step()) {
      parked.push_back(
          {query.Integer(0), query.Text(1), query.Text(2), query.Text(3), query.Text(4), query.Time(5), query.Time(6)});
    }
    return parked;
  });
}

Task<Result<std::int64_t>> SqlNotificationStore::Replay(std::optional<std::int64_t> row, std::optional<Timestamp> since,
                                                        Timestamp now) {
  return tenant_.Run<std::int64_t>([row, since, now](const Scope& db) -> std::int64_t {
    Query update(db,
                 "WITH held AS (SELECT id FROM app_notifications WHERE tenant = ?1 AND id >= ?4 AND id <= ?5"
                 " AND parked_at IS NOT NULL AND parked_at >= ?3 ORDER BY id FOR UPDATE)"
                 " UPDATE app_notifications NOT INDEXED SET next_attempt_at = ?2, attempts = 0, parked_at = NULL"
                 " WHERE tenant = ?1 AND id IN (SELECT id FROM held)");
    update.Bind(now).Bind(since.value_or(Timestamp{})).Bind(row.value_or(0)).Bind(row.value_or(INT64_MAX));
    return update.Run();
  });
}

Task<Result<std::int64_t>> SqlNotificationStore::TellEndings(int limit, Timestamp now) {
  return tenant_.Run<std::int64_t>([limit, now](const Scope& db) {
    std::vector<std::string> customers;
    {
      Query query(db,
                  "SELECT polar_customer_id FROM app_access WHERE tenant = ?1 AND polar_customer_id > ''"
                  " ORDER BY polar_customer_id LIMIT ?2");
      query.Bind(limit);
      while (query.Step()) customers.push_back(query.Text(0));
    }
    for (const std::string& customer : customers) {
      sql::TellEnd(db, customer, false, now);
      Query forget(db, "DELETE FROM app_access WHERE tenant = ?1 AND polar_customer_id = ?2");
      forget.Bind(customer).Run();
    }
    return static_cast<std::int64_t>(customers.size());
  });
}

Task<Result<std::optional<Timestamp>>> SqlNotificationStore::NextDue() {
  return tenant_.Run<std::optional<Timestamp>>([](const Scope& db) {
    Query query(db,
                "SELECT min(due) FROM (SELECT min(next_attempt_at) AS due FROM app_notifications"
                " WHERE tenant = ?1 AND next_attempt_at IS NOT NULL UNION ALL"
                " SELECT min(check_at) FROM app_access WHERE tenant = ?1 AND check_at IS NOT NULL) waiting");
    return sql::EarliestOf(query);
  });
}

}  // namespace plinto::polar::server
