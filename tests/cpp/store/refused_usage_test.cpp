// Usage that Polar refuses, on both engines: listed while it is tried, told of once, corrected.
#include "../awaiting.h"
#include "../due.h"
#include "engines.h"
#include "notifying.h"
#include "people.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

UsageRow NewUsage(const Subject& subject, const std::string& id) {
  return {.subject = subject,
          .external_id = id,
          .event_name = "call",
          .quantity = 5,
          .properties = R"({"plan":"gold"})",
          .created_at = kNow};
}

UsageNews NewsOf(const Subject& subject, const std::string& id) {
  return {.id = id, .subject_id = subject.id, .type = "usage.refused", .data = R"({"event_id":")" + id + "\"}"};
}

struct Shop {
  std::unique_ptr<Database> database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  std::unique_ptr<Store> store = database->ForTenant("one");
  std::unique_ptr<NotificationStore> notifications = database->NotificationsOf("one");

  std::int64_t Record(const Subject& subject, const std::string& id) {
    return Ask(store->AddUsage(NewUsage(subject, id))).row;
  }
  std::string TakeTold() { return TakeInHand(*notifications).data; }
};

}  // namespace

TEST_CASE("what Polar has refused and is tried still is listed apart from what was given up") {
  Shop shop;
  const std::int64_t refused = shop.Record(kAcme, "refused");
  const std::int64_t parked = shop.Record(kAlice, "parked");
  shop.Record(kAlice, "waiting");
  const Timestamp next = kNow.PlusSeconds(60);

  Ask(shop.store->MarkUsageRefused(refused, "name too long", next, kNow));
  Ask(shop.store->MarkUsageRefused(parked, "no", std::nullopt, kNow));

  const auto listed = Ask(shop.store->ListRefusedUsage(10));
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].external_id == "refused");
  CHECK(listed[0].subject == kAcme);
  CHECK(listed[0].error == "name too long");
  CHECK(listed[0].parked_at == next);
  CHECK(Ask(shop.store->ListRefusedUsage(10, refused)).empty());
  CHECK(Ask(shop.database->ForTenant("two")->ListRefusedUsage(10)).empty());
  CHECK(Ask(shop.store->ListParkedUsage(10)).size() == 1);
  Ask(shop.store->MarkUsageReported({refused}, next));
  CHECK(Ask(shop.store->ListRefusedUsage(10)).empty());
}

TEST_CASE(
    "the application is told of each event that is given up, with the subject's others in order, whoever is a "
    "customer") {
  Shop shop;
  for (const char* id : {"a", "b"}) {
    Ask(shop.store->MarkUsageRefused(shop.Record(kAlice, id), "no", std::nullopt, kNow, "", NewsOf(kAlice, id)));
  }
  Ask(shop.store->ParkUsage(shop.Record(kAcme, "c"), "too large", kNow, "", NewsOf(kAcme, "c")));

  const Notification first = TakeInHand(*shop.notifications);
  CHECK(first.type == "usage.refused");
  CHECK(first.id == "a");
  CHECK(first.data == R"({"event_id":"a"})");
  CHECK(TakeInHand(*shop.notifications).id == "c");
  CHECK(TakeInHand(*shop.notifications).row == 0);
  // Given up, it is not replaced by the next: each is told for itself.
  MarkFailed(*shop.notifications, first, std::nullopt);
  const Notification second = TakeInHand(*shop.notifications);
  CHECK(second.id == "b");
  CHECK(MarkDelivered(*shop.notifications, second));
  CHECK(Ask(shop.notifications->ListParked(10, 0)).size() == 1);
}

TEST_CASE("what is only put off, held by another server or reported meanwhile is not told of") {
  Shop shop;
  const std::int64_t row = shop.Record(kAlice, "a");

  Ask(shop.store->MarkUsageRefused(row, "no", kNow.PlusSeconds(60), kNow, "", NewsOf(kAlice, "put off")));
  CHECK(Ask(shop.store->MarkUsageRefused(row, "no", std::nullopt, kNow, "mine", NewsOf(kAlice, "not held"))) == 0);
  Ask(shop.store->MarkUsageReported({row}, kNow));
  CHECK(Ask(shop.store->ParkUsage(row, "no", kNow, "", NewsOf(kAlice, "reported"))) == 0);

  CHECK(TakeInHand(*shop.notifications).row == 0);
}

TEST_CASE("of a subject that was erased nothing is told any more, neither what waited nor what comes") {
  Shop shop;
  Ask(shop.store->ParkUsage(shop.Record(kAlice, "a"), "no", kNow, "", NewsOf(kAlice, "a")));
  const std::int64_t waiting = shop.Record(kAlice, "b");
  Ask(shop.store->ParkUsage(shop.Record(kAcme, "c"), "no", kNow, "", NewsOf(kAcme, "c")));

  Ask(shop.store->EraseSubject(kAlice, kNow));
  Ask(shop.store->ParkUsage(waiting, "no", kNow, "", NewsOf(kAlice, "b")));

  CHECK(shop.TakeTold() == R"({"event_id":"c"})");
  CHECK(TakeInHand(*shop.notifications).row == 0);
}

TEST_CASE("the number of an event that is gone is not given to another one") {
  Shop shop;
  const std::int64_t erased = shop.Record(kAlice, "erased");
  Ask(shop.store->EraseSubject(kAlice, kNow));
  Ask(shop.store->MarkUsageReported({erased}, kNow));

  const std::int64_t next = shop.Record(kAcme, "next");
  // The first answer was lost, so that it is written once more.
  Ask(shop.store->MarkUsageReported({erased}, kNow));

  CHECK(next != erased);
  CHECK(DueUsage(*shop.store, kNow, 10).size() == 1);
}

TEST_CASE("a refused event is corrected under its own id, and what was recorded is kept") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  const std::int64_t row = Ask(store.AddUsage(NewUsage(kAlice, "a"))).row;
  Ask(store.MarkUsageRefused(row, "no", std::nullopt, kNow));
  const Timestamp later = kNow.PlusSeconds(60);

  const auto before = Ask(store.CorrectUsage(row, {.event_name = "calls", .quantity = Decimal::Parse("0.5")}, later));

  REQUIRE(before.has_value());
  CHECK(before->event_name == "call");
  CHECK(before->quantity == 5);
  CHECK(Ask(store.ListParkedUsage(10)).empty());
  auto due = DueUsage(store, later, 10);
  REQUIRE(due.size() == 1);
  CHECK(due[0].external_id == "a");
  CHECK(due[0].event_name == "calls");
  CHECK(due[0].quantity.text() == "0.5");
  CHECK(due[0].properties == R"({"plan":"gold"})");
  CHECK(due[0].refusals == 0);
  CHECK_FALSE(due[0].refused_at.has_value());

  // Corrected again while it is tried: what was recorded first stays known.
  Ask(store.MarkUsageRefused(row, "no", later, later));
  Ask(store.CorrectUsage(row, {.properties = "{}", .used_at = kNow}, later));
  due = DueUsage(store, later, 10);
  REQUIRE(due.size() == 1);
  CHECK(due[0].properties == "{}");
  CHECK(due[0].used_at == kNow);
  CHECK(RowsOf(*runner, "SELECT recorded_as FROM polar_usage_events") ==
        std::vector<std::string>{R"({"event_name":"call","quantity":"5","properties":"{\"plan\":\"gold\"}"})"});
}

TEST_CASE("what Polar has, has not been asked for, or is another tenant's is not corrected") {
  Shop shop;
  const std::int64_t waiting = shop.Record(kAlice, "waiting");
  const std::int64_t reported = shop.Record(kAlice, "reported");
  Ask(shop.store->MarkUsageRefused(reported, "no", kNow, kNow));
  Ask(shop.store->MarkUsageReported({reported}, kNow));
  const std::int64_t parked = shop.Record(kAlice, "parked");
  Ask(shop.store->MarkUsageRefused(parked, "no", std::nullopt, kNow));

  for (const std::int64_t row : {waiting, reported, std::int64_t{999'999}}) {
    CHECK_FALSE(Ask(shop.store->CorrectUsage(row, {.quantity = 1}, kNow)).has_value());
  }
  CHECK_FALSE(Ask(shop.database->ForTenant("two")->CorrectUsage(parked, {.quantity = 1}, kNow)).has_value());
}

TEST_CASE("a correction that another server's answer crosses is not undone by it") {
  Shop shop;
  const std::int64_t row = shop.Record(kAlice, "a");
  Ask(shop.store->MarkUsageRefused(row, "no", kNow, kNow));
  const auto held = Ask(shop.store->ClaimUsage("a claim", kNow, 10));
  REQUIRE(held.size() == 1);

  REQUIRE(Ask(shop.store->CorrectUsage(row, {.quantity = 1}, kNow)).has_value());

  if (!held[0].claim.empty()) {
    CHECK(Ask(shop.store->MarkUsageRefused(row, "no", std::nullopt, kNow, held[0].claim)) == 0);
  }
  const auto due = DueUsage(*shop.store, kNow, 10);
  REQUIRE(due.size() == 1);
  CHECK(due[0].quantity == 1);
}
