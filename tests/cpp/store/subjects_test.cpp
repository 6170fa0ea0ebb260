// What Plinto has told of a subject, forgetting him, and deliveries that were given up, on both engines.
#include "awaiting.h"
#include "engines.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

const Subject kAlice{Subject::Kind::kUser, "a1111111-1111-4111-8111-111111111111"};
const Subject kAcme{Subject::Kind::kOrganization, "ac111111-1111-4111-8111-111111111111"};
constexpr Timestamp kNow{1'750'000'000'000'000};
const std::string kPolarAlice = "11111111-0000-4000-8000-000000000001";
const std::string kPolarAcme = "22222222-0000-4000-8000-000000000001";

CheckoutRow CheckoutOf(const Subject& subject, const std::string& id) {
  CheckoutRow row;
  row.subject = subject;
  row.user_id = kAlice.id;
  row.polar_checkout_id = id;
  row.polar_customer_id = "c";
  row.product_id = "p";
  row.status = "open";
  row.metadata = "{}";
  row.expires_at = kNow;
  return row;
}

WebhookOutcome StateOf(std::int64_t row, const std::string& customer) {
  CustomerState state;
  state.id = customer;
  WebhookOutcome outcome{.row = row};
  outcome.facts.states.push_back({state, kNow, R"({"id":")" + customer + "\"}"});
  return outcome;
}

std::vector<WebhookRow> AddDelivery(Store& store, WebhookSource source, const std::string& id, const std::string& type,
                                    const std::string& payload) {
  WebhookRow row{.source = source, .event_id = id, .event_type = type, .payload = payload};
  REQUIRE(Ask(store.AddWebhook(std::move(row), kNow)));
  return Ask(store.DueWebhooks(kNow, 10));
}

std::vector<UsageRow> UsageOf(Store& store, const Subject& subject, const std::string& id) {
  UsageRow usage{.subject = subject, .external_id = id, .event_name = "e", .properties = "{}", .created_at = kNow};
  Ask(store.AddUsage(usage));
  return Ask(store.DueUsage(kNow, 10));
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
    "erasing a user leaves nothing of him but usage that is still to be billed, and nothing of others is touched") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  const auto other = database->ForTenant("two");
  for (Store* one : {store.get(), other.get()}) {
    Ask(one->SaveCustomer({kAlice, kPolarAlice, "alice@x.test", "Alice", false}, kNow));
    Ask(one->SaveCustomer({kAcme, kPolarAcme, "", "Acme", true}, kNow));
    Ask(one->SaveCheckout(CheckoutOf(kAlice, "mine"), std::nullopt, kNow));
    Ask(one->SaveCheckout(CheckoutOf(kAcme, "ours"), std::nullopt, kNow));
    REQUIRE_FALSE(Ask(one->ClaimIdempotencyKey({kAlice.id, "key", "digest", ""}, kNow)).has_value());
  }
  Ask(store->MarkUsageReported({UsageOf(*store, kAlice, "reported").front().row}, kNow));
  UsageOf(*store, kAlice, "unreported");
  const auto row = AddDelivery(*store, WebhookSource::kPolar, "m1", "customer.state_changed",
                               R"({"data":{"id":")" + kPolarAlice + R"(","email":"alice@x.test"}})");
  Ask(store->FinishWebhooks({StateOf(row.front().row, kPolarAlice), StateOf(0, kPolarAcme)}, kNow));
  AddDelivery(*store, WebhookSource::kPlinto, "e1", "user.updated", R"({"id":")" + kAlice.id + "\"}");

  const ErasedRows erased = Ask(store->EraseCustomer(kAlice, kNow));
  CHECK(erased.customers == 1);
  CHECK(erased.checkouts == 1);
  CHECK(erased.purchases == 1);
  CHECK(erased.usage == 1);

  CHECK_FALSE(Ask(store->FindCustomer(kAlice)).has_value());
  CHECK(Ask(store->FindCustomer(kAcme)).has_value());
  CHECK(Ask(other->FindCustomer(kAlice)).has_value());
  CHECK_FALSE(Ask(store->ClaimIdempotencyKey({kAlice.id, "key", "digest", ""}, kNow)).has_value());
  CHECK(Ask(other->ClaimIdempotencyKey({kAlice.id, "key", "digest", ""}, kNow)).has_value());
  CHECK(Ask(store->DueWebhooks(kNow.PlusSeconds(600), 10)).empty());
  const auto left = Ask(store->DueUsage(kNow.PlusSeconds(600), 10));
  REQUIRE(left.size() == 1);
  CHECK(left[0].external_id == "unreported");
  CHECK(Ask(store->EraseCustomer(kAlice, kNow)).customers == 0);
}

TEST_CASE("parked deliveries are listed with their reason, and due again one by one or all at once") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("one");
  for (const char* id : {"m1", "m2", "m3"}) AddDelivery(*store, WebhookSource::kPolar, id, "order.paid", "{}");
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
