#include <array>

#include "core/webhook/signature.h"
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

// Lets every attempt fail until nothing is left to do, and answers the attempts.
struct Attempt {
  Delivery delivery;
  Timestamp at;
};
std::vector<Attempt> FailAll(Polar& polar, int most = 1'000) {
  std::vector<Attempt> attempts;
  while (true) {
    for (Delivery& delivery : polar.emulator.TakeDue(polar.now)) {
      polar.emulator.OnDelivered(delivery.id, HttpResponse{.status = 500}, polar.now);
      attempts.push_back({std::move(delivery), polar.now});
    }
    if (static_cast<int>(attempts.size()) >= most) break;
    const auto next = polar.emulator.NextDue();
    if (!next) break;
    polar.now = std::max(polar.now, *next);
  }
  return attempts;
}

std::string IdOf(const Delivery& delivery) { return *delivery.request.headers.Find("webhook-id"); }

}  // namespace

TEST_CASE("deliveries are signed in the derivation that was asked for") {
  for (const KeyDerivation derivation : {KeyDerivation::kWholeText, KeyDerivation::kStandard}) {
    Config config = TestConfig();
    config.derivation = derivation;
    Polar polar(std::move(config));
    polar.NewCheckout();

    const auto hooks = polar.Receive();

    REQUIRE(hooks.size() == 1);
    const HttpRequest& request = hooks[0].request;
    CHECK(request.method == "POST");
    CHECK(request.url == "https://app.example.com/webhooks");
    CHECK(*request.headers.Find("user-agent") == "polar.sh webhooks");
    CHECK(*request.headers.Find("content-type") == "application/json");
    const auto secret = WebhookSecret::Parse(polar.emulator.webhook_secret());
    REQUIRE(secret.ok());
    const auto verified = VerifyWebhook(std::span(&*secret, 1), request.headers, request.body, polar.now);
    REQUIRE(verified.ok());
    CHECK(IsUuid(verified->id));
    const auto expected = SignWebhook(*secret, derivation, verified->id, polar.now, request.body);
    REQUIRE(expected.ok());
    CHECK(*expected->Find("webhook-signature") == *request.headers.Find("webhook-signature"));
  }
}

TEST_CASE("the body is compact JSON: type, timestamp, data") {
  Polar polar;
  polar.NewCheckout();

  const auto hooks = polar.Receive();

  REQUIRE(hooks.size() == 1);
  CHECK(hooks[0].request.body.starts_with(
      "{\"type\":\"checkout.created\",\"timestamp\":\"2026-11-22T06:00:00.123456Z\",\"data\":{\"id\":\""));
}

TEST_CASE("a failing delivery is tried ten times, later and later, with the same id and body") {
  Polar polar;
  polar.NewCheckout();

  const auto attempts = FailAll(polar, 10);

  REQUIRE(attempts.size() == 10);
  std::int64_t ceiling_ms = 4'000;
  for (std::size_t i = 1; i < attempts.size(); ++i, ceiling_ms *= 2) {
    CHECK(IdOf(attempts[i].delivery) == IdOf(attempts[0].delivery));
    CHECK(attempts[i].delivery.request.body == attempts[0].delivery.request.body);
    CHECK(attempts[i].delivery.id != attempts[i - 1].delivery.id);
    CHECK(*attempts[i].delivery.request.headers.Find("webhook-timestamp") == std::to_string(attempts[i].at.Seconds()));
    const std::int64_t waited = attempts[i].at.Milliseconds() - attempts[i - 1].at.Milliseconds();
    CHECK(waited >= ceiling_ms / 2 - 1);
    CHECK(waited <= ceiling_ms + 1);
  }
  CHECK(polar.Types(3'600).empty());
}

TEST_CASE("a delivery that is accepted on its second attempt is not repeated") {
  Polar polar;
  polar.NewCheckout();
  FailAll(polar, 1);

  CHECK(polar.Types(10) == Strings{"checkout.created"});
  CHECK(polar.Types(3'600).empty());
}

TEST_CASE("redirects and broken connections are failures") {
  Polar polar;
  polar.NewCheckout();
  auto due = polar.emulator.TakeDue(polar.now);
  REQUIRE(due.size() == 1);
  polar.emulator.OnDelivered(due[0].id, HttpResponse{.status = 302}, polar.now);
  polar.now = *polar.emulator.NextDue();
  due = polar.emulator.TakeDue(polar.now);
  REQUIRE(due.size() == 1);
  polar.emulator.OnDelivered(due[0].id, TransportFault::kTimeout, polar.now);

  CHECK(polar.Types(20) == Strings{"checkout.created"});
  const Json log = polar.Get("/_emulator/log", "").json;
  CHECK(At(log, "deliveries.0.status") == Json(302));
  CHECK(TextAt(log, "deliveries.1.fault") == "timeout");
  CHECK(At(log, "deliveries.2.attempt") == Json(3));
}

TEST_CASE("an event waits for the first attempt of those before it, and not for their success") {
  Polar polar;
  polar.NewCheckout();
  polar.NewCheckout();

  const auto first = polar.emulator.TakeDue(polar.now);
  REQUIRE(first.size() == 1);
  CHECK(polar.emulator.TakeDue(polar.now).empty());
  polar.emulator.OnDelivered(first[0].id, HttpResponse{.status = 500}, polar.now);
  const auto second = polar.emulator.TakeDue(polar.now);

  REQUIRE(second.size() == 1);
  CHECK(IdOf(second[0]) != IdOf(first[0]));
}

TEST_CASE("an event whose predecessor hangs goes out after a minute") {
  Polar polar;
  polar.NewCheckout();
  const auto hanging = polar.emulator.TakeDue(polar.now);
  polar.now = polar.now.PlusSeconds(1);
  polar.NewCheckout();

  CHECK(polar.Types(55).empty());
  CHECK(polar.Types(10) == Strings{"checkout.created"});
}

TEST_CASE("ten events that failed in a row disable the endpoint, and what is left is dropped") {
  Polar polar;
  for (int i = 0; i < 12; ++i) polar.NewCheckout();

  const auto attempts = FailAll(polar);

  CHECK(attempts.size() < 120);
  CHECK(At(polar.Get("/v1/webhooks/endpoints").json, "items.0.enabled") == Json(false));
  polar.NewCheckout();
  CHECK(polar.Types(60).empty());
}

TEST_CASE("a success between failures keeps the endpoint enabled") {
  Polar polar;
  for (int i = 0; i < 9; ++i) polar.NewCheckout();
  FailAll(polar, 90);
  polar.NewCheckout();
  polar.Receive(60);
  for (int i = 0; i < 9; ++i) polar.NewCheckout();
  FailAll(polar, 90);

  CHECK(At(polar.Get("/v1/webhooks/endpoints").json, "items.0.enabled") == Json(true));
}

TEST_CASE("changes within a second are one customer.state_changed, and a flood is one every five") {
  Polar polar;
  const std::string url = "/v1/subscriptions/" + TextAt(polar.Subscribe(), "id");
  std::vector<Timestamp> states;
  for (int i = 0; i < 13; ++i) {
    polar.Call("PATCH", url, Json::object({{"cancel_at_period_end", i % 2 == 0}}));
    for (const Hook& hook : polar.Receive()) {
      if (hook.type == "customer.state_changed") states.push_back(polar.now);
    }
    polar.now = polar.now.PlusMilliseconds(500);
  }

  // The changes run from 0 to 6 s: the first state is sent at the ceiling, 5 s after the first change.
  REQUIRE(states.size() == 1);
  CHECK(polar.Types(10) == Strings{"customer.state_changed"});
}

TEST_CASE("an outcome that is reported twice or for nobody changes nothing") {
  Polar polar;
  polar.NewCheckout();
  const auto due = polar.emulator.TakeDue(polar.now);
  polar.emulator.OnDelivered(due[0].id, HttpResponse{.status = 202}, polar.now);

  polar.emulator.OnDelivered(due[0].id, HttpResponse{.status = 500}, polar.now);
  polar.emulator.OnDelivered("nobody", HttpResponse{.status = 500}, polar.now);

  CHECK(polar.Types(3'600).empty());
}

TEST_CASE("without a webhook URL nothing is delivered and no endpoint is listed") {
  Polar polar(Config{});
  polar.Subscribe();

  CHECK(polar.emulator.TakeDue(polar.now).empty());
  CHECK(At(polar.Get("/v1/webhooks/endpoints").json, "items") == Json::array());
}

TEST_CASE("a moved clock moves what happens but not the time that deliveries are signed with") {
  Polar polar;
  polar.NewCheckout();
  polar.Receive(10);

  polar.Post("/_emulator/clock", Json::object({{"advance_seconds", 2 * 86'400}}), "");
  const auto hooks = polar.Receive();

  REQUIRE(hooks.size() == 1);
  CHECK(hooks[0].type == "checkout.expired");
  CHECK(*hooks[0].request.headers.Find("webhook-timestamp") == std::to_string(polar.now.Seconds()));
  CHECK(TextAt(hooks[0].json, "timestamp") == "2026-11-23T06:15:00Z");
}

TEST_CASE("one seed gives the same ids however the receiver answers, and when") {
  const auto ids = [](int status, std::int64_t after_ms) {
    Polar polar;
    polar.NewCustomer();
    for (int round = 0; round < 30; ++round) {
      polar.now = polar.now.PlusMilliseconds(after_ms);
      for (const Delivery& delivery : polar.emulator.TakeDue(polar.now)) {
        polar.emulator.OnDelivered(delivery.id, HttpResponse{.status = status}, polar.now);
      }
    }
    return TextAt(polar.NewCustomer("b@example.com", "user-2"), "id") + TextAt(polar.NewCheckout(), "client_secret");
  };

  const std::string prompt = ids(202, 1);

  CHECK(ids(500, 1) == prompt);
  CHECK(ids(500, 400'000) == prompt);
  CHECK(ids(202, 400'000) == prompt);
}

}  // namespace plinto::polar::emulator
