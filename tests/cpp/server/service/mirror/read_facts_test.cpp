// A delivery that is read in one pass tells what its tree tells, or is left to the tree: whatever Polar, or whoever has
// the secret, sends.

#include "../../../json_mutations.h"
#include "core/webhook/envelope.h"
#include "server/service/mirror/facts.h"
#include "server/service/storable.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

const std::vector<Plan> kPlans = {
    {.slug = "pro", .product_id = "e4ab4e3b-1493-45a9-87b4-e51cdefbaa10", .tier = "gold"}};

std::string EventOf(const std::string& type, const std::string& data) {
  return R"({"type":")" + type + R"(","timestamp":"2026-01-15T10:20:30.123456Z","data":)" + data + "}";
}

/// What the store keeps of facts, and all that it is told of access.
std::string TextOf(const Facts& facts) {
  Json all = EmptyArray();
  const auto add = [&](std::initializer_list<Json> values) {
    Json row = EmptyArray();
    for (const Json& value : values) row.push_back(value);
    all.push_back(row);
  };
  const auto time = [](const std::optional<Timestamp>& at) { return at ? Json(FormatTimestamp(*at)) : Json(); };
  const auto text = [](const std::optional<std::string>& one) { return one ? Json(*one) : Json(); };
  const auto number = [](const std::optional<std::int64_t>& one) { return one ? Json(*one) : Json(); };
  for (const auto& [one, at, content, tier] : facts.subscriptions) {
    add({one.id, one.customer_id, one.product_id, one.status.text(), time(one.current_period_start),
         time(one.current_period_end), one.cancel_at_period_end, time(one.canceled_at), time(one.ended_at),
         time(one.created_at), time(one.started_at), number(one.seats), time(at), content, text(tier)});
  }
  for (const auto& [one, at, content] : facts.orders) {
    add({one.id, one.customer_id, one.status.text(), time(one.created_at), text(one.subscription_id), number(one.seats),
         time(at), content});
  }
  for (const CheckoutFact& one : facts.checkouts) {
    add({one.polar_checkout_id, one.status, time(one.timestamp), text(one.product_id)});
  }
  for (const CustomerFact& one : facts.customers) {
    add({one.polar_customer_id, one.email, one.name, one.deleted, time(one.timestamp)});
  }
  for (const BillingFact& one : facts.billing) add({Encode(one)});
  for (const ActiveFact& one : facts.active) {
    add({one.polar_customer_id, time(one.timestamp)});
    for (const StateSubscription& subscription : one.subscriptions) add({Encode(subscription)});
  }
  return DumpJson(all);
}

/// Whether the delivery was read in one pass. Then it says what its tree says; else the tree has something to say of
/// it.
bool ReadsAlike(const std::string& body) {
  INFO(body);
  const std::optional<ReadFacts> read = ReadFactsOf(body, kPlans);
  const Result<WebhookEvent> event = ParseWebhookEvent(body);
  std::vector<std::string> unread;
  const Result<Facts> facts = event
                                  ? CollectFacts(*event, std::string(ReadWebhookEnvelope(body)->data), kPlans, &unread)
                                  : Result<Facts>(event.error());
  if (!read) {
    const bool has_escape = body.find('\\') != std::string::npos;
    CHECK((!facts.ok() || !unread.empty() || has_escape));
    return false;
  }
  REQUIRE(facts.ok());
  CHECK(unread.empty());
  CHECK_FALSE(FindNul(event->data));
  CHECK(read->event.type == event->type);
  CHECK(read->event.timestamp == event->timestamp);
  for (const char* owner : {"id", "customer_id"}) {
    const std::string* const whole = FindString(event->data, owner);
    const std::string* const picked = FindString(read->event.data, owner);
    REQUIRE((whole == nullptr) == (picked == nullptr));
    if (whole != nullptr) CHECK(*whole == *picked);
  }
  CHECK(TextOf(read->facts) == TextOf(*facts));
  return true;
}

/// One of each kind that says something of billing, with what Polar's schema says of it, and one of another kind.
std::vector<std::string> Deliveries() {
  Simulation simulation;
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
  std::vector<std::string> bodies;
  std::set<std::string> types;
  for (const HttpRequest& delivery : simulation.Collect()) {
    if (types.insert(ReadWebhookEnvelope(delivery.body)->type).second) bodies.push_back(delivery.body);
  }
  for (const char* type : {"subscription.active", "order.paid", "checkout.updated", "customer.created"}) {
    REQUIRE(types.contains(type));
  }
  const std::string customer = R"("customer_id":"3f524cdc-07a1-4d7c-8220-bdb049fe8dd4",)";
  bodies.push_back(EventOf("refund.updated", "{" + customer +
                                                 R"("id":"r","order_id":"o","status":"succeeded","amount":2900,)"
                                                 R"("revoke_benefits":true,"metadata":{"why":"x"},"dispute":null})"));
  bodies.push_back(
      EventOf("benefit_grant.created",
              "{" + customer +
                  R"("id":"g","benefit_id":"b","is_granted":true,"is_revoked":false,"subscription_id":null,)"
                  R"("order_id":"o","member_id":null,"granted_at":"2026-01-15T10:20:30Z","properties":{"a":[1]},)"
                  R"("benefit":{"id":"b","type":"feature_flag","description":"d","metadata":{"feature":"x"}}})"));
  bodies.push_back(
      EventOf("customer_seat.claimed",
              R"({"id":"s","status":"claimed","subscription_id":"u","order_id":null,"member_id":"m",)"
              R"("customer_id":"3f524cdc-07a1-4d7c-8220-bdb049fe8dd4","customer_email":"a@example.com"})"));
  bodies.push_back(EventOf(
      "customer.state_changed",
      R"({"id":"3f524cdc-07a1-4d7c-8220-bdb049fe8dd4","external_id":"a","email":"a@example.com",)"
      R"("deleted_at":null,"active_subscriptions":[{"id":"625e0f64-9de2-4800-8c3b-cf4c118ef79f",)"
      R"("status":"active","amount":2900,"currency":"usd","recurring_interval":"month",)"
      R"("current_period_start":"2026-01-15T10:20:30Z","current_period_end":"2026-02-15T10:20:30Z",)"
      R"("cancel_at_period_end":false,"canceled_at":null,"metadata":{"a":1},)"
      R"("product_id":"e4ab4e3b-1493-45a9-87b4-e51cdefbaa10","new":{"x":1.5}}],)"
      R"("granted_benefits":[{"id":"g","benefit_id":"b","benefit_type":"feature_flag","created_at":"x",)"
      R"("benefit_metadata":{"feature":"x"},"granted_at":"2026-01-15T10:20:30Z","properties":{}}],)"
      R"("active_meters":[{"id":"m","meter_id":"k","consumed_units":1.5,"credited_units":10,"balance":8.5}]})"));
  bodies.push_back(EventOf("member.created", "{" + customer + R"("id":"m","email":"a@example.com"})"));
  return bodies;
}

}  // namespace

TEST_CASE("a subscription that Polar tells of is read in one pass, and its bytes are kept as they came") {
  const std::string data =
      R"({ "created_at":"2026-01-15T10:20:30.123456Z", "id":"625e0f64-9de2-4800-8c3b-cf4c118ef79f","amount":2900,)"
      R"("currency":"usd","recurring_interval":"month","recurring_interval_count":1,"status":"active",)"
      R"("current_period_start":"2026-01-15T10:20:30.123456Z","current_period_end":"2026-02-15T10:20:30.123456Z",)"
      R"("trial_end":null,"cancel_at_period_end":true,"canceled_at":"2026-01-20T00:00:00Z","ends_at":null,)"
      R"("customer_id":"3f524cdc-07a1-4d7c-8220-bdb049fe8dd4","product_id":"e4ab4e3b-1493-45a9-87b4-e51cdefbaa10",)"
      R"("seats":3,"metadata":{"share":0.10},"of_tomorrow":[1.50] })";

  const auto read = ReadFactsOf(EventOf("subscription.canceled", data), kPlans);

  REQUIRE(read);
  REQUIRE(read->facts.subscriptions.size() == 1);
  const SubscriptionFact& fact = read->facts.subscriptions.front();
  CHECK(fact.content == data);
  CHECK(fact.tier == "gold");
  CHECK(FormatTimestamp(fact.timestamp) == "2026-01-15T10:20:30.123456Z");
  CHECK(fact.subscription.customer_id == "3f524cdc-07a1-4d7c-8220-bdb049fe8dd4");
  CHECK(fact.subscription.status == SubscriptionStatus::kActive);
  CHECK(fact.subscription.cancel_at_period_end);
  CHECK(FormatTimestamp(fact.subscription.current_period_end) == "2026-02-15T10:20:30.123456Z");
  REQUIRE(read->facts.billing.size() == 1);
  CHECK(read->facts.billing.front().customer_id == "3f524cdc-07a1-4d7c-8220-bdb049fe8dd4");
  const SubscriptionView& view = read->facts.billing.front().subscriptions.front().value;
  CHECK(view.id == "625e0f64-9de2-4800-8c3b-cf4c118ef79f");
  CHECK(view.seats == 3);
  CHECK(view.canceled_at == ParseTimestamp("2026-01-20T00:00:00Z"));
  CHECK_FALSE(view.ended_at);
}

TEST_CASE("what cannot be read in one pass is left to the tree, which says why or leaves it out") {
  const std::string order =
      R"({"id":"625e0f64-9de2-4800-8c3b-cf4c118ef79f","status":"paid","paid":true,"total_amount":2900,)"
      R"("currency":"usd","billing_reason":"purchase","customer_id":"3f524cdc-07a1-4d7c-8220-bdb049fe8dd4",)"
      R"("created_at":"2026-01-15T10:20:30Z")";
  REQUIRE(ReadFactsOf(EventOf("order.paid", order + "}"), kPlans));
  for (const char* more :
       {R"(,"tax_amount":1.5})", R"(,"product":{"id":"x"}})", R"(,"product_id":1})", R"(,"status":"void"})",
        R"(,"invoice_number":"\u0000"})", R"(,"x":"\ud800"})", R"(,"x":1e400})", R"(,"x":{"a":1,"a":1}})"}) {
    INFO(more);
    CHECK_FALSE(ReadFactsOf(EventOf("order.paid", order + more), kPlans));
    CHECK_FALSE(ReadsAlike(EventOf("order.paid", order + more)));
  }
  CHECK_FALSE(ReadFactsOf(EventOf("refund.created", R"({"id":"r","order_id":"o","status":"pending"})"), kPlans));
}

TEST_CASE("every kind of delivery is read in one pass, and as its tree is, whatever was changed in it") {
  JsonMutations mutations(20'261'129);
  int count = 0;
  int read = 0;
  for (const std::string& body : Deliveries()) {
    CHECK(ReadsAlike(body));
    for (int i = 0; i < 150; ++i, ++count) read += ReadsAlike(mutations.Of(body)) ? 1 : 0;
  }
  // Both ways are taken.
  CHECK(read > count / 20);
  CHECK(read < count);
}
