// What waits to be told to the application, on both engines: marked with the fact, one at a time and in order.
#include "../awaiting.h"
#include "engines.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

constexpr Timestamp kNow{1'750'000'000'000'000};
const Subject kAcme{Subject::Kind::kOrganization, "ac111111-1111-4111-8111-111111111111"};
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
