// The store, on both engines: what each function promises in store.h.
#include "../awaiting.h"
#include "../due.h"
#include "engines.h"
#include "people.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

std::unique_ptr<Store> OpenStore() {
  return OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres))->ForTenant("acme");
}

CustomerRow ACustomer(const Subject& subject, const std::string& polar_id) {
  return {subject, polar_id, "alice@example.com", "Alice \"\xC3\x89t\xC3\xA9\" 'O''Hara'", false};
}

CheckoutRow ACheckout(const std::string& id) {
  return {.subject = kAcme,
          .user_id = kAlice.id,
          .polar_checkout_id = id,
          .polar_customer_id = "customer",
          .product_id = "product",
          .product_price_id = "",
          .status = "open",
          .success_url = "",
          .embed_origin = "",
          .metadata = "{}",
          .expires_at = kNow.PlusSeconds(3'600)};
}

WebhookRow Webhook(const std::string& id) {
  return {.source = WebhookSource::kPolar, .event_id = id, .event_type = "order.paid", .payload = "{\"a\": 1}"};
}

UsageRow Usage(const Subject& subject, const std::string& id) {
  return {.subject = subject,
          .external_id = id,
          .event_name = "api_call",
          .quantity = 9'007'199'254'740'993,
          .properties = "{\"k\":\"v\"}",
          .created_at = kNow};
}

}  // namespace

TEST_CASE("a customer is found by its subject, and replaced when saved again") {
  const auto store = OpenStore();
  CHECK_FALSE(Ask(store->FindCustomer(kAlice)).has_value());

  Ask(store->SaveCustomer(ACustomer(kAlice, "polar-1"), kNow));
  Ask(store->SaveCustomer({kAcme, "polar-2", "", "Acme", true}, kNow));
  Ask(store->SaveCustomer(ACustomer(kAlice, "polar-3"), kNow.PlusSeconds(1)));

  const auto alice = Ask(store->FindCustomer(kAlice));
  REQUIRE(alice.has_value());
  CHECK(alice->polar_customer_id == "polar-3");
  CHECK(alice->name == ACustomer(kAlice, "").name);
  CHECK_FALSE(alice->is_team);
  const auto acme = Ask(store->FindCustomer(kAcme));
  REQUIRE(acme.has_value());
  CHECK(acme->is_team);
  CHECK(acme->email.empty());
  CHECK_FALSE(Ask(store->FindCustomer({Subject::Kind::kUser, kAcme.id})).has_value());
}

TEST_CASE("a customer that Polar has deleted is no longer found; older news of it changes nothing") {
  const auto store = OpenStore();
  Ask(store->SaveCustomer(ACustomer(kAlice, "polar-1"), kNow));
  const auto tell = [&](CustomerFact fact) {
    std::vector<WebhookOutcome> outcomes(1);
    outcomes[0].facts.customers.push_back(std::move(fact));
    Ask(store->FinishWebhooks(std::move(outcomes), kNow));
  };

  tell({"polar-1", "new@example.com", "New", false, kNow.PlusSeconds(5)});
  tell({"polar-1", "old@example.com", "Old", false, kNow});
  CHECK(Ask(store->FindCustomer(kAlice))->email == "new@example.com");

  tell({"polar-1", "new@example.com", "New", true, kNow.PlusSeconds(6)});
  CHECK_FALSE(Ask(store->FindCustomer(kAlice)).has_value());
}

TEST_CASE("an idempotency key is claimed once, answers afterwards, and is free again when released or a day old") {
  const auto store = OpenStore();
  const IdempotencyRow claim{kAlice.id, "key", "digest", ""};

  CHECK_FALSE(Ask(store->ClaimIdempotencyKey(claim, kNow)).has_value());
  auto second = Ask(store->ClaimIdempotencyKey({kAlice.id, "key", "other", ""}, kNow));
  REQUIRE(second.has_value());
  CHECK(second->request_digest == "digest");
  CHECK(second->answer.empty());
  CHECK_FALSE(Ask(store->ClaimIdempotencyKey({"another", "key", "digest", ""}, kNow)).has_value());

  Ask(store->ReleaseIdempotencyKey(claim));
  CHECK_FALSE(Ask(store->ClaimIdempotencyKey(claim, kNow)).has_value());
  Ask(store->SaveCheckout(ACheckout("checkout-1"), IdempotencyRow{kAlice.id, "key", "digest", "{\"url\":1}"}, kNow));
  Ask(store->ReleaseIdempotencyKey(claim));
  CHECK(Ask(store->ClaimIdempotencyKey(claim, kNow.PlusSeconds(86'399)))->answer == "{\"url\":1}");
  CHECK_FALSE(Ask(store->ClaimIdempotencyKey(claim, kNow.PlusSeconds(86'401))).has_value());
}

TEST_CASE("a checkout that cannot be stored leaves no answer under its key") {
  const auto store = OpenStore();
  Ask(store->SaveCheckout(ACheckout("checkout-1"), std::nullopt, kNow));
  const IdempotencyRow claim{kAlice.id, "key", "digest", ""};
  CHECK_FALSE(Ask(store->ClaimIdempotencyKey(claim, kNow)).has_value());

  const Status again =
      Await(store->SaveCheckout(ACheckout("checkout-1"), IdempotencyRow{kAlice.id, "key", "digest", "{}"}, kNow));

  REQUIRE_FALSE(again.ok());
  CHECK(again.error().code == ErrorCode::kStoreFailed);
  CHECK(Ask(store->ClaimIdempotencyKey(claim, kNow))->answer.empty());
  CHECK(Await(store->IsReady()));
}

TEST_CASE("a store that is asked whether it is ready writes a row that is new each time") {
  const auto store = OpenStore();

  CHECK(Await(store->IsReady()));
  CHECK(Ask(store->FindProgress("readiness")) == "1");
  CHECK(Await(store->IsReady()));
  CHECK(Ask(store->FindProgress("readiness")) == "2");
}

TEST_CASE("a delivery is stored once, is due until it is processed, and a failed one when its time has come") {
  const auto store = OpenStore();
  CHECK(Ask(store->AddWebhook(Webhook("msg-1"), kNow)));
  CHECK_FALSE(Ask(store->AddWebhook(Webhook("msg-1"), kNow)));
  CHECK(Ask(store->AddWebhook(Webhook("msg-2"), kNow)));
  CHECK(Ask(store->AddWebhook(
      {.source = WebhookSource::kPlinto, .event_id = "msg-1", .event_type = "user.created", .payload = "{}"}, kNow)));
  CHECK(NextWebhookDue(*store, kNow) == std::optional(kNow));

  const auto due = DueWebhooks(*store, kNow, 10);
  REQUIRE(due.size() == 3);
  CHECK(due[0].event_id == "msg-1");
  CHECK(due[0].payload == "{\"a\": 1}");
  CHECK(due[2].source == WebhookSource::kPlinto);
  Ask(store->FinishWebhooks({{.row = due[0].row},
                             {.row = due[1].row, .error = "failed", .retry_at = kNow.PlusSeconds(5)},
                             {.row = due[2].row, .error = "parked"}},
                            kNow));

  CHECK(DueWebhooks(*store, kNow, 10).empty());
  CHECK(NextWebhookDue(*store, kNow) == std::optional(kNow.PlusSeconds(5)));
  const auto later = DueWebhooks(*store, kNow.PlusSeconds(5), 10);
  REQUIRE(later.size() == 1);
  CHECK(later[0].row == due[1].row);
  CHECK(later[0].attempts == 1);
}

TEST_CASE("a subject's usage event is stored once; another subject may use the same id") {
  const auto store = OpenStore();
  const UsageRow first = Ask(store->AddUsage(Usage(kAcme, "e-1")));
  UsageRow changed = Usage(kAcme, "e-1");
  changed.quantity = 2;

  const UsageRow again = Ask(store->AddUsage(changed));

  CHECK(again.row == first.row);
  CHECK(again.quantity == 9'007'199'254'740'993);
  CHECK(again.properties == "{\"k\":\"v\"}");
  CHECK(Ask(store->AddUsage(Usage(kAlice, "e-1"))).row != first.row);
}

TEST_CASE("usage is due until it is reported, parked, or delayed") {
  const auto store = OpenStore();
  for (const char* id : {"e-1", "e-2", "e-3"}) Ask(store->AddUsage(Usage(kAlice, id)));
  const auto due = DueUsage(*store, kNow, 10);
  REQUIRE(due.size() == 3);
  CHECK(due[0].subject == kAlice);

  Ask(store->MarkUsageReported({due[0].row}, kNow));
  Ask(store->MarkUsageFailed({due[1].row}, "refused", std::nullopt, kNow));
  Ask(store->MarkUsageFailed({due[2].row}, "busy", kNow.PlusSeconds(9), kNow));

  CHECK(DueUsage(*store, kNow, 10).empty());
  CHECK(Ask(store->NextUsageDue(kNow)) == std::optional(kNow.PlusSeconds(9)));
  const auto later = DueUsage(*store, kNow.PlusSeconds(9), 10);
  REQUIRE(later.size() == 1);
  CHECK(later[0].external_id == "e-3");
  CHECK(later[0].attempts == 1);
  CHECK(Ask(store->AddUsage(Usage(kAlice, "e-1"))).reported);
}

TEST_CASE("at most so many rows are due as are asked for, oldest first") {
  const auto store = OpenStore();
  for (int i = 0; i < 5; ++i) Ask(store->AddUsage(Usage(kAlice, "e-" + std::to_string(i))));

  const auto due = DueUsage(*store, kNow, 2);

  REQUIRE(due.size() == 2);
  CHECK(due[0].external_id == "e-0");
  CHECK(due[1].external_id == "e-1");
}
