// Deliveries of Polar and Plinto as they come in: verified, stored, acknowledged.
#include <array>

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
  CHECK_FALSE(simulation.Await(simulation.service->ProcessInbox()).has_value());
  CHECK(simulation.Await(simulation.store->DueWebhooks(simulation.clock.Now(), 10))->empty());
}

TEST_CASE("events that this version does not know are acknowledged") {
  Simulation simulation;
  const auto secrets = *ParseWebhookSecrets(simulation.emulator.webhook_secret());
  const std::string body = R"({"type":"moon.landed","timestamp":"2026-11-22T06:00:00Z","data":{"id":1.0}})";
  const auto headers = SignWebhook(secrets.front(), KeyDerivation::kWholeText, "evt-1", simulation.clock.Now(), body);

  CHECK(simulation.Deliver({.method = "POST", .url = "", .headers = *headers, .body = body}).status == 202);
  CHECK_FALSE(simulation.Await(simulation.service->ProcessInbox()).has_value());
}

TEST_CASE("signing up creates the customer at Polar, once, also when Polar is down at first") {
  Simulation simulation;
  const std::string body = std::string(R"({"id":"evt_1","type":"user.created","data":{"id":")") + kEve +
                           R"(","email":"eve@example.com","first_name":"Eve","last_name":"Stone"}})";
  for (int i = 0; i < 3; ++i) simulation.polar.faults.push_back({"/v1/customers/", {HttpResponse{.status = 500}}});

  CHECK(simulation.Await(simulation.service->Handle(PlintoEventRequest(body))).status == 202);
  CHECK(simulation.Await(simulation.service->Handle(PlintoEventRequest(body))).status == 202);
  CHECK(simulation.Await(simulation.service->ProcessInbox()).has_value());
  simulation.clock.Advance(10);
  CHECK_FALSE(simulation.Await(simulation.service->ProcessInbox()).has_value());

  const HttpResponse answer = simulation.Request("POST", "/customer", kEve, "{}");
  CHECK(*FindString(simulation.BodyOf(answer), "name") == "Eve Stone");
  HttpRequest forged = PlintoEventRequest(body);
  forged.body += " ";
  forged.body[5] ^= 1;
  CHECK(simulation.Await(simulation.service->Handle(std::move(forged))).status == 403);
}
