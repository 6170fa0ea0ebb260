#include "server/store/sql/statements/notification_statements.h"

#include <stdexcept>

#include "server/base/defects.h"
#include "server/store/sql/application_health.h"
#include "server/store/sql/claims.h"
#include "server/store/sql/database_clock.h"
#include "server/store/sql/joined.h"
#include "server/store/sql/statements/grant_statements.h"
#include "server/store/sql/statements/statements.h"

namespace plinto::polar::server::sql {
namespace {

// ?3 is the database's time, ?4 the LatestClaimEnd() (database_clock.h).
constexpr char kIsFree[] =
    " AND (claimed_until IS NULL OR claimed_until <= ?3 OR claimed_until > ?4)"
    " AND NOT EXISTS (SELECT 1 FROM app_notifications other WHERE other.tenant = app_notifications.tenant"
    " AND other.polar_customer_id = app_notifications.polar_customer_id AND other.next_attempt_at IS NOT NULL"
    " AND (other.id < app_notifications.id OR (other.claimed_until > ?3 AND other.claimed_until <= ?4)))"
    " ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED";
constexpr auto kFindDue =
    Joined("SELECT id, polar_customer_id FROM app_notifications WHERE tenant = ?1 AND next_attempt_at <= ?2", kIsFree);
// A probe is sent when it is the application's time, not the notification's.
constexpr auto kFindProbe = Joined(
    "SELECT id, polar_customer_id FROM app_notifications WHERE tenant = ?1 AND next_attempt_at IS NOT NULL"
    " AND CAST(?2 AS BIGINT) IS NOT NULL",
    kIsFree);

// Looked up for each, so that no more of them are read than are listed.
constexpr char kAttempt[] =
    "SELECT id, app_notification, coalesce((SELECT type FROM app_notifications about WHERE about.tenant = ?1"
    " AND about.id = app_notification), ''), coalesce((SELECT polar_customer_id FROM app_notifications about"
    " WHERE about.tenant = ?1 AND about.id = app_notification), ''), coalesce((SELECT notification_id"
    " FROM app_notifications about WHERE about.tenant = ?1 AND about.id = app_notification), ''), outcome,"
    " attempted_at, took_ms, status, fault FROM app_attempts WHERE tenant = ?1 AND id < ?3";
constexpr auto kAttemptsOfAll = Joined(kAttempt, " ORDER BY id DESC LIMIT ?2");
constexpr auto kAttemptsOfOne = Joined(kAttempt, " AND app_notification = ?4 ORDER BY id DESC LIMIT ?2");

// While the application is paused: behind all that was put off before, so that each probe is of another customer.
constexpr std::int64_t kBehindSeconds = 3'600;

std::int64_t ClaimSeconds() { return HasDefect("lease-too-short") ? 1 : kClaimSeconds; }

Notification ReadNotification(const Scope& db, std::int64_t row) {
  Query query(db,
              "SELECT one.id, one.notification_id, one.polar_customer_id, coalesce(one.polar_subscription_id, ''),"
              " coalesce(subscription.subscription_id, ''), one.type, one.data, one.attempts, one.created_at,"
              " coalesce(one.claim, '')"
              " FROM app_notifications one LEFT JOIN polar_subscriptions subscription"
              " ON subscription.tenant = one.tenant"
              " AND subscription.polar_subscription_id = one.polar_subscription_id"
              " WHERE one.tenant = ?1 AND one.id = ?2");
  if (!query.Bind(row).Step()) throw std::runtime_error("a notification is gone");
  return {query.Integer(0), query.Text(1), query.Text(2), query.Text(3),
          query.Text(4),    query.Text(5), query.Text(6), static_cast<int>(query.Integer(7)),
          query.Time(8),    query.Text(9)};
}

// Locks it for the rest of the transaction.
bool IsHeld(const Scope& db, const Notification& held) {
  Query query(db, "SELECT 1 FROM app_notifications WHERE tenant = ?1 AND id = ?2 AND claim = ?3 FOR UPDATE");
  return query.Bind(held.row).Bind(held.claim).Step();
}

void Log(const Scope& db, const Notification& one, const Attempt& attempt, const char* outcome) {
  Query insert(db,
               "INSERT INTO app_attempts (tenant, app_notification, attempted_at, took_ms, status, outcome, fault)"
               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  insert.Bind(one.row).Bind(attempt.at).Bind(attempt.took_ms);
  insert.Bind(attempt.status ? std::optional(std::int64_t{*attempt.status}) : std::nullopt);
  insert.Bind(std::string(outcome)).Bind(WithoutNul(attempt.fault)).Run();
}

// The last word about the customer waits for what was being told when it was written (ending_statements.cpp): it is
// told now.
void LeaveToOthers(const Scope& db, const Notification& one) {
  Query free(db,
             "UPDATE app_notifications SET claim = NULL, claimed_until = NULL"
             " WHERE tenant = ?1 AND polar_customer_id = ?2 AND next_attempt_at IS NOT NULL AND claim = ?3");
  free.Bind(one.polar_customer_id).Bind(one.claim).Run();
}

}  // namespace

Claimed ClaimNotification(const Scope& db, const std::string& claim, Timestamp now) {
  Claimed claimed{.notification = {}, .health = ReadHealth(db)};
  const bool is_paused = claimed.health.paused_at.has_value();
  if (is_paused && now < claimed.health.probe_at.value_or(now)) return claimed;
  const Timestamp held_until = DatabaseNow(db, now);
  const Timestamp database_now =
      HasDefect("claim-without-lock") ? held_until.PlusSeconds(2 * kClaimSeconds) : held_until;
  const Timestamp until = held_until.PlusSeconds(ClaimSeconds());
  std::int64_t row = 0;
  std::string customer;
  {
    Query find(db, is_paused ? kFindProbe.data() : kFindDue.data());
    if (!find.Bind(now).Bind(database_now).Bind(LatestClaimEnd(database_now, kClaimSeconds)).Step()) return claimed;
    row = find.Integer(0);
    customer = find.Text(1);
  }
  {
    // What was made due again since that statement began, and was committed before the row was locked.
    Query earlier(db,
                  "SELECT 1 FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?2 AND id < ?3"
                  " AND next_attempt_at IS NOT NULL LIMIT 1");
    if (earlier.Bind(customer).Bind(row).Step()) return claimed;
  }
  if (is_paused && !TakeProbe(db, now)) return claimed;
  Query take(db, "UPDATE app_notifications SET claim = ?2, claimed_until = ?3 WHERE tenant = ?1 AND id = ?4");
  take.Bind(claim).Bind(until).Bind(row).Run();
  claimed.notification = ReadNotification(db, row);
  return claimed;
}

bool RenewClaim(const Scope& db, const Notification& held, Timestamp now) {
  const Timestamp until = DatabaseNow(db, now).PlusSeconds(ClaimSeconds());
  Query renew(db, "UPDATE app_notifications SET claimed_until = ?2 WHERE tenant = ?1 AND id = ?3 AND claim = ?4");
  return renew.Bind(until).Bind(held.row).Bind(held.claim).Run() > 0;
}

void GiveBackClaim(const Scope& db, const Notification& held) { LeaveToOthers(db, held); }

bool MarkNotificationDelivered(const Scope& db, const Notification& held, const std::string& subscription_id,
                               const Attempt& attempt, Timestamp now) {
  if (!IsHeld(db, held)) {
    LeaveToOthers(db, held);
    Log(db, held, attempt, "overtaken");
    return false;
  }
  Log(db, held, attempt, "delivered");
  const std::optional<Subject> without_customer = SubjectOfLine(held.polar_customer_id);
  if (IsErased(db, without_customer ? without_customer->id : held.polar_customer_id)) {
    Query forget(db, "DELETE FROM app_notifications WHERE tenant = ?1 AND id = ?2");
    forget.Bind(held.row).Run();
    CountSuccess(db, now);
    return true;
  }
  Query update(db,
               "UPDATE app_notifications SET delivered_at = ?2, next_attempt_at = NULL, error_message = NULL,"
               " claim = NULL, claimed_until = NULL WHERE tenant = ?1 AND id = ?3");
  update.Bind(now).Bind(held.row).Run();
  Query outdated(db,
                 "DELETE FROM app_notifications WHERE tenant = ?1 AND polar_customer_id = ?2 AND id < ?3"
                 " AND parked_at IS NOT NULL");
  if (!TellsOfUsage(held)) outdated.Bind(held.polar_customer_id).Bind(held.row).Run();
  if (!subscription_id.empty()) {
    Query keep(db,
               "UPDATE polar_subscriptions SET subscription_id = ?2 WHERE tenant = ?1 AND polar_subscription_id = ?3");
    keep.Bind(subscription_id).Bind(held.polar_subscription_id).Run();
  }
  CountSuccess(db, now);
  return true;
}

FailedAttempt MarkNotificationFailed(const Scope& db, const Notification& held, const Attempt& attempt,
                                     std::optional<Timestamp> retry_at, Timestamp now) {
  if (!IsHeld(db, held)) {
    LeaveToOthers(db, held);
    Log(db, held, attempt, "overtaken");
    return {false, ReadHealth(db)};
  }
  FailedAttempt failed{false, CountFailure(db, attempt, now)};
  const bool is_paused = failed.health.paused_at.has_value();
  if (is_paused) retry_at = failed.health.probe_at->PlusSeconds(kBehindSeconds);
  failed.is_parked = !retry_at.has_value();
  Log(db, held, attempt, failed.is_parked ? "given up" : "failed");
  Query update(db,
               "UPDATE app_notifications SET error_message = ?2, attempts = attempts + ?3, next_attempt_at = ?4,"
               " parked_at = ?5, claim = NULL, claimed_until = NULL WHERE tenant = ?1 AND id = ?6");
  update.Bind(WithoutNul(attempt.fault)).Bind(std::int64_t{is_paused ? 0 : 1}).Bind(retry_at);
  update.Bind(failed.is_parked ? std::optional(now) : std::nullopt).Bind(held.row).Run();
  return failed;
}

std::vector<LoggedAttempt> ListAttempts(const Scope& db, std::optional<std::int64_t> notification, int limit,
                                        std::int64_t after) {
  Query query(db, notification ? kAttemptsOfOne.data() : kAttemptsOfAll.data());
  query.Bind(limit).Bind(after > 0 ? after : INT64_MAX);
  if (notification) query.Bind(*notification);
  std::vector<LoggedAttempt> attempts;
  while (query.Step()) {
    LoggedAttempt one{query.Integer(0), query.Integer(1), query.Text(2), query.Text(3), query.Text(4), query.Text(5)};
    one.attempt = {.at = query.Time(6), .took_ms = query.Integer(7), .status = {}, .fault = query.Text(9)};
    if (!query.IsNull(8)) one.attempt.status = static_cast<int>(query.Integer(8));
    attempts.push_back(std::move(one));
  }
  return attempts;
}

std::optional<Timestamp> NextNotificationDue(const Scope& db, Timestamp now) {
  std::optional<Timestamp> due;
  {
    Query free(
        db,
        "SELECT next_attempt_at FROM app_notifications WHERE tenant = ?1 AND next_attempt_at IS NOT NULL"
        " AND claimed_until IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM app_notifications other WHERE other.tenant = app_notifications.tenant"
        " AND other.polar_customer_id = app_notifications.polar_customer_id AND other.next_attempt_at IS NOT NULL"
        " AND (other.id < app_notifications.id OR other.claimed_until IS NOT NULL))"
        " ORDER BY next_attempt_at LIMIT 1");
    due = EarliestOf(free);
  }
  std::optional<Timestamp> held;
  {
    Query query(db, "SELECT min(claimed_until) FROM app_notifications WHERE tenant = ?1 AND claimed_until IS NOT NULL");
    held = EarliestOf(query);
  }
  return EarliestOf(db, due, held, now, kClaimSeconds);
}

}  // namespace plinto::polar::server::sql
