// Grants by hand, on both engines: once by their external id, kept when removed, found and told without a customer,
// erased with their subject, pruned by age.
#include "server/store/grants.h"
#include "../awaiting.h"
#include "engines.h"
#include "notifying.h"
#include "people.h"
#include "server/store/retention.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

GrantRow AGrant(const std::string& id, const Subject& subject = kAcme) {
  GrantRow row;
  row.grant.id = id;
  row.grant.tier = "pro";
  row.grant.starts_at = kNow;
  row.grant.ends_at = kNow.PlusSeconds(1'000);
  row.grant.source = "support";
  row.grant.reason = "A delay.";
  row.subject = subject;
  row.external_id = "x-" + id;
  row.created_by = "key:1";
  row.created_at = kNow;
  return row;
}

std::unique_ptr<Database> OpenEither() { return OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres)); }

std::vector<GrantRow> All(Store& store, std::optional<Subject> subject = {}) {
  return Ask(store.ListGrants({.subject = std::move(subject), .with_removed = true}));
}

}  // namespace

TEST_CASE("a grant is kept as it was made, once by its external id, and is its subject's and tenant's alone") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("one");
  GrantRow features = AGrant("g2", kAlice);
  features.grant.tier.reset();
  features.grant.features = {"a \"b\"", "c"};
  features.grant.ends_at.reset();
  features.external_id.clear();

  CHECK(Ask(store->AddGrant(AGrant("g1"), kNow)).fate == GrantFate::kAdded);
  CHECK(Ask(store->AddGrant(features, kNow)).fate == GrantFate::kAdded);
  GrantRow again = AGrant("g3");
  again.external_id = "x-g1";
  const AddedGrant known = Ask(store->AddGrant(again, kNow));
  CHECK(known.fate == GrantFate::kKnown);
  CHECK(known.kept == AGrant("g1"));

  CHECK(All(*store) == std::vector<GrantRow>{features, AGrant("g1")});
  CHECK(All(*store, kAcme) == std::vector<GrantRow>{AGrant("g1")});
  CHECK(All(*database->ForTenant("two")).empty());
  CHECK(Ask(store->ReadSubject(kAlice)).local_grants == std::vector<LocalGrant>{features.grant});
  CHECK(Ask(database->ForTenant("two")->ReadSubject(kAlice)).local_grants.empty());
}

TEST_CASE("a grant that is removed gives nothing more, and stays with who removed it first and when") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("one");
  Ask(store->AddGrant(AGrant("g1"), kNow));

  CHECK_FALSE(Ask(store->RemoveGrant("g1", kAlice, "key:2", kNow)).has_value());
  CHECK_FALSE(Ask(store->RemoveGrant("g2", std::nullopt, "key:2", kNow)).has_value());
  CHECK(Ask(store->RemoveGrant("g1", kAcme, "key:2", kNow.PlusSeconds(5)))->removed_by == "key:2");
  const auto again = Ask(store->RemoveGrant("g1", std::nullopt, "key:3", kNow.PlusSeconds(9)));

  CHECK(again->removed_by == "key:2");
  CHECK(again->removed_at == kNow.PlusSeconds(5));
  CHECK(Ask(store->ReadSubject(kAcme)).local_grants.empty());
  CHECK(Ask(store->ListGrants({.subject = kAcme})).empty());
  CHECK(All(*store, kAcme) == std::vector<GrantRow>{*again});
}

TEST_CASE("a subject has at most 100 grants, and one that Plinto has deleted gets none") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("one");
  for (int i = 0; i < kMostGrants; ++i) Ask(store->AddGrant(AGrant("g" + std::to_string(i)), kNow));

  CHECK(Ask(store->AddGrant(AGrant("more"), kNow)).fate == GrantFate::kTooMany);
  Ask(store->RemoveGrant("g1", std::nullopt, "me", kNow));
  CHECK(Ask(store->AddGrant(AGrant("more"), kNow)).fate == GrantFate::kAdded);
  Ask(store->SaveSubjectNews({kAlice.id, kNow, true}));
  CHECK(Ask(store->AddGrant(AGrant("gone", kAlice), kNow)).fate == GrantFate::kSubjectGone);
}

TEST_CASE("grants are listed in pages, the newest first") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("one");
  for (int i = 0; i < 5; ++i) {
    GrantRow row = AGrant("g" + std::to_string(i), i % 2 == 0 ? kAcme : kAlice);
    row.created_at = kNow.PlusSeconds(i / 2);
    Ask(store->AddGrant(row, kNow));
  }
  std::string order;
  GrantQuery query{.page = {.limit = 2}};
  for (;;) {
    const auto page = Ask(store->ListGrants(query));
    for (std::size_t i = 0; i < std::min<std::size_t>(2, page.size()); ++i) order += page[i].grant.id;
    if (page.size() <= 2) break;
    query.page.after = PagePlace{page[1].created_at, page[1].grant.id};
  }
  CHECK(order == "g4g3g2g1g0");
}

TEST_CASE("whoever has no customer is looked at for their grants, and goes on as their customer once there is one") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  const std::string line = "organization:" + kAcme.id;
  Ask(store->AddGrant(AGrant("g1"), kNow));
  const AccessCheck first = DueCheck(*notifications);
  CHECK(first.subject == kAcme);
  CHECK(first.polar_customer_id == line);
  Ask(notifications->FinishCheck(first, R"({"allowed":true})", NotificationOf(line, "access.granted"),
                                 kNow.PlusSeconds(1'000), kNow));
  CHECK(Ask(notifications->DueChecks(kNow.PlusSeconds(999), 10)).empty());
  CHECK(Ask(notifications->NextDue(kNow)) == kNow);

  Ask(store->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));

  const AccessCheck moved = DueCheck(*notifications);
  CHECK(moved.polar_customer_id == kPolarAcme);
  CHECK(moved.subject == kAcme);
  CHECK(moved.told == R"({"allowed":true})");
  const Notification held = TakeInHand(*notifications);
  CHECK(held.polar_customer_id == kPolarAcme);
  Ask(notifications->FinishCheck(moved, moved.told, std::nullopt, std::nullopt, kNow));
  Ask(store->RemoveGrant("g1", std::nullopt, "me", kNow));
  CHECK(DueCheck(*notifications).polar_customer_id == kPolarAcme);
}

TEST_CASE("what is not told yet of somebody without a customer is looked at as their customer's") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  Ask(store->AddGrant(AGrant("g1", kAlice), kNow));

  Ask(store->SaveCustomer({kAlice, kCustomer, "", "Alice", false}, kNow));

  CHECK(DueCheck(*notifications).polar_customer_id == kCustomer);
}

TEST_CASE("whoever loses their customer to another is looked at for their grants again") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  Ask(store->SaveCustomer({kAlice, kCustomer, "", "Alice", false}, kNow));
  Ask(store->AddGrant(AGrant("g1", kAlice), kNow));

  Ask(store->SaveCustomer({kAcme, kCustomer, "", "Acme", true}, kNow));

  std::vector<std::string> due;
  for (const AccessCheck& check : Ask(notifications->DueChecks(kNow, 10))) due.push_back(check.polar_customer_id);
  CHECK(std::count(due.begin(), due.end(), "user:" + kAlice.id) == 1);
}

TEST_CASE("whoever is erased has no grants any more, and the application is told of the end") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("one");
  const auto notifications = database->NotificationsOf("one");
  const std::string line = "organization:" + kAcme.id;
  Ask(store->AddGrant(AGrant("g1"), kNow));
  Ask(store->AddGrant(AGrant("g2", kAlice), kNow));
  for (const AccessCheck& check : Ask(notifications->DueChecks(kNow, 10))) {
    Ask(notifications->FinishCheck(check, R"({"allowed":true})", std::nullopt, std::nullopt, kNow));
  }

  const Erasure erased = Ask(store->EraseSubject(kAcme, kNow));

  CHECK(erased.grants == 1);
  CHECK(All(*store, kAcme).empty());
  CHECK(All(*store, kAlice).size() == 1);
  const Notification end = TakeInHand(*notifications);
  CHECK(end.type == "access.revoked");
  CHECK(end.polar_customer_id == line);
  MarkDelivered(*notifications, end);
  CHECK(Ask(notifications->Replay(std::nullopt, Timestamp{}, kNow)) == 0);
  CHECK(Ask(notifications->DueChecks(kNow.PlusSeconds(9'999'999), 10)).empty());
}

TEST_CASE("grants that are over are pruned by their age, and no others") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("one");
  GrantRow kept = AGrant("kept");
  kept.grant.ends_at.reset();
  Ask(store->AddGrant(kept, kNow));
  Ask(store->AddGrant(AGrant("ended"), kNow));
  GrantRow removed = AGrant("removed");
  removed.grant.ends_at.reset();
  Ask(store->AddGrant(removed, kNow));
  Ask(store->RemoveGrant("removed", std::nullopt, "me", kNow.PlusSeconds(2'000)));

  Ask(database->RetentionOf("one").Prune(kNow.PlusSeconds(1'000), 10));
  CHECK(All(*store).size() == 3);
  Ask(database->RetentionOf("one").Prune(kNow.PlusSeconds(2'000), 10));
  CHECK(All(*store).size() == 2);
  Ask(database->RetentionOf("one").Prune(kNow.PlusSeconds(99'999), 10));
  REQUIRE(All(*store).size() == 1);
  CHECK(All(*store).front().grant.id == "kept");
}
