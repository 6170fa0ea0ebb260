// What is known of a subject, on both engines: the state folded from facts, lists in pages, erasing.
#include <algorithm>

#include "../awaiting.h"
#include "../due.h"
#include "engines.h"
#include "people.h"
#include "server/store/sql/sql_store.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

std::unique_ptr<Database> OpenEither() { return OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres)); }

BillingFact Fact(std::string owner, std::string type, std::int64_t second, const std::string& data) {
  const Result<Json> json = ParseJson(data);
  REQUIRE(json.ok());
  BillingFact fact{.customer_id = std::move(owner)};
  REQUIRE(ApplyEvent(fact, {std::move(type), kNow.PlusSeconds(second), *json}).ok());
  return fact;
}

// Of a subscription with seats, a refunded purchase and a grant; each object told of twice.
std::vector<BillingFact> SomeFacts() {
  const auto of_customer = [](const std::string& more) {
    return R"({"customer_id":")" + kCustomer + "\"," + more + "}";
  };
  const std::string subscription =
      of_customer(R"("product_id":"p","current_period_start":"2026-01-01T00:00:00Z","current_period_end":)"
                  R"("2026-02-01T00:00:00Z","cancel_at_period_end":false,"seats":3,"status":"active","id":")" +
                  kSubscription + "\"");
  std::string canceled = subscription;
  canceled.replace(canceled.find("active"), 6, "canceled");
  const std::string order = R"("id":"order-1","created_at":"2026-01-01T00:00:00Z","product_id":"p","status":)";
  const std::string refund = R"("id":"refund-1","order_id":"order-1","revoke_benefits":true,"status":)";
  const std::string grant = R"("id":"grant-1","benefit_id":"b","is_granted":)";
  const std::string seat = R"({"id":"seat-1","subscription_id":")" + kSubscription + R"(","status":)";
  return {Fact(kCustomer, "subscription.created", 1, subscription),
          Fact(kCustomer, "subscription.canceled", 1, canceled),
          Fact(kCustomer, "order.paid", 2, of_customer(order + R"("paid")")),
          Fact(kCustomer, "order.refunded", 9, of_customer(order + R"("refunded")")),
          Fact(kCustomer, "refund.created", 8, of_customer(refund + R"("pending")")),
          Fact(kCustomer, "refund.updated", 9, of_customer(refund + R"("succeeded")")),
          Fact(kCustomer, "benefit_grant.created", 3, of_customer(grant + R"(true,"is_revoked":false)")),
          Fact(kCustomer, "benefit_grant.revoked", 9, of_customer(grant + R"(false,"is_revoked":true)")),
          Fact(kSubscription, "customer_seat.assigned", 4, seat + R"("pending"})"),
          Fact(kSubscription, "customer_seat.claimed", 5, seat + R"("claimed"})")};
}

std::vector<BillingFact> RenewalAndCheckout(int number) {
  const std::string of_customer = R"({"customer_id":")" + kCustomer + R"(","id":")";
  const std::string id = std::to_string(number);
  const std::string renewal = of_customer + "renewal-" + id +
                              R"(","created_at":"2026-01-01T00:00:00Z","product_id":"p","status":"paid",)" +
                              R"("subscription_id":")" + kSubscription + "\"}";
  return {Fact(kCustomer, "order.paid", number, renewal),
          Fact(kCustomer, "checkout.updated", number, of_customer + "checkout-" + id + R"(","status":"expired"})")};
}

SubscriptionFact ASubscription(int number, const std::string& status) {
  Subscription one;
  one.id = "50000000-0000-4000-8000-" + std::to_string(100'000'000'000 + number);
  one.customer_id = kCustomer;
  one.product_id = "d0000000-0000-4000-8000-000000000001";
  one.status = OpenEnum<SubscriptionStatus>(status);
  one.started_at = kNow.PlusSeconds(number / 2);
  return {one, kNow, DumpJson(Encode(one)), "pro"};
}

}  // namespace

TEST_CASE("facts of a customer are folded as the core folds them, in whatever order they are stored, seats first too") {
  const auto database = OpenEither();
  BillingState expected{.customer_id = kCustomer};
  for (BillingFact fact : SomeFacts()) {
    fact.customer_id = kCustomer;  // seats are told of their subscription, and read with its customer
    REQUIRE(Merge(expected, std::move(fact)));
  }
  for (unsigned seed = 0; seed < 4; ++seed) {
    const auto store = database->ForTenant("tenant-" + std::to_string(seed));
    Ask(store->SaveCustomer({kAlice, kCustomer, "", "", false}, kNow));
    std::vector<BillingFact> facts = SomeFacts();
    for (std::size_t i = facts.size() - 1; i > 0 && seed > 0; --i)
      std::swap(facts[i], facts[(i * 7 + seed * 13) % (i + 1)]);
    if (seed == 1) std::reverse(facts.begin(), facts.end());
    for (std::size_t i = 0; i < facts.size(); ++i) {
      Facts some;
      some.billing = {facts[i], facts[i / 2]};
      Ask(store->ApplyFacts(std::move(some), kNow));
    }

    const SubjectState known = Ask(store->ReadSubject(kAlice));
    CHECK(DumpJson(Encode(known.state)) == DumpJson(Encode(expected)));
    CHECK_FALSE(known.customer->is_mirrored);
  }
}

TEST_CASE("what is read to decide on a customer does not grow with each renewal and each checkout") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("acme");
  Ask(store->SaveCustomer({kAlice, kCustomer, "", "", false}, kNow));
  for (int i = 0; i < 50; ++i) {
    Facts facts;
    facts.billing = RenewalAndCheckout(i);
    Ask(store->ApplyFacts(std::move(facts), kNow));
  }
  Facts bought;
  bought.billing = SomeFacts();
  Ask(store->ApplyFacts(std::move(bought), kNow));

  const BillingState state = Ask(store->ReadSubject(kAlice)).state;
  CHECK(state.orders.size() == 1);
  CHECK(state.checkouts.empty());
  CHECK(state.subscriptions.size() == 1);
}

TEST_CASE("a customer's state is read and written once, however many facts of theirs come at the same time") {
  const auto runner = OpenRunner(SqlEngine::kSqlite);
  for (const char* sql : {"CREATE TABLE written (owner TEXT)",
                          "CREATE TRIGGER inserted AFTER INSERT ON polar_billing_states BEGIN INSERT INTO written "
                          "VALUES (NEW.owner); END",
                          "CREATE TRIGGER updated AFTER UPDATE ON polar_billing_states BEGIN INSERT INTO written "
                          "VALUES (NEW.owner); END"}) {
    static_cast<void>(RowsOf(*runner, sql));
  }
  Facts facts;
  facts.billing = SomeFacts();

  Ask(SqlStore(runner, "one").FillMirror(kCustomer, std::move(facts), kNow));

  CHECK(RowsOf(*runner, "SELECT owner FROM written ORDER BY owner") == std::vector{kSubscription, kCustomer});
}

TEST_CASE("a customer is mirrored once it was filled, and no longer when it is another at Polar") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("acme");
  CHECK_FALSE(Ask(store->ReadSubject(kAlice)).customer.has_value());
  Ask(store->SaveCustomer({kAlice, kCustomer, "", "", false}, kNow));

  Facts facts;
  facts.billing = SomeFacts();
  Ask(store->FillMirror(kCustomer, facts, kNow));
  CHECK(Ask(store->ReadSubject(kAlice)).customer->is_mirrored);
  Ask(store->SaveCustomer({kAlice, kCustomer, "new@example.com", "", false}, kNow));
  CHECK(Ask(store->ReadSubject(kAlice)).customer->is_mirrored);
  Ask(store->SaveCustomer({kAlice, "another", "", "", false}, kNow));
  CHECK_FALSE(Ask(store->ReadSubject(kAlice)).customer->is_mirrored);
  CHECK(Ask(store->ReadSubject(kAlice)).state.orders.empty());
  Ask(store->SaveCustomer({kAlice, "made just now", "", "", false, true}, kNow));
  CHECK(Ask(store->ReadSubject(kAlice)).customer->is_mirrored);
}

TEST_CASE("a customer that Polar has deleted is still read as such; told of both at once, deleted it is") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("acme");
  Ask(store->SaveCustomer({kAlice, kCustomer, "", "", false}, kNow));
  Facts facts;
  facts.customers.push_back({kCustomer, "", "", true, kNow});
  facts.customers.push_back({kCustomer, "", "", false, kNow});
  Ask(store->ApplyFacts(std::move(facts), kNow));

  CHECK_FALSE(Ask(store->FindCustomer(kAlice)).has_value());
  CHECK(Ask(store->ReadSubject(kAlice)).is_deleted);
}

TEST_CASE("subscriptions are listed from the newest on, page by page, with their tier kept beside them") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("acme");
  Facts facts;
  for (int i = 0; i < 25; ++i) facts.subscriptions.push_back(ASubscription(i, i % 5 == 0 ? "canceled" : "active"));
  Ask(store->ApplyFacts(std::move(facts), kNow));

  PageQuery query{.limit = 10};
  std::vector<std::string> seen;
  for (bool more = true; more;) {
    const auto page = Ask(store->ListSubscriptions(kCustomer, query));
    more = page.size() > 10;
    for (std::size_t i = 0; i < std::min<std::size_t>(page.size(), 10); ++i) seen.push_back(page[i].item.id);
    if (more) query.after = page[9].place;
  }
  REQUIRE(seen.size() == 25);
  CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
  CHECK(Ask(store->ListSubscriptions(kCustomer, {.limit = 100, .active = true})).size() == 20);
  CHECK(Ask(store->ListSubscriptions("another", {.limit = 100})).empty());
}

TEST_CASE("a subject is erased in its tenant only, and nothing of its customer is taken until it is known again") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("acme");
  const auto other = database->ForTenant("other");
  for (const auto& one : {store.get(), other.get()}) {
    Ask(one->SaveCustomer({kAlice, kCustomer, "a@example.com", "Alice", false}, kNow));
    Facts facts;
    facts.subscriptions.push_back(ASubscription(1, "active"));
    facts.billing = SomeFacts();
    Ask(one->ApplyFacts(std::move(facts), kNow));
    UsageRow usage{.subject = kAlice, .external_id = "e-1", .event_name = "x", .properties = "{}", .created_at = kNow};
    Ask(one->AddUsage(usage));
    usage.external_id = "e-2";
    usage.subject = kAcme;
    Ask(one->AddUsage(usage));
  }

  const Erasure erased = Ask(store->EraseSubject(kAlice, kNow));
  CHECK(erased.customers == 1);
  CHECK(erased.subscriptions == 1);
  CHECK(erased.usage_events == 0);
  CHECK(erased.usage_events_waiting == 1);
  const auto news = [&] {
    Facts facts;
    facts.subscriptions.push_back(ASubscription(2, "active"));
    facts.billing = {SomeFacts().front()};
    Ask(store->ApplyFacts(std::move(facts), kNow));
  };
  news();
  CHECK(Ask(store->ReadSnapshots(kCustomer)).subscriptions.empty());
  CHECK(Ask(other->ReadSnapshots(kCustomer)).subscriptions.size() == 1);
  CHECK(Ask(other->ReadSubject(kAlice)).state.orders.size() == 1);

  Ask(store->SaveCustomer({kAlice, kCustomer, "a@example.com", "Alice", false}, kNow));
  CHECK(Ask(store->ReadSubject(kAlice)).state.orders.empty());
  news();
  CHECK(Ask(store->ReadSnapshots(kCustomer)).subscriptions.size() == 1);
}

TEST_CASE("usage of an erased subject is gone as soon as it is reported; that of others stays") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("acme");
  UsageRow usage{.subject = kAlice, .external_id = "e-1", .event_name = "x", .properties = "{}", .created_at = kNow};
  Ask(store->AddUsage(usage));
  usage.subject = kAcme;
  Ask(store->AddUsage(usage));
  Ask(store->EraseSubject(kAlice, kNow));

  std::vector<std::int64_t> rows;
  for (const UsageRow& due : DueUsage(*store, kNow, 10)) rows.push_back(due.row);
  REQUIRE(rows.size() == 2);
  Ask(store->MarkUsageReported(rows, kNow));

  usage.subject = kAlice;
  CHECK_FALSE(Ask(store->AddUsage(usage)).reported);  // no row of this subject was left
  usage.subject = kAcme;
  CHECK(Ask(store->AddUsage(usage)).reported);
}

TEST_CASE("usage that Polar has refused for good cannot be billed: it is erased at once, or when it is refused") {
  const auto runner = OpenRunner(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  SqlStore store(runner, "acme");
  const auto rows = [&] { return RowsOf(*runner, "SELECT external_id FROM polar_usage_events ORDER BY id").size(); };
  UsageRow usage{.subject = kAlice, .external_id = "e-1", .event_name = "x", .properties = "{}", .created_at = kNow};
  const std::int64_t refused = Ask(store.AddUsage(usage)).row;
  Ask(store.MarkUsageFailed({refused}, "no", std::nullopt, kNow));
  usage.external_id = "e-2";
  const std::int64_t waiting = Ask(store.AddUsage(usage)).row;

  const Erasure erased = Ask(store.EraseSubject(kAlice, kNow));
  CHECK(erased.usage_events == 1);
  CHECK(erased.usage_events_waiting == 1);
  CHECK(rows() == 1);
  Ask(store.MarkUsageFailed({waiting}, "later", kNow.PlusSeconds(1), kNow));
  CHECK(rows() == 1);
  Ask(store.MarkUsageFailed({waiting}, "no", std::nullopt, kNow));
  CHECK(rows() == 0);
}

TEST_CASE("deliveries that were about an erased customer are still known by their ids, and others still due") {
  const auto database = OpenEither();
  const auto store = database->ForTenant("acme");
  Ask(store->SaveCustomer({kAlice, kCustomer, "", "", false}, kNow));
  WebhookRow row{.source = WebhookSource::kPolar, .event_id = "m-1", .event_type = "order.paid", .payload = "{}"};
  REQUIRE(Ask(store->AddWebhook(row, kNow)));
  std::vector<WebhookOutcome> outcomes(1);
  outcomes[0].row = DueWebhooks(*store, kNow, 1).front().row;
  outcomes[0].about = kCustomer;
  Ask(store->FinishWebhooks(std::move(outcomes), kNow));
  row.event_id = "m-2";
  REQUIRE(Ask(store->AddWebhook(row, kNow)));

  Ask(store->EraseSubject(kAlice, kNow));

  CHECK_FALSE(Ask(store->AddWebhook({.event_id = "m-1", .event_type = "order.paid", .payload = "{}"}, kNow)));
  CHECK(DueWebhooks(*store, kNow.PlusSeconds(120), 10).size() == 1);
}
