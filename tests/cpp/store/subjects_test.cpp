// What Plinto has told of a subject, forgetting him, and deliveries that were given up, on both engines.
#include "awaiting.h"
#include "engines.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

const Subject kAlice{Subject::Kind::kUser, "a1111111-1111-4111-8111-111111111111"};
constexpr Timestamp kNow{1'750'000'000'000'000};
const std::string kPolarAlice = "11111111-0000-4000-8000-000000000001";

void AddDelivery(Store& store, const std::string& id, const std::string& type, const std::string& payload) {
  REQUIRE(Ask(store.AddWebhook(
      {.source = WebhookSource::kPlinto, .event_id = id, .event_type = type, .payload = payload}, kNow)));
}

}  // namespace

TEST_CASE("of a subject the newest news is kept, and gone is for good") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto other = database->ForTenant("two");
  const SubjectNews first{kAlice.id, kNow, false};
  const SubjectNews gone{kAlice.id, kNow.PlusSeconds(-5), true};

  CHECK_FALSE(Ask(store->FindSubjectNews(kAlice.id)).has_value());
  Ask(store->SaveSubjectNews(first));
  Ask(store->SaveSubjectNews({kAlice.id, kNow.PlusSeconds(-1), false}));
  CHECK(Ask(store->FindSubjectNews(kAlice.id)) == first);
  Ask(store->SaveSubjectNews(gone));
  Ask(store->SaveSubjectNews({kAlice.id, kNow.PlusSeconds(9), false}));
  CHECK(Ask(store->FindSubjectNews(kAlice.id)) == gone);
  CHECK_FALSE(Ask(other->FindSubjectNews(kAlice.id)).has_value());
}

TEST_CASE("who is erased leaves nothing of what Plinto said of him, waiting or not, and nobody else loses anything") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto other = database->ForTenant("two");
  const auto notifications = database->NotificationsOf("one");
  Facts facts;
  facts.customers.push_back({kPolarAlice, "", "", false, kNow});
  for (Store* one : {store.get(), other.get()}) {
    Ask(one->SaveCustomer({kAlice, kPolarAlice, "alice@x.test", "Alice", false}, kNow));
    Ask(one->ApplyFacts(facts, kNow));
    AddDelivery(*one, "e1", "user.updated", R"({"id":")" + kAlice.id + R"(","email":"a@x"})");
    AddDelivery(*one, "e2", "user.updated", R"({"id":"somebody-else"})");
    AddDelivery(*one, "e3", "user.deleted", R"({"id":")" + kAlice.id + "\"}");
  }
  REQUIRE(Ask(notifications->DueChecks(kNow, 10)).size() == 1);

  static_cast<void>(Ask(store->EraseSubject(kAlice, kNow)));

  const auto due = Ask(store->DueWebhooks(kNow.PlusSeconds(600), 10));
  REQUIRE(due.size() == 2);
  CHECK(due[0].event_id == "e2");
  CHECK(due[1].event_id == "e3");
  CHECK(Ask(other->DueWebhooks(kNow.PlusSeconds(600), 10)).size() == 3);
  CHECK(Ask(notifications->DueChecks(kNow, 10)).empty());
  CHECK(Ask(database->NotificationsOf("two")->DueChecks(kNow, 10)).size() == 1);
}

TEST_CASE("parked deliveries are listed with their reason, and due again one by one or all at once") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  for (const char* id : {"m1", "m2", "m3"}) AddDelivery(*store, id, "order.paid", "{}");
  const auto due = Ask(store->DueWebhooks(kNow.PlusSeconds(600), 10));
  std::vector<WebhookOutcome> outcomes;
  for (const WebhookRow& row : due) outcomes.push_back({.row = row.row, .error = "because"});
  outcomes[2].error.clear();
  Ask(store->FinishWebhooks(std::move(outcomes), kNow));

  const auto parked = Ask(store->ListParkedWebhooks(10));
  REQUIRE(parked.size() == 2);
  CHECK(parked[0].error == "because");
  CHECK(Ask(store->ListParkedWebhooks(1)).size() == 1);
  CHECK(Ask(store->ReplayWebhooks("m3", kNow)) == 0);
  CHECK(Ask(database->ForTenant("two")->ReplayWebhooks(std::nullopt, kNow)) == 0);
  CHECK(Ask(store->ReplayWebhooks("m1", kNow)) == 1);
  CHECK(Ask(store->ReplayWebhooks(std::nullopt, kNow)) == 1);
  CHECK(Ask(store->DueWebhooks(kNow, 10)).size() == 2);
}
