// How notifications are delivered, on both engines: held by one server at a time, told again, logged, and paused with
// an application that fails.
#include <algorithm>

#include "../awaiting.h"
#include "engines.h"
#include "notifying.h"
#include "people.h"
#include "server/store/sql/sql_notification_store.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

/// Time passes for whoever holds something, by the database's clock.
void LetClaimsEnd(SqlRunner& runner) {
  static_cast<void>(
      RowsOf(runner,
             "UPDATE app_notifications SET claimed_until = claimed_until - 31000000 WHERE claimed_until IS NOT NULL"
             " RETURNING id"));
}

}  // namespace

TEST_CASE("a server that was stopped for longer than its claim marks nothing, and the order is kept over two servers") {
  const SqlEngine engine = GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres);
  const auto runner = OpenRunner(engine);
  SqlStore store(runner, "one");
  SqlNotificationStore slow(SqlTenant(runner, "one"));
  SqlNotificationStore quick(SqlTenant(runner, "one"));
  for (const char* type : {"granted", "revoked"}) TellChange(store, slow, kPolarAcme, type);
  const Notification stopped = TakeInHand(slow);
  REQUIRE(stopped.type == "granted");
  CHECK(Ask(slow.Renew(stopped, kNow)));
  CHECK(TakeInHand(quick).row == 0);

  LetClaimsEnd(*runner);
  const Notification taken = TakeInHand(quick);
  REQUIRE(taken.row == stopped.row);
  CHECK_FALSE(Ask(slow.Renew(stopped, kNow)));
  CHECK_FALSE(MarkDelivered(slow, stopped));
  CHECK_FALSE(MarkFailed(slow, stopped, std::nullopt).is_parked);
  CHECK(TakeInHand(slow).row == 0);
  CHECK(Ask(quick.Renew(taken, kNow)));
  CHECK(MarkDelivered(quick, taken));

  const Notification next = TakeInHand(slow);
  CHECK(next.type == "revoked");
  CHECK_FALSE(MarkDelivered(quick, taken));
  CHECK(MarkDelivered(slow, next));
  std::vector<std::string> outcomes;
  for (const LoggedAttempt& one : Ask(slow.ListAttempts(std::nullopt, 10, 0))) outcomes.push_back(one.outcome);
  CHECK(outcomes == std::vector<std::string>{"delivered", "overtaken", "delivered", "overtaken", "overtaken"});
}

TEST_CASE("claims go by PostgreSQL's clock, whatever the servers' clocks say") {
  const auto runner = OpenRunner(SqlEngine::kPostgres);
  SqlStore store(runner, "one");
  SqlNotificationStore notifications(SqlTenant(runner, "one"));
  TellChange(store, notifications, kPolarAcme, "granted");
  const Timestamp ahead = kNow.PlusSeconds(100LL * 365 * 86'400);
  const Notification held = TakeInHand(notifications, ahead);
  REQUIRE(held.row != 0);

  CHECK(TakeInHand(notifications, ahead.PlusSeconds(3'600)).row == 0);
  CHECK(Ask(notifications.Renew(held, kNow)));
  CHECK(TakeInHand(notifications, ahead).row == 0);
  const auto due = Ask(notifications.NextDue(kNow));
  REQUIRE(due.has_value());
  CHECK(*due > kNow);
  CHECK(*due <= kNow.PlusSeconds(kClaimSeconds));
}

TEST_CASE("customers are told side by side, one notification of each; what is given back is taken at once") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  for (const char* customer : {"a", "b"}) {
    for (const char* type : {"first", "second"}) TellChange(*store, *notifications, customer, type);
  }

  const Notification one = TakeInHand(*notifications);
  const Notification other = TakeInHand(*notifications);
  CHECK(one.polar_customer_id + other.polar_customer_id == "ab");
  CHECK(one.type == "first");
  CHECK(other.type == "first");
  CHECK(TakeInHand(*notifications).row == 0);
  CHECK(Ask(database->NotificationsOf("two")->Claim("claim", kNow)).notification.has_value() == false);

  Ask(notifications->GiveBack(one));
  CHECK(TakeInHand(*notifications).row == one.row);
  CHECK_FALSE(Ask(notifications->Renew(one, kNow)));
}

TEST_CASE("the sequence rises from each change to the next, over an end and a new beginning") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  SqlNotificationStore notifications(SqlTenant(runner, "one"));
  const std::string told = R"({"organization_id":")" + kAcme.id + R"(","allowed":true})";
  std::vector<std::int64_t> sequences;
  for (int i = 0; i < 3; ++i) {
    Ask(store.SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));
    HearOf(store, kPolarAcme, kNow);
    Ask(notifications.FinishCheck(DueCheck(notifications), told, NotificationOf(kPolarAcme, "access.granted"),
                                  std::nullopt, kNow));
    Notification one = TakeInHand(notifications);
    sequences.push_back(one.row);
    CHECK(MarkDelivered(notifications, one));
    static_cast<void>(Ask(store.EraseSubject(kAcme, kNow)));
    one = TakeInHand(notifications);
    CHECK(one.type == "access.revoked");
    sequences.push_back(one.row);
    CHECK(MarkDelivered(notifications, one));
    CHECK(RowsOf(*runner, "SELECT id FROM app_notifications").empty());
  }

  CHECK(std::is_sorted(sequences.begin(), sequences.end()));
  CHECK(std::adjacent_find(sequences.begin(), sequences.end()) == sequences.end());
}

TEST_CASE("a restored copy of the database does not count on from what the application heard long ago") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  const auto sequence = [&](const std::string& customer) {
    TellChange(*store, *notifications, customer, "t");
    return TakeInHand(*notifications).row;
  };

  Ask(database->RaiseSequence(kNow));
  const std::int64_t before = sequence("a");
  CHECK(before > kNow.Milliseconds());
  Ask(database->RaiseSequence(kNow.PlusSeconds(3'000)));
  CHECK(sequence("b") == before + 1);
  Ask(database->RaiseSequence(kNow.PlusSeconds(86'400)));
  CHECK(sequence("c") > kNow.PlusSeconds(86'400).Milliseconds());
  Ask(database->RaiseSequence(kNow));
  CHECK(sequence("d") > kNow.PlusSeconds(86'400).Milliseconds());
}

TEST_CASE("the last word about somebody waits for what they are being told, and goes as soon as that is over") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  Ask(store->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));
  HearOf(*store, kPolarAcme, kNow);
  const std::string told = R"({"organization_id":")" + kAcme.id + R"(","allowed":true})";
  Ask(notifications->FinishCheck(DueCheck(*notifications), told, NotificationOf(kPolarAcme, "access.granted"),
                                 std::nullopt, kNow));
  const Notification granted = TakeInHand(*notifications);
  REQUIRE(granted.type == "access.granted");

  static_cast<void>(Ask(store->EraseSubject(kAcme, kNow)));
  CHECK(TakeInHand(*notifications).row == 0);
  const bool is_delivered = GENERATE(true, false);
  if (is_delivered) CHECK_FALSE(MarkDelivered(*notifications, granted));
  if (!is_delivered) MarkFailed(*notifications, granted, kNow.PlusSeconds(60));

  const Notification last = TakeInHand(*notifications);
  CHECK(last.type == "access.revoked");
  CHECK(last.row > granted.row);
}

TEST_CASE("what was told since a time is told again, in order and with the same ids, the newest last") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  std::vector<Notification> told;
  for (const char* type : {"first", "second", "third"}) {
    TellChange(*store, *notifications, kPolarAcme, type);
    told.push_back(TakeInHand(*notifications));
    CHECK(MarkDelivered(*notifications, told.back()));
  }
  const auto again = [&] {
    std::vector<std::int64_t> rows;
    for (Notification one = TakeInHand(*notifications); one.row != 0; one = TakeInHand(*notifications)) {
      rows.push_back(one.row);
      CHECK(MarkDelivered(*notifications, one));
    }
    return rows;
  };

  CHECK(Ask(notifications->Replay(std::nullopt, kNow.PlusSeconds(1), kNow)) == 0);
  CHECK(Ask(notifications->Replay(std::nullopt, std::nullopt, kNow)) == 0);  // nothing was given up
  CHECK(Ask(notifications->Replay(std::nullopt, kNow, kNow)) == 3);
  CHECK(again() == std::vector<std::int64_t>{told[0].row, told[1].row, told[2].row});
  // Of one, all that came after it, or the application would hear an old one last.
  CHECK(Ask(notifications->Replay(told[1].row, std::nullopt, kNow)) == 2);
  const Notification second = TakeInHand(*notifications);
  CHECK(second.id == told[1].id);
  CHECK(MarkDelivered(*notifications, second));
  // Also where a later one is being told at this moment.
  const Notification third = TakeInHand(*notifications);
  REQUIRE(third.row == told[2].row);
  CHECK(Ask(notifications->Replay(told[1].row, std::nullopt, kNow)) == 1);
  CHECK_FALSE(MarkDelivered(*notifications, third));
  CHECK(again() == std::vector<std::int64_t>{told[1].row, told[2].row});
  CHECK(Ask(database->NotificationsOf("two")->Replay(told[0].row, std::nullopt, kNow)) == 0);

  static_cast<void>(Ask(store->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow)));
  static_cast<void>(Ask(store->EraseSubject(kAcme, kNow)));
  CHECK(Ask(notifications->Replay(std::nullopt, kNow, kNow)) == 0);
}

TEST_CASE("each try is logged with its outcome, the newest first, and one notification's alone") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  TellChange(*store, *notifications, "a", "access.granted");
  const Notification one = TakeInHand(*notifications);
  MarkFailed(*notifications, one, kNow, kNow, std::nullopt);
  MarkFailed(*notifications, TakeInHand(*notifications), std::nullopt);
  TellChange(*store, *notifications, "b", "access.granted");
  CHECK(MarkDelivered(*notifications, TakeInHand(*notifications)));

  const auto log = Ask(notifications->ListAttempts(std::nullopt, 2, 0));
  REQUIRE(log.size() == 2);
  CHECK(log[0].outcome == "delivered");
  CHECK(log[0].polar_customer_id == "b");
  CHECK(log[0].attempt.status == 200);
  CHECK(log[0].attempt.took_ms == 5);
  CHECK(log[1].outcome == "given up");
  CHECK(log[1].attempt.status == 500);
  CHECK(log[1].attempt.fault == "down");
  const auto older = Ask(notifications->ListAttempts(std::nullopt, 10, log[1].row));
  REQUIRE(older.size() == 1);
  CHECK(older[0].outcome == "failed");
  CHECK_FALSE(older[0].attempt.status.has_value());
  CHECK(Ask(notifications->ListAttempts(one.row, 10, 0)).size() == 2);
  CHECK(Ask(database->NotificationsOf("two")->ListAttempts(std::nullopt, 10, 0)).empty());
}

TEST_CASE("an application that keeps failing is paused: probes of one customer after the other, and no try counts") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  for (const char* customer : {"a", "b"}) TellChange(*store, *notifications, customer, "t");
  Timestamp now = kNow;
  ApplicationHealth health;
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(health.paused_at.has_value());
    const Notification one = TakeInHand(*notifications, now);
    REQUIRE(one.row != 0);
    health = MarkFailed(*notifications, one, now.PlusSeconds(1), now).health;
    now = now.PlusSeconds(34);
  }
  REQUIRE(health.paused_at.has_value());
  CHECK(health.failures == 10);
  CHECK(health.failing_since == kNow);
  CHECK(health.fault == "down");
  CHECK(TakeInHand(*notifications, now).row == 0);

  std::string probed;
  std::int64_t pause = 60;
  for (int i = 0; i < 8; ++i, pause = std::min<std::int64_t>(pause * 2, 3'600)) {
    CHECK(TakeInHand(*notifications, health.probe_at->PlusSeconds(-1)).row == 0);
    now = *health.probe_at;
    const Notification probe = TakeInHand(*notifications, now);
    REQUIRE(probe.row != 0);
    CHECK(TakeInHand(*notifications, now).row == 0);
    CHECK(probe.attempts == (probe.polar_customer_id == "a" ? 5 : 4));
    probed += probe.polar_customer_id;
    const FailedAttempt failed = MarkFailed(*notifications, probe, std::nullopt, now);
    CHECK_FALSE(failed.is_parked);
    CHECK(*failed.health.probe_at == now.PlusSeconds(std::min<std::int64_t>(pause * 2, 3'600)));
    health = failed.health;
  }
  CHECK(probed == "abababab");

  Ask(notifications->ProbeNow(now));
  const Notification probe = TakeInHand(*notifications, now);
  REQUIRE(probe.row != 0);
  CHECK(MarkDelivered(*notifications, probe, now));
  const Claimed next = Ask(notifications->Claim("next", now));
  CHECK(next.notification.has_value());
  CHECK(next.health.failures == 0);
  CHECK_FALSE(next.health.paused_at.has_value());
}

TEST_CASE("an application that answers 410 Gone is paused at once, of this tenant only") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  TellChange(*store, *notifications, "a", "t");

  const FailedAttempt failed = MarkFailed(*notifications, TakeInHand(*notifications), kNow, kNow, 410);

  CHECK(failed.health.paused_at == kNow);
  CHECK(failed.health.probe_at == kNow.PlusSeconds(60));
  CHECK_FALSE(Ask(database->NotificationsOf("two")->Claim("claim", kNow)).health.paused_at.has_value());
}
