// Who is due to be verified with Polar, on both engines, and that each is given to one server.
#include <algorithm>
#include <array>

#include "../awaiting.h"
#include "core/foundation/codec.h"
#include "engines.h"
#include "people.h"
#include "server/store/sql/schedule.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

constexpr std::int64_t kDay = 86'400;

Subject UserOf(int number) {
  return {Subject::Kind::kUser, "a0000000-0000-4000-8000-" + std::to_string(100'000'000'000 + number)};
}

std::string CustomerOf(int number) { return "c0000000-0000-4000-8000-" + std::to_string(100'000'000'000 + number); }

void Save(Store& store, int number, Timestamp at, bool is_mirrored = true) {
  REQUIRE(Ask(store.SaveCustomer({UserOf(number), CustomerOf(number), "", "", false, is_mirrored}, at)));
}

Facts Running(int number, Timestamp period_end, Timestamp told, const std::string& status = "active") {
  Subscription one;
  one.id = "5" + CustomerOf(number).substr(1);
  one.customer_id = CustomerOf(number);
  one.status = OpenEnum<SubscriptionStatus>(status);
  one.current_period_end = period_end;
  Facts facts;
  facts.subscriptions.push_back({one, told, DumpJson(Encode(one))});
  return facts;
}

std::unique_ptr<Database> OpenOneOfBoth() { return OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres)); }

}  // namespace

TEST_CASE("a customer is due a day after they were verified, or a quarter of an hour after a period's end") {
  const auto due = [](Timestamp verified, std::vector<Timestamp> ends) {
    return (sql::NextReconcile(verified, ends).microseconds - verified.microseconds) / 1'000'000;
  };
  CHECK(due(kNow, {}) == kDay);
  CHECK(due(kNow, {kNow.PlusSeconds(30 * kDay)}) == kDay);
  CHECK(due(kNow, {kNow.PlusSeconds(3'600)}) == 3'600 + 900);
  CHECK(due(kNow, {kNow.PlusSeconds(7'200), kNow.PlusSeconds(3'600)}) == 3'600 + 900);
  // Asked too early, then again and again, after as long as Polar is late.
  CHECK(due(kNow, {kNow.PlusSeconds(-600)}) == 300);
  CHECK(due(kNow, {kNow.PlusSeconds(-900)}) == 900);
  CHECK(due(kNow, {kNow.PlusSeconds(-3'600)}) == 3'600);
  CHECK(due(kNow, {kNow.PlusSeconds(-400 * kDay)}) == kDay);
}

TEST_CASE("a subscription that changes moves the date, and what is due stays due") {
  const auto database = OpenOneOfBoth();
  const auto store = database->ForTenant("acme");
  const auto reconciles = database->ReconcileStoreOf("acme");
  Save(*store, 1, kNow);
  CHECK(Ask(reconciles->NextDue()) == kNow.PlusSeconds(kDay));
  const Timestamp end = kNow.PlusSeconds(3'600);
  Ask(store->ApplyFacts(Running(1, end, kNow), kNow));
  CHECK(Ask(reconciles->NextDue()) == end.PlusSeconds(900));
  Ask(store->ApplyFacts(Running(1, end.PlusSeconds(30 * kDay), kNow.PlusSeconds(1)), kNow));
  CHECK(Ask(reconciles->NextDue()) == kNow.PlusSeconds(kDay));
  Ask(store->ApplyFacts(Running(1, end, kNow.PlusSeconds(2), "canceled"), kNow));
  CHECK(Ask(reconciles->NextDue()) == kNow.PlusSeconds(kDay));

  Ask(store->DemandReconcile(CustomerOf(1), kNow));
  Ask(store->ApplyFacts(Running(1, end.PlusSeconds(1), kNow.PlusSeconds(3)), kNow));
  CHECK(Ask(reconciles->DueCustomers(kNow, 10)) == std::vector{CustomerOf(1)});
  Ask(store->FillMirror(CustomerOf(1), {}, kNow.PlusSeconds(10)));
  CHECK(Ask(reconciles->NextDue()) == end.PlusSeconds(901));
}

TEST_CASE("a customer who was never fetched is due soon, one who was deleted never") {
  const auto database = OpenOneOfBoth();
  const auto store = database->ForTenant("acme");
  const auto reconciles = database->ReconcileStoreOf("acme");
  Save(*store, 1, kNow, false);
  CHECK(Ask(reconciles->NextDue()) == kNow.PlusSeconds(60));

  Facts deleted;
  deleted.customers.push_back({CustomerOf(1), "", "", true, kNow});
  Ask(store->ApplyFacts(std::move(deleted), kNow));
  CHECK_FALSE(Ask(reconciles->NextDue()).has_value());
  Ask(store->DemandReconcile(CustomerOf(1), kNow));
  CHECK_FALSE(Ask(reconciles->NextDue()).has_value());
}

TEST_CASE("after a gap everybody is due, the longest unverified first, of this tenant only") {
  const auto database = OpenOneOfBoth();
  const auto store = database->ForTenant("acme");
  const auto reconciles = database->ReconcileStoreOf("acme");
  const auto other = database->ReconcileStoreOf("other");
  for (int i = 0; i < 5; ++i) Save(*store, i, kNow.PlusSeconds(-i));
  Save(*database->ForTenant("other"), 9, kNow);
  const Timestamp later = kNow.PlusSeconds(600);
  CHECK(Ask(reconciles->DueCustomers(later, 10)).empty());

  CHECK(Ask(reconciles->DemandAll(later, 2)) == 2);
  CHECK(Ask(reconciles->DemandAll(later, 2)) == 2);
  CHECK(Ask(reconciles->DemandAll(later, 2)) == 1);
  CHECK(Ask(reconciles->DemandAll(later, 2)) == 0);
  std::vector<std::string> order;
  for (int i = 0; i < 5; ++i) {
    const std::vector<std::string> next = Ask(reconciles->DueCustomers(later, 1));
    REQUIRE(next.size() == 1);
    order.push_back(next.front());
    Ask(store->FillMirror(next.front(), {}, later));
  }
  CHECK(order == std::vector{CustomerOf(4), CustomerOf(3), CustomerOf(2), CustomerOf(1), CustomerOf(0)});
  CHECK(Ask(other->DueCustomers(later, 10)).empty());
}

TEST_CASE("two servers on one PostgreSQL are never given the same customer, unless the first has died") {
  const std::string url = NewPostgres();
  const auto first = *Database::OpenPostgres(url);
  const auto second = *Database::OpenPostgres(url);
  const auto store = first->ForTenant("acme");
  for (int i = 0; i < 20; ++i) Save(*store, i, kNow.PlusSeconds(-2 * kDay));
  const std::array stores = {first->ReconcileStoreOf("acme"), second->ReconcileStoreOf("acme")};

  std::vector<Task<Result<std::vector<std::string>>>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(stores[static_cast<std::size_t>(i % 2)]->DueCustomers(kNow, 1));
  std::vector<std::string> given;
  for (const auto& due : AwaitAll(std::move(tasks))) {
    REQUIRE(due.ok());
    given.insert(given.end(), due->begin(), due->end());
  }
  std::sort(given.begin(), given.end());
  CHECK(std::adjacent_find(given.begin(), given.end()) == given.end());
  CHECK(Ask(stores[0]->DueCustomers(kNow, 20)).size() == 20 - given.size());
  CHECK(Ask(stores[1]->DueCustomers(kNow.PlusSeconds(59), 20)).empty());

  CHECK(Ask(stores[1]->DueCustomers(kNow.PlusSeconds(60), 20)).size() == 20);
}

TEST_CASE("who is put off is not given out before, even after the clock was set back") {
  const auto database = OpenOneOfBoth();
  Save(*database->ForTenant("acme"), 1, kNow.PlusSeconds(-10 * kDay));
  const auto reconciles = database->ReconcileStoreOf("acme");
  Ask(reconciles->PutOff(CustomerOf(1), kNow.PlusSeconds(60)));
  CHECK(Ask(reconciles->DueCustomers(kNow.PlusSeconds(59), 1)).empty());
  CHECK(Ask(reconciles->DueCustomers(kNow.PlusSeconds(60), 1)).size() == 1);

  Ask(reconciles->PutOff(CustomerOf(1), kNow.PlusSeconds(60)));
  CHECK(Ask(reconciles->DueCustomers(kNow.PlusSeconds(-kDay), 1)).size() == 1);
}

TEST_CASE("a customer is found by Polar's id and by Plinto's, and listed page by page") {
  const auto database = OpenOneOfBoth();
  const auto store = database->ForTenant("acme");
  const auto reconciles = database->ReconcileStoreOf("acme");
  for (int i = 0; i < 3; ++i) Save(*store, i, kNow);
  CHECK(Ask(reconciles->FindCustomer(CustomerOf(1))) == FoundCustomer{CustomerOf(1), UserOf(1)});
  CHECK(Ask(reconciles->FindCustomer(UserOf(1).id)) == FoundCustomer{CustomerOf(1), UserOf(1)});
  CHECK_FALSE(Ask(reconciles->FindCustomer(UserOf(7).id)).has_value());

  CHECK(Ask(reconciles->ListCustomers("", 2)) == std::vector{CustomerOf(0), CustomerOf(1)});
  CHECK(Ask(reconciles->ListCustomers(CustomerOf(1), 2)) == std::vector{CustomerOf(2)});
  CHECK(Ask(reconciles->ListCustomers(CustomerOf(2), 2)).empty());
}
