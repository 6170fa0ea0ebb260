// What waits to be told to the application, on both engines: marked with the fact, one at a time and in order.
#include "../awaiting.h"
#include "engines.h"
#include "notifying.h"
#include "people.h"
#include "server/store/sql/sql_notification_store.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

TEST_CASE("a fact marks its customer, whose subject is found as soon as it is known") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");

  HearOf(*store, kPolarAcme, kNow);
  CHECK(Ask(database->NotificationsOf("two")->DueChecks(kNow, 10)).empty());
  AccessCheck check = DueCheck(*notifications);
  CHECK_FALSE(check.subject.has_value());
  Ask(notifications->FinishCheck(check, check.told, std::nullopt, std::nullopt, kNow));
  CHECK(Ask(notifications->DueChecks(kNow, 10)).empty());

  Ask(store->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));
  CHECK(DueCheck(*notifications).subject == kAcme);
}

TEST_CASE("a fact that comes while a customer is looked at keeps it due, and two servers tell a change once") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  Ask(store->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));
  HearOf(*store, kPolarAcme, kNow);
  const AccessCheck check = DueCheck(*notifications);

  HearOf(*store, kPolarAcme, kNow);
  Ask(notifications->FinishCheck(check, "new", NotificationOf(kPolarAcme, "first"), std::nullopt, kNow));
  Ask(notifications->FinishCheck(check, "new", NotificationOf(kPolarAcme, "again"), std::nullopt, kNow));

  CHECK(DueCheck(*notifications).told == "new");
  CHECK(TakeInHand(*notifications).type == "first");
  CHECK(TakeInHand(*notifications).row == 0);
  const AccessCheck second = DueCheck(*notifications);
  Ask(notifications->FinishCheck(second, "new", std::nullopt, kNow.PlusSeconds(60), kNow));
  CHECK(Ask(notifications->DueChecks(kNow, 10)).empty());
  CHECK(Ask(notifications->DueChecks(kNow.PlusSeconds(60), 10)).size() == 1);
}

TEST_CASE("a customer's notifications go out one after another; one that is given up lets the next one pass") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  std::string told;
  for (const char* type : {"first", "second", "third"}) {
    HearOf(*store, kPolarAcme, kNow);
    const AccessCheck check = DueCheck(*notifications);
    told += type;
    Ask(notifications->FinishCheck(check, told, NotificationOf(kPolarAcme, type), std::nullopt, kNow));
  }

  Notification first = TakeInHand(*notifications);
  CHECK(first.type == "first");
  CHECK(TakeInHand(*notifications).row == 0);
  CHECK_FALSE(MarkFailed(*notifications, first, kNow.PlusSeconds(200)).is_parked);
  CHECK(TakeInHand(*notifications, kNow.PlusSeconds(100)).row == 0);
  CHECK(Ask(notifications->NextDue(kNow)) == kNow.PlusSeconds(200));
  first = TakeInHand(*notifications, kNow.PlusSeconds(200));
  CHECK(first.attempts == 1);
  CHECK(MarkDelivered(*notifications, first));
  const Notification second = TakeInHand(*notifications, kNow.PlusSeconds(200));
  CHECK(second.type == "second");
  CHECK(MarkFailed(*notifications, second, std::nullopt).is_parked);
  const Notification third = TakeInHand(*notifications, kNow.PlusSeconds(200));
  CHECK(third.type == "third");
  CHECK(first.row < second.row);
  CHECK(second.row < third.row);
}

TEST_CASE("two subjects on one customer of Polar's: the newest proof wins, and who had it is told of the end") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  const Subject bob{Subject::Kind::kUser, "b0b00000-0000-4000-8000-000000000002"};
  CHECK(Ask(store->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow)));
  HearOf(*store, kPolarAcme, kNow);
  const std::string told =
      R"({"organization_id":")" + kAcme.id + R"(","user_id":null,"allowed":true,"plan":{"tier":"x"}})";
  Notification granted = NotificationOf(kPolarAcme, "access.granted");
  Ask(notifications->FinishCheck(DueCheck(*notifications), told, granted, std::nullopt, kNow));

  CHECK(Ask(store->SaveCustomer({bob, kPolarAcme, "b@x.test", "Bob", false}, kNow)));

  CHECK_FALSE(Ask(store->FindCustomer(kAcme)).has_value());
  CHECK(Ask(store->FindCustomer(bob))->polar_customer_id == kPolarAcme);
  const Notification last = TakeInHand(*notifications);
  CHECK(last.type == "access.revoked");
  CHECK(last.data.find(R"("organization_id":")" + kAcme.id) != std::string::npos);
  CHECK(last.data.find(R"("plan":null)") != std::string::npos);
}

TEST_CASE("the last word about somebody is one, has ids alone, and is forgotten once it is delivered") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  SqlNotificationStore notifications(SqlTenant(runner, "one"));
  Ask(store.SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));
  HearOf(store, kPolarAcme, kNow);
  const std::string told = R"({"organization_id":")" + kAcme.id +
                           R"(","user_id":null,"allowed":true,"reason":"active","polar_subscription_id":null})";
  Ask(notifications.FinishCheck(DueCheck(notifications), told, NotificationOf(kPolarAcme, "access.granted"),
                                std::nullopt, kNow));

  static_cast<void>(Ask(store.EraseSubject(kAcme, kNow)));
  static_cast<void>(Ask(store.EraseSubject(kAcme, kNow.PlusSeconds(1))));

  const Notification last = TakeInHand(notifications);
  CHECK(last.data == R"({"organization_id":")" + kAcme.id +
                         R"(","user_id":null,"allowed":false,"reason":"customer_deleted","polar_subscription_id":null,)"
                         R"("cancel_at_period_end":false})");
  CHECK(MarkDelivered(notifications, last));
  CHECK(TakeInHand(notifications).row == 0);
  CHECK(RowsOf(*runner, "SELECT id FROM app_notifications").empty());
  CHECK(RowsOf(*runner, "SELECT marks FROM app_access").empty());
}

TEST_CASE(
    "the end of a tenant is told to each of its customers who were told of access, and nobody is looked at again") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  SqlNotificationStore notifications(SqlTenant(runner, "one"));
  SqlNotificationStore others(SqlTenant(runner, "two"));
  const auto tell = [&](const std::string& customer, const std::string& told, std::optional<Notification> news) {
    HearOf(store, customer, kNow);
    Ask(notifications.FinishCheck(DueCheck(notifications), told, std::move(news), std::nullopt, kNow));
  };
  tell("polar-a", R"({"allowed":true,"user_id":"a"})", std::nullopt);
  tell("polar-b", R"({"allowed":false,"user_id":"b"})", std::nullopt);
  tell("polar-c", "", std::nullopt);
  tell("polar-d", R"({"allowed":false,"user_id":"d"})", NotificationOf("polar-d", "access.revoked"));

  CHECK(Ask(others.TellEndings(10, kNow)) == 0);
  CHECK(Ask(notifications.TellEndings(3, kNow)) == 3);
  CHECK(Ask(notifications.TellEndings(3, kNow)) == 1);
  CHECK(Ask(notifications.TellEndings(3, kNow)) == 0);

  std::vector<std::string> told;
  for (Notification one = TakeInHand(notifications); one.row != 0; one = TakeInHand(notifications)) {
    CHECK(one.type == "access.revoked");
    told.push_back(one.polar_customer_id);
  }
  CHECK(told == std::vector<std::string>{"polar-a", "polar-d"});
  CHECK(RowsOf(*runner, "SELECT marks FROM app_access").empty());
}
