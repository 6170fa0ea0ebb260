// What waits to be told to the application, on both engines: marked with the fact, one at a time and in order.
#include "../awaiting.h"
#include "engines.h"
#include "people.h"
#include "server/store/sql/sql_notification_store.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

const std::string kPolarAcme = "22222222-0000-4000-8000-000000000001";

void Hear(Store& store, const std::string& customer, Timestamp at) {
  Facts facts;
  facts.customers.push_back({customer, "", "", false, at});
  Ask(store.ApplyFacts(std::move(facts), at));
}

Notification Of(const std::string& customer, const std::string& type) {
  Notification one;
  one.id = "n-" + type;
  one.polar_customer_id = customer;
  one.type = type;
  one.data = "{}";
  return one;
}

AccessCheck Due(NotificationStore& store) {
  std::vector<AccessCheck> due = Ask(store.DueChecks(kNow, 10));
  REQUIRE(due.size() == 1);
  return due.front();
}

}  // namespace

TEST_CASE("a fact marks its customer, whose subject is found as soon as it is known") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");

  Hear(*store, kPolarAcme, kNow);
  CHECK(Ask(database->NotificationsOf("two")->DueChecks(kNow, 10)).empty());
  AccessCheck check = Due(*notifications);
  CHECK_FALSE(check.subject.has_value());
  Ask(notifications->FinishCheck(check, check.told, std::nullopt, std::nullopt, kNow));
  CHECK(Ask(notifications->DueChecks(kNow, 10)).empty());

  Ask(store->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));
  CHECK(Due(*notifications).subject == kAcme);
}

TEST_CASE("a fact that comes while a customer is looked at keeps it due, and two servers tell a change once") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  Ask(store->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));
  Hear(*store, kPolarAcme, kNow);
  const AccessCheck check = Due(*notifications);

  Hear(*store, kPolarAcme, kNow);
  Ask(notifications->FinishCheck(check, "new", Of(kPolarAcme, "first"), std::nullopt, kNow));
  Ask(notifications->FinishCheck(check, "new", Of(kPolarAcme, "again"), std::nullopt, kNow));

  CHECK(Due(*notifications).told == "new");
  CHECK(Ask(notifications->DueNotifications(kNow, 10)).size() == 1);
  const AccessCheck second = Due(*notifications);
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
    Hear(*store, kPolarAcme, kNow);
    const AccessCheck check = Due(*notifications);
    told += type;
    Ask(notifications->FinishCheck(check, told, Of(kPolarAcme, type), std::nullopt, kNow));
  }
  const auto next = [&](Timestamp at) {
    const std::vector<Notification> due = Ask(notifications->DueNotifications(at, 10));
    return due.empty() ? Notification() : due.front();
  };

  const Notification first = next(kNow);
  CHECK(first.type == "first");
  Ask(notifications->MarkFailed(first.row, "down", kNow.PlusSeconds(200), kNow));
  CHECK(next(kNow.PlusSeconds(100)).type.empty());
  CHECK(Ask(notifications->NextDue()).has_value());
  CHECK(next(kNow.PlusSeconds(200)).attempts == 1);
  Ask(notifications->MarkDelivered(first, "", kNow));
  const Notification second = next(kNow.PlusSeconds(200));
  CHECK(second.type == "second");
  Ask(notifications->MarkFailed(second.row, "gone", std::nullopt, kNow));
  CHECK(next(kNow.PlusSeconds(200)).type == "third");
}

TEST_CASE("two subjects on one customer of Polar's: the newest proof wins, and who had it is told of the end") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  const Subject bob{Subject::Kind::kUser, "b0b00000-0000-4000-8000-000000000002"};
  CHECK(Ask(store->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow)));
  Hear(*store, kPolarAcme, kNow);
  const std::string told =
      R"({"organization_id":")" + kAcme.id + R"(","user_id":null,"allowed":true,"plan":{"tier":"x"}})";
  Notification granted = Of(kPolarAcme, "access.granted");
  Ask(notifications->FinishCheck(Due(*notifications), told, granted, std::nullopt, kNow));

  CHECK(Ask(store->SaveCustomer({bob, kPolarAcme, "b@x.test", "Bob", false}, kNow)));

  CHECK_FALSE(Ask(store->FindCustomer(kAcme)).has_value());
  CHECK(Ask(store->FindCustomer(bob))->polar_customer_id == kPolarAcme);
  const std::vector<Notification> due = Ask(notifications->DueNotifications(kNow, 10));
  REQUIRE(due.size() == 1);
  CHECK(due.front().type == "access.revoked");
  CHECK(due.front().data.find(R"("organization_id":")" + kAcme.id) != std::string::npos);
  CHECK(due.front().data.find(R"("plan":null)") != std::string::npos);
}

TEST_CASE("the last word about somebody is one, has ids alone, and is forgotten once it is delivered") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  SqlNotificationStore notifications(SqlTenant(runner, "one"));
  Ask(store.SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));
  Hear(store, kPolarAcme, kNow);
  const std::string told = R"({"organization_id":")" + kAcme.id +
                           R"(","user_id":null,"allowed":true,"reason":"active","polar_subscription_id":null})";
  Ask(notifications.FinishCheck(Due(notifications), told, Of(kPolarAcme, "access.granted"), std::nullopt, kNow));

  static_cast<void>(Ask(store.EraseSubject(kAcme, kNow)));
  static_cast<void>(Ask(store.EraseSubject(kAcme, kNow.PlusSeconds(1))));

  const std::vector<Notification> due = Ask(notifications.DueNotifications(kNow, 10));
  REQUIRE(due.size() == 1);
  CHECK(due.front().data ==
        R"({"organization_id":")" + kAcme.id +
            R"(","user_id":null,"allowed":false,"reason":"customer_deleted","polar_subscription_id":null,)"
            R"("cancel_at_period_end":false})");
  Ask(notifications.MarkDelivered(due.front(), "", kNow));
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
    Hear(store, customer, kNow);
    Ask(notifications.FinishCheck(Due(notifications), told, std::move(news), std::nullopt, kNow));
  };
  tell("polar-a", R"({"allowed":true,"user_id":"a"})", std::nullopt);
  tell("polar-b", R"({"allowed":false,"user_id":"b"})", std::nullopt);
  tell("polar-c", "", std::nullopt);
  tell("polar-d", R"({"allowed":false,"user_id":"d"})", Of("polar-d", "access.revoked"));

  CHECK(Ask(others.TellEndings(10, kNow)) == 0);
  CHECK(Ask(notifications.TellEndings(3, kNow)) == 3);
  CHECK(Ask(notifications.TellEndings(3, kNow)) == 1);
  CHECK(Ask(notifications.TellEndings(3, kNow)) == 0);

  std::vector<std::string> told;
  for (const Notification& one : Ask(notifications.DueNotifications(kNow, 10))) {
    CHECK(one.type == "access.revoked");
    told.push_back(one.polar_customer_id);
  }
  CHECK(told == std::vector<std::string>{"polar-a", "polar-d"});
  CHECK(RowsOf(*runner, "SELECT marks FROM app_access").empty());
}
