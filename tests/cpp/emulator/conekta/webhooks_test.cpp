// Webhooks of the emulator of Conekta: what they are told, by which key, and how often.
#include "conekta_harness.h"

namespace plinto::polar::emulator {
namespace {

std::string NewWebhook(Seller& shop, Json events = nullptr) {
  Json body = Json::object({{"url", "http://127.0.0.1:9/conekta"}});
  if (!events.is_null()) SetMember(body, "subscribed_events", std::move(events));
  const Answer answer = shop.Post("/webhooks", body);
  REQUIRE(answer.status == 200);
  return TextAt(answer.json, "id");
}

Answer NewKey(Seller& shop) { return shop.Post("/webhook_keys", Json::object({{"active", true}})); }

std::string TypeOf(const Delivery& delivery) {
  const auto json = ParseJson(delivery.request.body);
  REQUIRE(json.ok());
  return TextAt(*json, "type");
}

}  // namespace

TEST_CASE("a webhook is told what it asked for, as the event that the list has") {
  Seller shop;
  (void)NewWebhook(shop, Json::array({"order.paid"}));
  const Json order = shop.NewHosted();
  (void)shop.PayByCard(order, "4242424242424242");

  const auto due = shop.emulator.TakeDue(shop.now);
  REQUIRE(due.size() == 1);
  const Json event = *ParseJson(due[0].request.body);
  CHECK(due[0].request.url == "http://127.0.0.1:9/conekta");
  CHECK(TextAt(event, "type") == "order.paid");
  CHECK(TextAt(event, "data.object.id") == TextAt(order, "id"));
  CHECK(TextAt(event, "data.object.payment_status") == "paid");
  CHECK(At(event, "data.previous_attributes.payment_status").is_null());
  CHECK(!due[0].rsa);
  const std::string url = "/events/" + TextAt(event, "id");
  CHECK(TextAt(shop.Get(url).json, "webhook_status") == "pending");
  shop.emulator.OnDelivered(due[0].id, HttpResponse{.status = 200, .body = "{\"ok\":true}"}, shop.now);
  const Json told = shop.Get(url).json;
  CHECK(TextAt(told, "webhook_status") == "successful");
  CHECK(At(told, "webhook_logs.0.failed_attempts") == Json(0));
  CHECK(At(told, "webhook_logs.0.response_data.ok") == Json(true));
  CHECK(shop.Get("/events/none").status == 404);
}

TEST_CASE("only 200 counts as received; gaps grow, and the eighteenth attempt is the last") {
  Seller shop;
  (void)NewWebhook(shop, Json::array({"order.created"}));
  (void)shop.NewHosted();

  std::vector<std::int64_t> gaps;
  Timestamp last = shop.now;
  int attempts = 0;
  std::string body;
  while (true) {
    for (const Delivery& delivery : shop.emulator.TakeDue(shop.now)) {
      if (attempts++ > 0) gaps.push_back((shop.now.microseconds - last.microseconds) / 1'000'000);
      if (!body.empty()) CHECK(delivery.request.body == body);
      body = delivery.request.body;
      last = shop.now;
      shop.emulator.OnDelivered(delivery.id, HttpResponse{.status = attempts % 2 == 0 ? 204 : 503}, shop.now);
    }
    const auto next = shop.emulator.NextDue();
    if (!next || *next > kStart.PlusSeconds(4 * kDaySeconds)) break;
    shop.now = std::max(*next, shop.now);
  }

  CHECK(attempts == 18);
  REQUIRE(gaps.size() == 17);
  CHECK(gaps.front() == 10);
  CHECK(std::is_sorted(gaps.begin(), gaps.end()));
  CHECK(last.Seconds() - kStart.Seconds() > kDaySeconds);
  const Json webhook = At(shop.Get("/webhooks").json, "data.0");
  CHECK(TextAt(webhook, "status") == "intermittent_errors");
  CHECK(At(webhook, "active") == Json(true));
}

TEST_CASE("active keys take turns, and are shown once") {
  Seller shop;
  (void)NewWebhook(shop, Json::array({"order.created"}));
  const Answer first = NewKey(shop);
  const Answer second = NewKey(shop);
  CHECK(TextAt(first.json, "public_key") == "public one");
  CHECK(TextAt(second.json, "public_key") == "public two");
  CHECK(At(shop.Get("/webhook_keys/" + TextAt(first.json, "id")).json, "public_key").is_null());
  const auto signers = [&] {
    Strings names;
    for (int i = 0; i < 3; ++i) (void)shop.NewHosted();
    for (const Delivery& delivery : shop.emulator.TakeDue(shop.now)) {
      names.push_back(delivery.rsa ? delivery.rsa->private_pem : "nobody");
      if (delivery.rsa) CHECK(delivery.rsa->text == delivery.request.body);
      shop.emulator.OnDelivered(delivery.id, HttpResponse{.status = 200}, shop.now);
    }
    return names;
  };

  CHECK(signers() == Strings{"private one", "private two", "private one"});
  const Json inactive =
      shop.Call("PUT", "/webhook_keys/" + TextAt(first.json, "id"), Json::object({{"active", false}})).json;
  CHECK(At(inactive, "deactivated_at") == Json(kStart.Seconds()));
  CHECK(signers() == Strings{"private two", "private two", "private two"});
  CHECK(At(shop.Call("DELETE", "/webhook_keys/" + TextAt(second.json, "id")).json, "deleted") == Json(true));
  CHECK(signers() == Strings{"nobody", "nobody", "nobody"});
  CHECK(At(shop.Get("/webhook_keys").json, "data").size() == 1);
}

TEST_CASE("a corrupt delivery is not what was signed, and a duplicate is") {
  Seller shop;
  (void)NewWebhook(shop, Json::array({"order.created"}));
  (void)NewKey(shop);
  for (const std::string_view kind : {"corrupt", "duplicate"}) {
    (void)shop.Control("faults", Json::object({{"kind", std::string(kind)}, {"count", 1}}));
    (void)shop.NewHosted();
    const auto due = shop.emulator.TakeDue(shop.now);
    REQUIRE(due.size() == (kind == "corrupt" ? 1 : 2));
    CHECK((due[0].rsa->text == due[0].request.body) == (kind == "duplicate"));
    CHECK(due.back().request.body == due.front().request.body);
    shop.emulator.OnDelivered(due.back().id, HttpResponse{.status = 200}, shop.now);
  }
}

TEST_CASE("a ping goes to the webhook that is tested, whatever it asked for") {
  Seller shop;
  const std::string id = NewWebhook(shop, Json::array({"order.paid"}));
  (void)NewWebhook(shop);
  CHECK(shop.Post("/webhooks/" + id + "/test").status == 200);

  const auto due = shop.emulator.TakeDue(shop.now);
  REQUIRE(due.size() == 1);
  CHECK(TypeOf(due[0]) == "webhook_ping");
  CHECK(TextAt(*ParseJson(due[0].request.body), "data.action") == "ping");
}

TEST_CASE("an event is sent again to those that are named, though they never got it") {
  Seller shop;
  (void)shop.NewHosted();
  const std::string event = TextAt(shop.Get("/events").json, "data.0.id");
  CHECK(TextAt(shop.Get("/events").json, "data.0.webhook_status") == "not_applicable");
  const std::string id = NewWebhook(shop);
  const std::string resend = "/events/" + event + "/resend";
  CHECK(shop.Post(resend, Json::object({{"webhooks_ids", Json::array({"none"})}})).status == 404);
  CHECK(shop.Post(resend, Json::object()).status == 422);

  for (int i = 0; i < 2; ++i) {
    CHECK(shop.Post(resend, Json::object({{"webhooks_ids", Json::array({id})}})).status == 200);
    const auto due = shop.emulator.TakeDue(shop.now);
    REQUIRE(due.size() == 1);
    CHECK(TextAt(*ParseJson(due[0].request.body), "id") == event);
    shop.emulator.OnDelivered(due[0].id, HttpResponse{.status = 200}, shop.now);
  }
}

TEST_CASE("webhooks are registered, changed and removed, ten at the most") {
  Seller shop;
  const std::string id = NewWebhook(shop);
  CHECK(shop.Post("/webhooks", Json::object({{"url", "ftp://x"}})).status == 422);
  CHECK(shop.Post("/webhooks",
                  Json::object({{"url", "https://x.example"}, {"subscribed_events", Json::array({"order.eaten"})}}))
            .status == 422);
  CHECK(At(shop.Call("PUT", "/webhooks/" + id, Json::object({{"active", false}})).json, "active") == Json(false));
  (void)shop.NewHosted();
  CHECK(shop.emulator.TakeDue(shop.now).empty());
  for (int i = 0; i < 9; ++i) (void)NewWebhook(shop);
  CHECK(shop.Post("/webhooks", Json::object({{"url", "https://x.example"}})).status == 422);
  CHECK(shop.Call("DELETE", "/webhooks/" + id).status == 200);
  CHECK(shop.Get("/webhooks/" + id).status == 404);
  CHECK(At(shop.Get("/webhooks").json, "data").size() == 9);
}

TEST_CASE("webhooks of Conekta and endpoints of Polar do not see each other") {
  Config config = Seller::SellerConfig();
  config.webhook_url = "https://app.example.com/polar";
  Seller shop(config);
  (void)NewWebhook(shop);
  (void)shop.NewHosted();
  HttpRequest create = {"POST", "/v1/customers/", {}, "{\"email\":\"ada@example.com\"}"};
  create.headers.Add("authorization", "Bearer " + shop.emulator.access_token());
  CHECK(shop.Send(create).status == 201);

  Strings to_conekta;
  Strings to_polar;
  for (const Delivery& delivery : shop.emulator.TakeDue(shop.now)) {
    const bool is_polars = delivery.request.url == "https://app.example.com/polar";
    (is_polars ? to_polar : to_conekta).push_back(TypeOf(delivery));
  }
  CHECK(to_conekta == Strings{"order.created"});
  CHECK(to_polar == Strings{"member.created"});
  HttpRequest list = {"GET", "/v1/webhooks/endpoints"};
  list.headers.Add("authorization", "Bearer " + shop.emulator.access_token());
  CHECK(At(shop.Send(list).json, "items").size() == 1);
}

TEST_CASE("without keys of its carrier the emulator makes none up") {
  Config config = Seller::SellerConfig();
  config.conekta->keys.clear();
  Seller shop(config);
  CHECK(NewKey(shop).status == 501);
}

}  // namespace plinto::polar::emulator
