// What Plinto has told of a subject, who is introduced, forgetting a subject, deliveries that were given up, and how
// far jobs have come, on both engines.
#include "../awaiting.h"
#include "../due.h"
#include "engines.h"
#include "people.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

const std::string kPolarAlice = "11111111-0000-4000-8000-000000000001";

void AddDelivery(Store& store, const std::string& id, const std::string& type, const std::string& payload,
                 const std::string& about = "") {
  WebhookRow row{.source = WebhookSource::kPlinto, .event_id = id, .event_type = type, .payload = payload};
  row.about = about;
  REQUIRE(Ask(store.AddWebhook(std::move(row), kNow)));
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

TEST_CASE(
    "a subject that is erased leaves nothing of what Plinto said of it, waiting or not, and nobody else loses "
    "anything") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto other = database->ForTenant("two");
  const auto notifications = database->NotificationsOf("one");
  Facts facts;
  facts.customers.push_back({kPolarAlice, "", "", false, kNow});
  for (Store* one : {store.get(), other.get()}) {
    Ask(one->SaveCustomer({kAlice, kPolarAlice, "alice@x.test", "Alice", false}, kNow));
    Ask(one->ApplyFacts(facts, kNow));
    AddDelivery(*one, "e1", "user.updated", R"({"id":")" + kAlice.id + R"(","email":"a@x"})", kAlice.id);
    AddDelivery(*one, "e2", "organization.updated", R"({"id":"acme","owner_id":")" + kAlice.id + "\"}", "acme");
    AddDelivery(*one, "e3", "user.deleted", R"({"id":")" + kAlice.id + "\"}", kAlice.id);
  }
  REQUIRE(Ask(notifications->DueChecks(kNow, 10)).size() == 1);

  static_cast<void>(Ask(store->EraseSubject(kAlice, kNow)));

  const auto due = DueWebhooks(*store, kNow.PlusSeconds(600), 10);
  REQUIRE(due.size() == 2);
  CHECK(due[0].event_id == "e2");
  CHECK(due[0].payload == R"({"id":"acme","owner_id":")" + kAlice.id + "\"}");
  CHECK(due[1].event_id == "e3");
  const auto kept = DueWebhooks(*other, kNow.PlusSeconds(600), 10);  // of each subject the oldest
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].event_id == "e1");
  CHECK(kept[0].payload.find("a@x") != std::string::npos);
  CHECK(kept[1].event_id == "e2");
  CHECK(Ask(notifications->DueChecks(kNow, 10)).empty());
  CHECK(Ask(database->NotificationsOf("two")->DueChecks(kNow, 10)).size() == 1);
}

TEST_CASE("parked deliveries are listed with their reason, and due again one by one or all at once") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  for (const char* id : {"m1", "m2", "m3"}) AddDelivery(*store, id, "order.paid", "{}");
  const auto due = DueWebhooks(*store, kNow.PlusSeconds(600), 10);
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
  CHECK(DueWebhooks(*store, kNow, 10).size() == 2);
}

TEST_CASE("what comes about a subject that Plinto has deleted is known by its id and keeps nothing of the subject") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  Ask(store.SaveSubjectNews({kAlice.id, kNow, true}));
  AddDelivery(store, "late", "user.updated", R"({"email":"alice@x.test"})", kAlice.id);
  AddDelivery(store, "other", "user.updated", R"({"email":"bob@x.test"})", "bob");
  std::vector<WebhookOutcome> outcomes;
  for (const WebhookRow& row : DueWebhooks(store, kNow, 10)) outcomes.push_back({row.row, row.about});

  Ask(store.FinishWebhooks(std::move(outcomes), kNow));

  CHECK(RowsOf(*runner, "SELECT payload FROM polar_webhook_payloads") ==
        std::vector<std::string>{R"({"email":"bob@x.test"})"});
  CHECK_FALSE(Ask(store.AddWebhook(
      {.source = WebhookSource::kPlinto, .event_id = "late", .event_type = "user.updated", .payload = "{}"}, kNow)));
}

TEST_CASE("an erased customer leaves not even the mark that access is to be looked at, whatever comes late") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  const auto marked = [&] { return RowsOf(*runner, "SELECT polar_customer_id FROM app_access"); };
  Facts facts;
  facts.customers.push_back({kPolarAlice, "", "", false, kNow});
  Ask(store.SaveCustomer({kAlice, kPolarAlice, "alice@x.test", "Alice", false}, kNow));
  Ask(store.ApplyFacts(facts, kNow));
  REQUIRE(marked().size() == 1);

  static_cast<void>(Ask(store.EraseSubject(kAlice, kNow)));
  Ask(store.ApplyFacts(facts, kNow));
  CHECK(marked().empty());
  CHECK(Ask(store.IsErased(kAlice.id)));

  CHECK(Ask(store.SaveCustomer({kAlice, kPolarAlice, "alice@x.test", "Alice", false}, kNow)));
  Ask(store.ApplyFacts(facts, kNow));
  CHECK(marked().size() == 1);
  CHECK_FALSE(Ask(store.IsErased(kAlice.id)));
  Ask(store.SaveSubjectNews({kAlice.id, kNow, true}));
  static_cast<void>(Ask(store.EraseSubject(kAlice, kNow)));
  CHECK_FALSE(Ask(store.SaveCustomer({kAlice, kPolarAlice, "alice@x.test", "Alice", false}, kNow)));
  CHECK_FALSE(Ask(store.FindCustomer(kAlice)).has_value());
}

TEST_CASE("what is parked about a customer goes with it, and what is malformed about it is not parked later") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  Ask(store.SaveCustomer({kAlice, kPolarAlice, "alice@x.test", "Alice", false}, kNow));
  const auto park = [&](const std::string& id) {
    WebhookRow row{.event_id = id, .event_type = "order.paid", .payload = R"({"email":"alice@x.test"})"};
    REQUIRE(Ask(store.AddWebhook(std::move(row), kNow)));
    std::vector<WebhookOutcome> outcomes(1);
    outcomes[0].row = DueWebhooks(store, kNow, 1).front().row;
    outcomes[0].about = kPolarAlice;
    outcomes[0].error = "malformed";
    Ask(store.FinishWebhooks(std::move(outcomes), kNow));
  };
  park("before");
  REQUIRE(Ask(store.ListParkedWebhooks(10)).size() == 1);

  static_cast<void>(Ask(store.EraseSubject(kAlice, kNow)));
  park("after");

  CHECK(Ask(store.ListParkedWebhooks(10)).empty());
  CHECK(RowsOf(*runner, "SELECT event_id FROM polar_webhook_events").size() == 2);
  CHECK(RowsOf(*runner, "SELECT payload FROM polar_webhook_payloads").empty());
}

TEST_CASE("news of an end waits for Polar though its subject was erased before it came") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "one");
  AddDelivery(store, "end", "user.deleted", R"({"id":"1"})", kAlice.id);
  Ask(store.SaveSubjectNews({kAlice.id, kNow, true}));
  std::vector<WebhookOutcome> outcomes(1);
  outcomes[0].row = DueWebhooks(store, kNow, 10).front().row;
  outcomes[0].about = kAlice.id;
  outcomes[0].error = "Polar is down";
  Ask(store.FinishWebhooks(std::move(outcomes), kNow));
  static_cast<void>(Ask(store.EraseSubject(kAlice, kNow)));

  CHECK(Ask(store.ReplayWebhooks("end", kNow)) == 1);

  CHECK(DueWebhooks(store, kNow.PlusSeconds(120), 10).front().payload == R"({"id":"1"})");
}

TEST_CASE("who is introduced without having asked stays out once erased or gone, and keeps what is known of them") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const CustomerRow alice{kAlice, kPolarAlice, "alice@example.com", "Alice"};
  const auto introduce = [&](const CustomerRow& row, Timestamp since) {
    return Ask(store->IntroduceCustomer(row, since, kNow));
  };

  CHECK(introduce(alice, {}) == Introduced::kToFill);
  CHECK(introduce(alice, {}) == Introduced::kToFill);
  CHECK(Ask(store->FindCustomer(kAlice))->name == "Alice");
  Ask(store->FillMirror(kPolarAlice, {}, kNow));
  CHECK(introduce(alice, {}) == Introduced::kFilled);
  CHECK(introduce(alice, kNow) == Introduced::kFilled);
  CHECK(introduce(alice, kNow.PlusSeconds(1)) == Introduced::kToFill);

  // Whose customer it is was proven by whoever asked; a list takes nobody's away.
  const CustomerRow other{kAcme, kPolarAlice, "", "Acme"};
  CHECK(introduce(other, kNow) == Introduced::kFilled);
  CHECK(Ask(store->FindCustomer(kAlice)).has_value());
  CHECK_FALSE(Ask(store->FindCustomer(kAcme)).has_value());

  Facts deleted;
  deleted.customers.push_back({kPolarAlice, "", "", true, kNow.PlusSeconds(5)});
  Ask(store->ApplyFacts(deleted, kNow));
  CHECK(introduce(alice, {}) == Introduced::kRefused);
  static_cast<void>(Ask(store->EraseSubject(kAlice, kNow)));
  const CustomerRow anew{kAlice, "another", "alice@example.com", "Alice"};
  CHECK(introduce(alice, {}) == Introduced::kRefused);
  CHECK(introduce(anew, {}) == Introduced::kRefused);
  CHECK(Ask(store->IsErased(kAlice.id)));
  Ask(store->SaveSubjectNews({kAcme.id, kNow, true}));
  const CustomerRow gone{kAcme, "of-acme", "", "Acme"};
  CHECK(introduce(gone, {}) == Introduced::kRefused);
}

TEST_CASE("how far a job has come is kept for each tenant, and goes with it") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  REQUIRE(Ask(database->AddTenant({"one", "s", kNow})));
  const auto store = database->ForTenant("one");
  const auto other = database->ForTenant("two");

  CHECK_FALSE(Ask(store->FindProgress("walk")).has_value());
  Ask(store->SaveProgress("walk", "1"));
  Ask(store->SaveProgress("walk", "2"));
  Ask(store->SaveProgress("look", "3"));
  Ask(other->SaveProgress("walk", "4"));
  CHECK(Ask(store->FindProgress("walk")) == "2");
  CHECK(Ask(store->FindProgress("look")) == "3");
  CHECK(Ask(other->FindProgress("walk")) == "4");

  CHECK(Ask(database->RemoveTenant("one")));
  CHECK_FALSE(Ask(store->FindProgress("walk")).has_value());
  CHECK(Ask(other->FindProgress("walk")) == "4");
}
