#include "server/store/sql/sql_notification_store.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "server/store/sql/application_health.h"
#include "server/store/sql/claims.h"
#include "server/store/sql/statements/grant_statements.h"
#include "server/store/sql/statements/notification_statements.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server {
namespace {

AccessCheck ReadCheck(Query& query) {
  AccessCheck check;
  check.polar_customer_id = query.Text(0);
  check.subject = sql::SubjectOfLine(check.polar_customer_id);
  check.told = query.Text(1);
  check.marks = query.Integer(2);
  if (!query.IsNull(3)) check.subject = Subject{Subject::Kind::kOrganization, query.Text(3)};
  if (!query.IsNull(4)) check.subject = Subject{Subject::Kind::kUser, query.Text(4)};
  return check;
}

void Insert(const Scope& db, const Notification& one, Timestamp now) {
  Query insert(db,
               "INSERT INTO app_notifications (tenant, notification_id, polar_customer_id, polar_subscription_id, type,"
               " data, next_attempt_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  insert.Bind(one.id).Bind(one.polar_customer_id).BindText(one.polar_subscription_id).Bind(one.type).Bind(one.data);
  insert.Bind(now).Bind(now).Run();
}

// Of Replay(): the notifications that were named, in an order that an index has.
constexpr std::int64_t kMostReplayed = 1'000'000;
constexpr std::size_t kReplayedAtOnce = 100;
constexpr const char* kFindOne =
    "SELECT polar_customer_id, id FROM app_notifications WHERE tenant = ?1 AND id = ?2 AND next_attempt_at IS NULL";
constexpr const char* kFindGivenUp =
    "SELECT polar_customer_id, id FROM app_notifications WHERE tenant = ?1 AND parked_at IS NOT NULL"
    " AND parked_at >= ?2 ORDER BY parked_at LIMIT ?3";
constexpr const char* kFindDelivered =
    "SELECT polar_customer_id, id FROM app_notifications WHERE tenant = ?1 AND delivered_at IS NOT NULL"
    " AND delivered_at >= ?2 ORDER BY delivered_at LIMIT ?3";

/// Of each customer the first that is told again.
using Firsts = std::map<std::string, std::int64_t>;

void AddFirsts(Query& query, Firsts& firsts) {
  while (query.Step()) {
    const std::int64_t row = query.Integer(1);
    const auto [first, is_new] = firsts.try_emplace(query.Text(0), row);
    if (!is_new) first->second = std::min(first->second, row);
  }
}

Task<Result<Firsts>> PickFirsts(const SqlTenant& tenant, std::optional<std::int64_t> row,
                                std::optional<Timestamp> since) {
  return tenant.Run<Firsts>([row, since](const Scope& db) {
    Firsts firsts;
    if (row) {
      Query query(db, kFindOne);
      AddFirsts(query.Bind(*row), firsts);
      return firsts;
    }
    Query given_up(db, kFindGivenUp);
    AddFirsts(given_up.Bind(since.value_or(Timestamp{})).Bind(kMostReplayed), firsts);
    if (!since) return firsts;
    Query delivered(db, kFindDelivered);
    AddFirsts(delivered.Bind(*since).Bind(kMostReplayed), firsts);
    return firsts;
  });
}

// From this one on. What is being told of the customer meanwhile is told once more, after it. Returns how many did not
// wait.
std::int64_t MakeDueFrom(const Scope& db, const std::string& customer, std::int64_t first, Timestamp now) {
  Query due(db,
            "WITH held AS (SELECT id FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?3 AND id >= ?4"
            " AND next_attempt_at IS NULL ORDER BY id FOR UPDATE)"
            " UPDATE app_notifications NOT INDEXED SET next_attempt_at = ?2, attempts = 0, parked_at = NULL,"
            " delivered_at = NULL WHERE tenant = ?1 AND id IN (SELECT id FROM held)");
  const std::int64_t count = due.Bind(now).Bind(customer).Bind(first).Run();
  Query later(db,
              "UPDATE app_notifications SET claim = NULL, claimed_until = NULL"
              " WHERE tenant = ?1 AND polar_customer_id = ?2 AND id >= ?3 AND next_attempt_at IS NOT NULL"
              " AND claim IS NOT NULL");
  later.Bind(customer).Bind(first).Run();
  return count;
}

Task<Result<std::int64_t>> TellAgain(const SqlTenant& tenant, Firsts firsts, Timestamp now) {
  return tenant.Run<std::int64_t>([firsts = std::move(firsts), now](const Scope& db) {
    std::int64_t count = 0;
    for (const auto& [customer, first] : firsts) count += MakeDueFrom(db, customer, first, now);
    return count;
  });
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

Task<Result<Claimed>> SqlNotificationStore::Claim(std::string claim, Timestamp now) {
  return tenant_.Run<Claimed>(
      [claim = std::move(claim), now](const Scope& db) { return sql::ClaimNotification(db, claim, now); });
}

Task<Result<bool>> SqlNotificationStore::Renew(Notification held, Timestamp now) {
  return tenant_.Run<bool>([held = std::move(held), now](const Scope& db) { return sql::RenewClaim(db, held, now); });
}

Task<Status> SqlNotificationStore::GiveBack(Notification held) {
  return tenant_.Run<Done>([held = std::move(held)](const Scope& db) {
    sql::GiveBackClaim(db, held);
    return Done{};
  });
}

Task<Result<bool>> SqlNotificationStore::MarkDelivered(Notification held, std::string subscription_id, Attempt attempt,
                                                       Timestamp now) {
  return tenant_.Run<bool>([held = std::move(held), id = std::move(subscription_id), attempt = std::move(attempt), now](
                               const Scope& db) { return sql::MarkNotificationDelivered(db, held, id, attempt, now); });
}

Task<Result<FailedAttempt>> SqlNotificationStore::MarkFailed(Notification held, Attempt attempt,
                                                             std::optional<Timestamp> retry_at, Timestamp now) {
  return tenant_.Run<FailedAttempt>(
      [held = std::move(held), attempt = std::move(attempt), retry_at, now](const Scope& db) {
        return sql::MarkNotificationFailed(db, held, attempt, retry_at, now);
      });
}

Task<Status> SqlNotificationStore::ProbeNow(Timestamp now) {
  return tenant_.Run<Done>([now](const Scope& db) {
    sql::ProbeNow(db, now);
    return Done{};
  });
}

Task<Result<std::vector<LoggedAttempt>>> SqlNotificationStore::ListAttempts(std::optional<std::int64_t> notification,
                                                                            int limit, std::int64_t after) {
  return tenant_.Run<std::vector<LoggedAttempt>>(
      [notification, limit, after](const Scope& db) { return sql::ListAttempts(db, notification, limit, after); });
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
  const Result<Firsts> picked = co_await PickFirsts(tenant_, row, since);
  if (!picked) co_return picked.error();
  std::int64_t replayed = 0;
  // Some customers at a time, so that others get at the database in between.
  for (auto next = picked->begin(); next != picked->end();) {
    Firsts some;
    for (; next != picked->end() && some.size() < kReplayedAtOnce; ++next) some.insert(*next);
    const Result<std::int64_t> made_due = co_await TellAgain(tenant_, std::move(some), now);
    if (!made_due) co_return made_due.error();
    replayed += *made_due;
  }
  const Status probed = co_await ProbeNow(now);
  if (!probed) co_return probed.error();
  co_return replayed;
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

Task<Result<std::optional<Timestamp>>> SqlNotificationStore::NextDue(Timestamp now) {
  return tenant_.Run<std::optional<Timestamp>>([now](const Scope& db) {
    std::optional<Timestamp> due = sql::NextNotificationDue(db, now);
    Query query(db, "SELECT min(check_at) FROM app_access WHERE tenant = ?1 AND check_at IS NOT NULL");
    const std::optional<Timestamp> check = sql::EarliestOf(query);
    return due && check ? std::optional(std::min(*due, *check)) : due ? due : check;
  });
}

}  // namespace plinto::polar::server
