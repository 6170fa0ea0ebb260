// Deliveries of Polar and Plinto as they come in: verified, stored, acknowledged.
#include <array>
#include <map>
#include <set>

#include "breakable_database.h"
#include "core/foundation/sha256.h"
#include "core/webhook/signature.h"
#include "simulation.h"

using namespace plinto::polar;
using namespace plinto::polar::server;

namespace {

HttpRequest PlintoEventRequest(const std::string& body) {
  const std::array<std::string_view, 1> parts = {body};
  return {.method = "POST",
          .url = "/polar/events/plinto",
          .headers = {{"X-Webhook-Signature", ToHex(SignHmacSha256("plinto-secret", parts))}},
          .body = body};
}

}  // namespace

TEST_CASE("forged, stale and changed webhooks are refused with a diagnosis and leave nothing behind") {
  Simulation simulation;
  REQUIRE(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody()).status == 201);
  std::vector<HttpRequest> deliveries = simulation.Collect();
  REQUIRE_FALSE(deliveries.empty());
  HttpRequest forged = deliveries.front();
  forged.body[forged.body.size() / 2] ^= 1;

  const HttpResponse answer = simulation.Deliver(forged);
  CHECK(answer.status == 403);
  CHECK(simulation.ErrorCodeOf(answer) == "WEBHOOK_SIGNATURE_MISMATCH");
  CHECK(answer.body.find("diagnosis") != std::string::npos);
  simulation.clock.Advance(400);
  CHECK(simulation.ErrorCodeOf(simulation.Deliver(deliveries.front())) == "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE");
  CHECK_FALSE(simulation.ProcessInbox().has_value());
  CHECK(testing::DueWebhooks(*simulation.store, simulation.clock.Now(), 10).empty());
}

TEST_CASE("events that this version does not know are acknowledged") {
  Simulation simulation;
  const auto secrets = *ParseWebhookSecrets(simulation.emulator.webhook_secret());
  const std::string body = R"({"type":"moon.landed","timestamp":"2026-11-22T06:00:00Z","data":{"id":1.0}})";
  const auto headers = SignWebhook(secrets.front(), KeyDerivation::kWholeText, "evt-1", simulation.clock.Now(), body);

  CHECK(simulation.Deliver({.method = "POST", .url = "", .headers = *headers, .body = body}).status == 202);
  CHECK_FALSE(simulation.ProcessInbox().has_value());
}

TEST_CASE("signing up creates the customer at Polar, once, also when Polar is down at first") {
  Simulation simulation;
  const std::string body =
      std::string(R"({"id":"evt_1","type":"user.created","data":{"id":")") + kEve +
      R"(","email":"eve@example.com","email_verified":true,"first_name":"Eve","last_name":"Stone"}})";
  for (int i = 0; i < 3; ++i) simulation.polar.faults.push_back({"/v1/customers/", {HttpResponse{.status = 500}}});

  CHECK(simulation.Await(simulation.service->Handle(PlintoEventRequest(body))).status == 202);
  CHECK(simulation.Await(simulation.service->Handle(PlintoEventRequest(body))).status == 202);
  CHECK(simulation.ProcessInbox().has_value());
  simulation.clock.Advance(10);
  CHECK_FALSE(simulation.ProcessInbox().has_value());

  const HttpResponse answer = simulation.Request("POST", "/customer", kEve, "{}");
  CHECK(*FindString(simulation.BodyOf(answer), "name") == "Eve Stone");
  HttpRequest forged = PlintoEventRequest(body);
  forged.body += " ";
  forged.body[5] ^= 1;
  CHECK(simulation.Await(simulation.service->Handle(std::move(forged))).status == 403);
}

namespace {

/// A delivery of the test's own, signed and stored.
void DeliverEvent(Simulation& simulation, const std::string& id, const std::string& type, const Json& data) {
  Json body = EmptyObject();
  SetMember(body, "type", type);
  SetMember(body, "timestamp", FormatTimestamp(simulation.clock.Now()));
  SetMember(body, "data", data);
  const std::string text = DumpJson(body);
  const auto secrets = *ParseWebhookSecrets(simulation.emulator.webhook_secret());
  const auto headers = SignWebhook(secrets.front(), KeyDerivation::kWholeText, id, simulation.clock.Now(), text);
  REQUIRE(simulation.Deliver({.method = "POST", .url = "", .headers = *headers, .body = text}).status == 202);
}

/// What Polar has told of Alice's purchase, by type.
std::map<std::string, Json> Bought(Simulation& simulation) {
  simulation.Pay(simulation.BodyOf(simulation.Request("POST", "/checkout", kAlice, simulation.CheckoutBody())));
  std::map<std::string, Json> told;
  for (const HttpRequest& delivery : simulation.Collect()) {
    const Json body = *ParseJson(delivery.body);
    told[*FindString(body, "type")] = *FindMember(body, "data");
  }
  return told;
}

}  // namespace

TEST_CASE("a field that no rule reads parks no delivery, whatever is in it; one that decides does") {
  Simulation simulation;
  const std::map<std::string, Json> told = Bought(simulation);
  const std::set<std::string> deciding = {
      "id",          "customer_id", "status",      "product_id",          "current_period_start", "current_period_end",
      "seats",       "trial_end",   "canceled_at", "pause_at_period_end", "cancel_at_period_end", "ends_at",
      "past_due_at", "ended_at",    "paused_at",   "resumes_at",          "created_at",           "subscription_id",
      "external_id", "email",       "name",        "deleted_at"};
  int count = 0;
  for (const char* type : {"subscription.active", "order.paid", "checkout.updated", "customer.created"}) {
    REQUIRE(told.contains(type));
    const Json& whole = told.at(type);
    for (const auto& [member, value] : *whole.get_ptr<const Json::object_t*>()) {
      if (deciding.contains(member)) continue;
      for (const Json& wrong : {Json(1.5), Json("x"), Json(true), Json::array({1}), Json{{"amount", "x"}}, Json()}) {
        Json data = whole;
        SetMember(data, member, wrong);
        DeliverEvent(simulation, "odd-" + std::to_string(++count), type, data);
      }
    }
  }
  CHECK_FALSE(simulation.ProcessInbox().has_value());

  const auto all_parked = simulation.Await(simulation.store->ListParkedWebhooks(100));
  REQUIRE(all_parked.ok());
  for (const ParkedWebhook& parked : *all_parked) {
    INFO(parked.event_type << ": " << parked.error);
    CHECK(parked.event_id.empty());
  }
  CHECK(simulation.log.given_up.empty());
  CHECK_FALSE(simulation.log.warnings.empty());
  CHECK(FindBool(simulation.BodyOf(simulation.Request("GET", "/access", kAlice)), "allowed") == true);

  Json data = told.at("subscription.active");
  SetMember(data, "current_period_end", 1.5);
  DeliverEvent(simulation, "bad", "subscription.active", data);
  CHECK_FALSE(simulation.ProcessInbox().has_value());
  REQUIRE(simulation.Await(simulation.store->ListParkedWebhooks(10))->size() == 1);
  REQUIRE(simulation.log.given_up.size() == 1);
  CHECK(simulation.log.given_up[0].find("current_period_end") != std::string::npos);
  CHECK(simulation.log.given_up[0].find("replay bad") != std::string::npos);
}

TEST_CASE("an order whose tax is no whole number is listed without it, and the log names the field") {
  Simulation simulation;
  std::map<std::string, Json> told = Bought(simulation);
  SetMember(told["order.paid"], "tax_amount", 1.5);
  for (const auto& [type, data] : told) DeliverEvent(simulation, type, type, data);
  CHECK_FALSE(simulation.ProcessInbox().has_value());

  CHECK(FindMember(simulation.BodyOf(simulation.Request("GET", "/customer/orders", kAlice)), "items")->size() == 1);
  REQUIRE(simulation.log.warnings.size() == 1);
  CHECK(simulation.log.warnings[0].find("tax_amount") != std::string::npos);
}

TEST_CASE("one delivery that the database refuses holds up no other, and is given up in the end with the reason") {
  Simulation simulation;
  BreakableDatabase database(simulation);
  database.Run(
      "CREATE TRIGGER refusing BEFORE UPDATE ON polar_webhook_events WHEN OLD.event_id = 'odd' AND NEW.processed = 1"
      " BEGIN SELECT RAISE(ABORT, 'index row size 5000 exceeds maximum 2704'); END");
  const std::map<std::string, Json> told = Bought(simulation);
  for (const auto& [type, data] : told) DeliverEvent(simulation, type == "order.paid" ? "odd" : type, type, data);

  CHECK(simulation.ProcessInbox().has_value());

  CHECK(FindBool(simulation.BodyOf(simulation.Request("GET", "/access", kAlice)), "allowed") == true);
  CHECK(testing::DueWebhooks(*simulation.store, simulation.clock.Now().PlusSeconds(1), 10).size() == 1);
  for (int i = 0; i < 110; ++i) {
    simulation.clock.Advance(900);
    static_cast<void>(simulation.ProcessInbox());
  }
  const auto parked = *simulation.Await(simulation.store->ListParkedWebhooks(10));
  REQUIRE(parked.size() == 1);
  CHECK(parked[0].event_id == "odd");
  CHECK(parked[0].error.find("index row size") != std::string::npos);
  CHECK(simulation.log.given_up.size() == 1);
}
