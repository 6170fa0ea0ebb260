// Tenants share a database and see nothing of each other.
#include "../awaiting.h"
#include "../due.h"
#include "engines.h"
#include "people.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

void Fill(Store& store, const std::string& mark) {
  Ask(store.SaveCustomer({kAlice, "polar-1", mark, mark, false}, kNow));
  REQUIRE_FALSE(Ask(store.ClaimIdempotencyKey({"actor", "key", mark, ""}, kNow)).has_value());
  REQUIRE(Ask(store.AddWebhook({.event_id = "msg-1", .event_type = mark, .payload = "{}"}, kNow)));
  UsageRow usage{.subject = kAlice, .external_id = "e-1", .event_name = mark, .properties = "{}", .created_at = kNow};
  REQUIRE(Ask(store.AddUsage(usage)).event_name == mark);
  Ask(store.AddServiceKey({"id", "hash", mark, "usage:read", kNow}));
  Ask(store.AddSigningKey({"kid", mark, kNow}));
  std::vector<WebhookOutcome> outcomes(1);
  Json customer = EmptyObject();
  SetMember(customer, "id", "polar-1");
  SetMember(customer, "external_id", mark);
  BillingFact told{.customer_id = "polar-1"};
  REQUIRE(ApplyEvent(told, {"customer.updated", kNow, customer}).ok());
  outcomes[0].facts.billing.push_back(std::move(told));
  outcomes[0].facts.checkouts.push_back({"checkout-1", mark, kNow});
  Ask(store.FinishWebhooks(std::move(outcomes), kNow));
}

}  // namespace

TEST_CASE("two tenants use the same ids for everything and see their own rows only") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto one = database->ForTenant("one");
  const auto two = database->ForTenant("two");
  const auto empty = database->ForTenant("empty");
  Fill(*one, "of one");
  Fill(*two, "of two");

  CHECK(Ask(one->FindCustomer(kAlice))->name == "of one");
  CHECK(Ask(two->FindCustomer(kAlice))->name == "of two");
  CHECK(Ask(one->ReadSubject(kAlice)).state.customer->value.external_id == "of one");
  CHECK(Ask(two->ReadSubject(kAlice)).state.customer->value.external_id == "of two");
  CHECK(Ask(one->FindServiceKey("hash"))->name == "of one");
  CHECK(Ask(two->ListServiceKeys()).size() == 1);
  CHECK(Ask(two->ListSigningKeys()).front().private_key == "of two");
  CHECK(Ask(one->ClaimIdempotencyKey({"actor", "key", "", ""}, kNow))->request_digest == "of one");
  const auto due = DueWebhooks(*one, kNow, 10);
  REQUIRE(due.size() == 1);
  CHECK(due[0].event_type == "of one");
  const auto usage = DueUsage(*two, kNow, 10);
  REQUIRE(usage.size() == 1);
  CHECK(usage[0].event_name == "of two");

  CHECK_FALSE(Ask(empty->FindCustomer(kAlice)).has_value());
  CHECK_FALSE(Ask(empty->ReadSubject(kAlice)).customer.has_value());
  CHECK_FALSE(Ask(empty->FindServiceKey("hash")).has_value());
  CHECK(Ask(empty->ListSigningKeys()).empty());
  CHECK(DueWebhooks(*empty, kNow, 10).empty());
  CHECK(DueUsage(*empty, kNow, 10).empty());
  CHECK_FALSE(NextWebhookDue(*empty, kNow).has_value());
  CHECK_FALSE(Ask(empty->NextUsageDue(kNow)).has_value());
}

TEST_CASE("what one tenant marks, removes or finishes stays as it was for another, though it names the rows") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto one = database->ForTenant("one");
  const auto two = database->ForTenant("two");
  Fill(*one, "of one");
  const auto webhooks = DueWebhooks(*one, kNow, 10);
  const auto usage = DueUsage(*one, kNow, 10);

  Ask(two->FinishWebhooks({{.row = webhooks[0].row}}, kNow));
  Ask(two->MarkUsageReported({usage[0].row}, kNow));
  Ask(two->MarkUsageFailed({usage[0].row}, "no", std::nullopt, kNow));
  Ask(two->ReleaseIdempotencyKey({"actor", "key", "", ""}));
  CHECK_FALSE(Ask(two->RemoveServiceKey("id")));
  CHECK_FALSE(Ask(two->RemoveSigningKey("kid")));

  const Timestamp later = kNow.PlusSeconds(120);
  CHECK(DueWebhooks(*one, later, 10).size() == 1);
  const auto still_due = DueUsage(*one, later, 10);
  REQUIRE(still_due.size() == 1);
  CHECK(still_due[0].attempts == 0);
  CHECK(Ask(one->FindServiceKey("hash")).has_value());
  CHECK(Ask(one->ListSigningKeys()).size() == 1);
}

TEST_CASE("tenants are added once, changed, listed by id, and removed with their keys") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const TenantRow zoo{"zoo", "sealed:1", kNow};
  const TenantRow acme{"acme", "sealed:2", kNow};

  CHECK(Ask(database->AddTenant(zoo)));
  CHECK(Ask(database->AddTenant(acme)));
  CHECK_FALSE(Ask(database->AddTenant({"zoo", "other", kNow})));
  CHECK(Ask(database->ListTenants()) == std::vector{acme, zoo});
  CHECK(Ask(database->ChangeTenant("acme", "sealed:3", kNow)));
  CHECK_FALSE(Ask(database->ChangeTenant("nobody", "sealed:3", kNow)));
  CHECK(Ask(database->FindTenant("acme"))->settings == "sealed:3");
  CHECK_FALSE(Ask(database->FindTenant("nobody")).has_value());

  CHECK(Ask(database->EndTenant("acme", kNow)));
  CHECK(Ask(database->EndTenant("acme", kNow.PlusSeconds(1))));
  CHECK_FALSE(Ask(database->EndTenant("nobody", kNow)));
  CHECK(Ask(database->FindTenant("acme"))->ending_since == kNow);
  CHECK_FALSE(Ask(database->ListTenants())[1].ending_since.has_value());
  Fill(*database->ForTenant("acme"), "of acme");
  Fill(*database->ForTenant("zoo"), "of zoo");
  CHECK(Ask(database->RemoveTenant("acme")));
  CHECK_FALSE(Ask(database->RemoveTenant("acme")));
  CHECK_FALSE(Ask(database->ForTenant("acme")->FindServiceKey("hash")).has_value());
  CHECK(Ask(database->ForTenant("acme")->FindCustomer(kAlice)).has_value());
  CHECK(Ask(database->ForTenant("zoo")->FindServiceKey("hash")).has_value());
}
