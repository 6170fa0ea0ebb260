// Whom a customer is at Conekta and from where they buy, and Conekta's deliveries in the inbox, on both engines.
#include "../awaiting.h"
#include "../due.h"
#include "core/foundation/codec.h"
#include "engines.h"
#include "people.h"

using namespace plinto::polar;
using namespace plinto::polar::server;
using namespace plinto::polar::server::testing;

namespace {

std::unique_ptr<Store> OpenStore() {
  return OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres))->ForTenant("acme");
}

WebhookRow Delivery(WebhookSource source, const std::string& id) {
  return {.source = source, .event_id = id, .event_type = "order.paid", .payload = "{\"id\": \"" + id + "\"}"};
}

}  // namespace

TEST_CASE("a customer's country and customer at Conekta are kept, and found again") {
  const auto store = OpenStore();
  Ask(store->SaveCustomer({kAcme, "polar-1", "a@acme.mx", "Acme", true}, kNow));
  CHECK(Ask(store->FindCustomer(kAcme))->country.empty());
  CHECK(Ask(store->FindCustomer(kAcme))->conekta_customer_id.empty());

  CHECK(Ask(store->SetCountry("polar-1", "MX")));
  CHECK(Ask(store->SetConektaCustomer("polar-1", "cus_1")) == "cus_1");

  for (const auto& known :
       {Ask(store->FindCustomer(kAcme)), Ask(store->FindConektaCustomer("cus_1")),
        Ask(store->ReadSubject(kAcme)).customer, Ask(store->ReadAdmission(kAlice.id, kAcme)).customer}) {
    REQUIRE(known.has_value());
    CHECK(known->subject == kAcme);
    CHECK(known->polar_customer_id == "polar-1");
    CHECK(known->email == "a@acme.mx");
    CHECK(known->is_team);
    CHECK(known->country == "MX");
    CHECK(known->conekta_customer_id == "cus_1");
  }
  CHECK(Ask(store->SetCountry("polar-1", "DE")));
  CHECK(Ask(store->FindCustomer(kAcme))->country == "DE");
}

TEST_CASE("the first customer at Conekta stays, and belongs to one customer alone") {
  const auto store = OpenStore();
  Ask(store->SaveCustomer({kAcme, "polar-1", "", "Acme", true}, kNow));
  Ask(store->SaveCustomer({kAlice, "polar-2", "", "Alice", false}, kNow));

  CHECK(Ask(store->SetConektaCustomer("polar-1", "cus_1")) == "cus_1");
  CHECK(Ask(store->SetConektaCustomer("polar-1", "cus_2")) == "cus_1");
  CHECK(Ask(store->SetConektaCustomer("polar-2", "cus_1")).empty());
  CHECK(Ask(store->SetConektaCustomer("nobody", "cus_3")).empty());
  CHECK_FALSE(Ask(store->SetCountry("nobody", "MX")));

  CHECK(Ask(store->FindConektaCustomer("cus_1"))->subject == kAcme);
  CHECK_FALSE(Ask(store->FindConektaCustomer("cus_2")).has_value());
  CHECK(Ask(store->FindCustomer(kAlice))->conekta_customer_id.empty());

  // Until Conekta does not have them any more. Whoever is late forgets nobody else.
  Ask(store->ForgetConektaCustomer("polar-1", "cus_2"));
  CHECK(Ask(store->FindCustomer(kAcme))->conekta_customer_id == "cus_1");
  Ask(store->ForgetConektaCustomer("polar-1", "cus_1"));
  CHECK_FALSE(Ask(store->FindConektaCustomer("cus_1")).has_value());
  CHECK(Ask(store->SetConektaCustomer("polar-1", "cus_2")) == "cus_2");
}

TEST_CASE("a user is found by their customer at Conekta; who is erased is not") {
  const auto store = OpenStore();
  Ask(store->SaveCustomer({kAlice, "polar-2", "", "Alice", false}, kNow));
  Ask(store->SetConektaCustomer("polar-2", "cus_1"));
  CHECK(Ask(store->FindConektaCustomer("cus_1"))->subject == kAlice);

  Ask(store->EraseSubject(kAlice, kNow));

  CHECK_FALSE(Ask(store->FindConektaCustomer("cus_1")).has_value());
  CHECK(Ask(store->SetConektaCustomer("polar-2", "cus_1")).empty());
}

TEST_CASE("what is kept of a customer stays when they are saved again, also with another customer at Polar") {
  const auto store = OpenStore();
  Ask(store->SaveCustomer({kAcme, "polar-1", "", "Acme", true}, kNow));
  Ask(store->SetCountry("polar-1", "MX"));
  Ask(store->SetConektaCustomer("polar-1", "cus_1"));

  Ask(store->SaveCustomer({kAcme, "polar-9", "", "Acme", true}, kNow.PlusSeconds(1)));

  const auto known = Ask(store->FindConektaCustomer("cus_1"));
  REQUIRE(known.has_value());
  CHECK(known->polar_customer_id == "polar-9");
  CHECK(known->country == "MX");
}

TEST_CASE("deliveries of Conekta wait in a queue of their own, once each") {
  const auto store = OpenStore();
  CHECK(Ask(store->AddWebhook(Delivery(WebhookSource::kPolar, "1"), kNow)));
  CHECK(Ask(store->AddWebhook(Delivery(WebhookSource::kConekta, "1"), kNow)));
  CHECK_FALSE(Ask(store->AddWebhook(Delivery(WebhookSource::kConekta, "1"), kNow)));
  CHECK(Ask(store->NextWebhookDue(WebhookSource::kConekta, kNow)) == kNow);

  const auto claimed = Ask(store->ClaimEvent(WebhookSource::kConekta, "claim", kNow));
  REQUIRE(claimed.has_value());
  CHECK(claimed->source == WebhookSource::kConekta);
  CHECK(claimed->payload == "{\"id\": \"1\"}");
  CHECK_FALSE(Ask(store->ClaimEvent(WebhookSource::kPlinto, "plinto", kNow)).has_value());
  CHECK(Ask(store->ClaimWebhooks("polar", kNow, 10)).size() == 1);

  const Timestamp later = kNow.PlusSeconds(30);
  Ask(store->FinishWebhooks({{.row = claimed->row, .error = "away", .retry_at = later, .claim = claimed->claim}},
                            kNow));
  CHECK_FALSE(Ask(store->ClaimEvent(WebhookSource::kConekta, "claim", kNow)).has_value());
  CHECK(Ask(store->NextWebhookDue(WebhookSource::kConekta, kNow)) == later);
  const auto again = Ask(store->ClaimEvent(WebhookSource::kConekta, "again", later));
  REQUIRE(again.has_value());
  CHECK(again->attempts == 1);

  Ask(store->FinishWebhooks({{.row = again->row, .error = "given up", .claim = again->claim}}, later));
  const auto parked = Ask(store->ListParkedWebhooks(10));
  REQUIRE(parked.size() == 1);
  CHECK(parked[0].source == WebhookSource::kConekta);
  CHECK(Ask(store->ReplayWebhooks("1", later)) >= 1);
  CHECK(Ask(store->ClaimEvent(WebhookSource::kConekta, "once more", later)).has_value());
}

TEST_CASE("of two deliveries about one customer at Conekta one is worked off at a time") {
  const auto store = OpenStore();
  for (const char* id : {"1", "2"}) {
    WebhookRow row = Delivery(WebhookSource::kConekta, id);
    row.about = "cus_1";
    Ask(store->AddWebhook(row, kNow));
  }
  WebhookRow other = Delivery(WebhookSource::kConekta, "3");
  other.about = "cus_2";
  Ask(store->AddWebhook(other, kNow));

  const auto first = Ask(store->ClaimEvent(WebhookSource::kConekta, "a", kNow));
  const auto next = Ask(store->ClaimEvent(WebhookSource::kConekta, "b", kNow));

  REQUIRE(first.has_value());
  REQUIRE(next.has_value());
  CHECK(first->event_id == "1");
  CHECK(next->event_id == "3");
  CHECK_FALSE(Ask(store->ClaimEvent(WebhookSource::kConekta, "c", kNow)).has_value());
  Ask(store->FinishWebhooks({{.row = first->row, .claim = first->claim}}, kNow));
  CHECK(Ask(store->ClaimEvent(WebhookSource::kConekta, "d", kNow))->event_id == "2");
}

TEST_CASE("it is known what the mirror holds of a customer at Conekta, and how new that is") {
  const auto store = OpenStore();
  Ask(store->SaveCustomer({kAcme, "polar-1", "", "Acme", true}, kNow));
  const auto tell = [&](const std::string& id, OrderStatus status, Timestamp at) {
    Order order;
    order.id = id;
    order.status = status;
    order.customer_id = "polar-1";
    order.created_at = at;
    Facts facts;
    facts.orders.push_back({order, at, DumpJson(Encode(order))});
    Ask(store->ApplyFacts(facts, at));
  };
  tell("ord_1", OrderStatus::kPaid, kNow.PlusSeconds(10));
  CHECK(Ask(store->ReadConektaLink("polar-1")).conekta_customer_id.empty());
  CHECK_FALSE(Ask(store->ReadConektaLink("polar-1")).newest_fact.has_value());
  Ask(store->SetConektaCustomer("polar-1", "cus_1"));

  tell("ord_2", OrderStatus::kPending, kNow.PlusSeconds(20));
  tell("ord_3", OrderStatus::kVoid, kNow.PlusSeconds(30));
  tell("5b2f0d3e-0000-4000-8000-000000000001", OrderStatus::kPaid, kNow.PlusSeconds(90));

  const ConektaLink link = Ask(store->ReadConektaLink("polar-1"));
  CHECK(link.conekta_customer_id == "cus_1");
  CHECK(link.newest_fact == kNow.PlusSeconds(30));
  CHECK(link.order_ids == std::vector<std::string>{"ord_2", "ord_1"});
}

TEST_CASE(
    "what runs at Conekta of somebody deleted at Polar is canceled, and is theirs again when they are made anew") {
  const auto store = OpenStore();
  const std::string first = "0a1b2c3d-0000-4000-8000-000000000001";
  const std::string second = "0a1b2c3d-0000-4000-8000-000000000002";
  Ask(store->SaveCustomer({kAcme, first, "", "Acme", true, true}, kNow));
  Ask(store->SetConektaCustomer(first, "cus_1"));
  const Timestamp end = kNow.PlusSeconds(2'592'000);
  std::string customer = first;
  const auto tell = [&](const std::string& id, SubscriptionStatus status, std::int64_t at) {
    Subscription one;
    one.id = id;
    one.status = status;
    one.customer_id = customer;
    one.product_id = "product";
    one.currency = "mxn";
    one.recurring_interval = RecurringInterval::kMonth;
    one.current_period_start = kNow;
    one.current_period_end = end;
    Facts facts;
    facts.subscriptions.push_back({one, kNow.PlusSeconds(at), DumpJson(Encode(one))});
    Ask(store->ApplyFacts(facts, kNow.PlusSeconds(at)));
  };
  const auto deleted = [&](std::int64_t at, bool is_missing) {
    Facts facts;
    facts.customers.push_back({first, "", "", true, kNow.PlusSeconds(at), is_missing});
    Ask(store->ApplyFacts(facts, kNow.PlusSeconds(at)));
  };
  tell("sub_1", SubscriptionStatus::kActive, 1);
  tell("sub_2", SubscriptionStatus::kCanceled, 1);
  tell("5b2f0d3e-0000-4000-8000-000000000001", SubscriptionStatus::kActive, 1);

  deleted(10, true);
  CHECK(Ask(store->FindConektaCustomer("cus_1"))->polar_customer_id == first);
  tell("sub_1", SubscriptionStatus::kActive, 11);
  CHECK_FALSE(Ask(store->FindCancellation("sub_1")).has_value());

  deleted(20, false);
  const auto kept = Ask(store->FindCancellation("sub_1"));
  REQUIRE(kept.has_value());
  CHECK(kept->cancel_at == end);
  CHECK(kept->canceled_at == kNow.PlusSeconds(20));
  CHECK(kept->conekta_customer_id == "cus_1");
  CHECK_FALSE(Ask(store->FindCancellation("sub_2")).has_value());
  // A later word that Polar merely does not have them takes nothing back, and nothing is begun twice.
  deleted(30, true);
  tell("sub_1", SubscriptionStatus::kActive, 31);
  tell("sub_3", SubscriptionStatus::kTrialing, 31);
  CHECK(Ask(store->FindCancellation("sub_1"))->canceled_at == kNow.PlusSeconds(20));
  CHECK(Ask(store->FindCancellation("sub_3"))->canceled_at == kNow.PlusSeconds(31));

  Ask(store->SaveCustomer({kAcme, second, "", "Acme", true, true}, kNow.PlusSeconds(40)));

  CHECK(Ask(store->FindConektaCustomer("cus_1"))->polar_customer_id == second);
  CHECK_FALSE(Ask(store->ReadSubject(kAcme)).customer->is_mirrored);
  CHECK(Ask(store->ReadSnapshots(second)).subscriptions.size() == 3);
  CHECK(Ask(store->ReadSnapshots(first)).subscriptions.size() == 1);
  CHECK(Ask(store->FindCancellation("sub_1"))->polar_customer_id == second);
  // One that was on its way for the first: the next reading gives it to the second.
  tell("sub_4", SubscriptionStatus::kActive, 41);
  CHECK(Ask(store->ReadSnapshots(second)).subscriptions.size() == 3);
  customer = second;
  tell("sub_4", SubscriptionStatus::kActive, 42);
  CHECK(Ask(store->ReadSnapshots(second)).subscriptions.size() == 4);
}

TEST_CASE("Polar's list of active subscriptions says nothing of one at Conekta") {
  const auto database = OpenEmpty(GENERATE(SqlEngine::kSqlite, SqlEngine::kPostgres));
  const auto store = database->ForTenant("acme");
  const auto reconciles = database->ReconcileStoreOf("acme");
  const auto told = [&](const std::string& id) {
    Subscription subscription;
    subscription.id = id;
    subscription.status = SubscriptionStatus::kActive;
    subscription.customer_id = "polar-1";
    subscription.product_id = "product";
    subscription.current_period_start = kNow;
    subscription.current_period_end = kNow.PlusSeconds(2'592'000);
    Facts facts;
    facts.subscriptions.push_back({subscription, kNow, DumpJson(Encode(subscription))});
    return facts;
  };
  const auto is_due_after_empty_state = [&](Timestamp at) {
    Facts state;
    state.active.push_back({"polar-1", at, {}});
    Ask(store->ApplyFacts(state, at));
    return !Ask(reconciles->DueCustomers(at, 10)).empty();
  };
  Ask(store->SaveCustomer({kAcme, "polar-1", "", "Acme", true, true}, kNow));

  Ask(store->ApplyFacts(told("sub_2xEMU0001"), kNow));
  CHECK_FALSE(is_due_after_empty_state(kNow.PlusSeconds(60)));
  Ask(store->ApplyFacts(told("5b2f0d3e-0000-4000-8000-000000000001"), kNow));
  CHECK(is_due_after_empty_state(kNow.PlusSeconds(120)));
}
