// Webhook endpoints by API: Polar's webhook/service.py and webhook/tasks.py.
#include "core/webhook/event_data.h"
#include "core/webhook/signature.h"
#include "harness.h"

namespace plinto::polar::emulator {
namespace {

constexpr std::string_view kEndpoints = "/v1/webhooks/endpoints";

Json Endpoint(std::string_view url, Json events) {
  return Json::object({{"url", url}, {"format", "raw"}, {"events", std::move(events)}});
}
std::string IdOf(const Hook& hook) { return *hook.request.headers.Find("webhook-id"); }
Json::array_t Deliveries(Polar& polar, std::string_view query = "") {
  const Json list = polar.Get("/v1/webhooks/deliveries?limit=100" + std::string(query)).json;
  return *At(list, "items").get_ptr<const Json::array_t*>();
}

}  // namespace

TEST_CASE("an endpoint may ask for every type that is known, and no other; the first has all that are ever sent") {
  Polar polar;
  Json all = Json::array();
  for (const WebhookEventType& type : WebhookEventTypes()) all.push_back(type.name);

  const Answer created = polar.Post(kEndpoints, Endpoint("https://app.example.com/all", all));
  CHECK(created.status == 201);
  CHECK(At(created.json, "events") == all);
  CHECK(polar.Post(kEndpoints, Endpoint("https://app.example.com/x", Json::array({"order.eaten"}))).status == 422);
  const Json first = At(polar.Get(kEndpoints).json, "items.1.events");
  CHECK(first.size() + 1 == all.size());
  CHECK(DumpJson(first).find("subscription.migrated") == std::string::npos);
}

TEST_CASE("a second endpoint gets only what it asked for, with ids and a secret of its own") {
  Polar polar;
  const Answer created = polar.Post(kEndpoints, Endpoint("http://127.0.0.1:9/hook", Json::array({"customer.created"})));
  REQUIRE(created.status == 201);
  CHECK(At(created.json, "enabled") == Json(true));

  polar.NewCustomer();
  std::vector<Hook> own;
  std::vector<Hook> first;
  for (Hook& hook : polar.Receive(10)) (hook.request.url == "http://127.0.0.1:9/hook" ? own : first).push_back(hook);

  REQUIRE(own.size() == 1);
  CHECK(own[0].type == "customer.created");
  REQUIRE(first.size() == 3);
  CHECK(first[1].request.body == own[0].request.body);
  CHECK(IdOf(first[1]) != IdOf(own[0]));
  const auto secret = WebhookSecret::Parse(TextAt(created.json, "secret"));
  REQUIRE(secret.ok());
  CHECK(VerifyWebhook(std::span(&*secret, 1), own[0].request.headers, own[0].request.body, polar.now).ok());
}

TEST_CASE("an endpoint is changed, gets another secret, and goes") {
  Polar polar(Config{});
  const Json made = polar.Post(kEndpoints, Endpoint("https://a.example.com", Json::array({"order.paid"}))).json;
  const std::string url = std::string(kEndpoints) + "/" + TextAt(made, "id");

  const Json changed =
      polar.Call("PATCH", url, Json::object({{"name", "Mine"}, {"events", Json::array({"customer.created"})}})).json;
  const Json rotated = polar.Call("PATCH", url + "/secret", nullptr).json;

  CHECK(TextAt(changed, "name") == "Mine");
  CHECK(TextAt(changed, "url") == "https://a.example.com/");
  CHECK(TextAt(rotated, "secret") != TextAt(made, "secret"));
  CHECK(polar.Get(url).json == rotated);
  CHECK(polar.Call("DELETE", url, nullptr).status == 204);
  CHECK(polar.Get(url).status == 404);
  CHECK(At(polar.Get(kEndpoints).json, "items") == Json::array());
  polar.NewCustomer();
  CHECK(polar.Types(10).empty());
}

TEST_CASE("an endpoint needs a URL, a format and known events") {
  Polar polar;

  CHECK(polar.Post(kEndpoints, Json::object()).status == 422);
  CHECK(polar.Post(kEndpoints, Endpoint("no url", Json::array())).status == 422);
  const Answer unknown = polar.Post(kEndpoints, Endpoint("https://a.example.com", Json::array({"order.eaten"})));
  CHECK(unknown.status == 422);
  CHECK(At(unknown.json, "detail.0.loc") == Json::array({"body", "events", 0}));
  Json slack = Endpoint("https://a.example.com", Json::array());
  SetMember(slack, "format", "slack");
  CHECK(polar.Post(kEndpoints, slack).status == 501);
  SetMember(slack, "format", "fax");
  CHECK(polar.Post(kEndpoints, slack).status == 422);
}

TEST_CASE("nothing that happens while an endpoint is disabled is ever sent to it") {
  Polar polar;
  const std::string url = std::string(kEndpoints) + "/" + TextAt(polar.Get(kEndpoints).json, "items.0.id");
  polar.Call("PATCH", url, Json::object({{"enabled", false}}));

  polar.NewCustomer();
  polar.Call("PATCH", url, Json::object({{"enabled", true}}));

  CHECK(polar.Types(60).empty());
}

TEST_CASE("deliveries are listed with their events, answers and filters") {
  Polar polar;
  polar.NewCheckout();
  const auto due = polar.emulator.TakeDue(polar.now);
  polar.emulator.OnDelivered(due[0].id, HttpResponse{.status = 503, .headers = {}, .body = "not now"}, polar.now);
  polar.Receive(10);

  const auto all = Deliveries(polar);

  REQUIRE(all.size() == 2);
  CHECK(At(all[0], "succeeded") == Json(true));
  CHECK(At(all[1], "http_code") == Json(503));
  CHECK(TextAt(all[1], "response") == "not now");
  CHECK(TextAt(all[1], "webhook_event.type") == "checkout.created");
  CHECK(At(all[1], "webhook_event.last_http_code") == Json(202));
  CHECK(At(all[0], "webhook_event.id") == At(all[1], "webhook_event.id"));
  CHECK(Deliveries(polar, "&succeeded=false").size() == 1);
  CHECK(Deliveries(polar, "&http_code_class=2xx").size() == 1);
  CHECK(Deliveries(polar, "&event_type=order.paid").empty());
  CHECK(polar.Get("/v1/webhooks/deliveries?http_code_class=9xx").status == 422);
}

TEST_CASE("attempts are listed between two times, by endpoint, and in pages that stay") {
  Polar polar;
  polar.Post(kEndpoints, Endpoint("http://127.0.0.1:9/hook", Json::array({"checkout.created"})));
  for (int i = 0; i < 3; ++i) {
    polar.now = polar.now.PlusSeconds(100);
    polar.NewCheckout();
    polar.Receive(10);
  }
  const auto all = Deliveries(polar);
  REQUIRE(all.size() == 6);

  const std::string first = "&endpoint_id=" + TextAt(polar.Get(kEndpoints).json, "items.1.id");
  const std::string second = "&endpoint_id=" + TextAt(polar.Get(kEndpoints).json, "items.0.id");
  CHECK(Deliveries(polar, first).size() == 3);
  CHECK(Deliveries(polar, first + second).size() == 6);
  CHECK(Deliveries(polar, "&endpoint_id=" + std::string(kUnknownId)).empty());
  // Neither end is in it.
  const std::string oldest = "&start_timestamp=" + PercentEncode(TextAt(all[5], "created_at"));
  const std::string newest = "&end_timestamp=" + PercentEncode(TextAt(all[0], "created_at"));
  CHECK(Deliveries(polar, oldest + newest).size() == 2);
  const Json page = polar.Get("/v1/webhooks/deliveries?limit=4&page=2" + newest).json;
  polar.now = polar.now.PlusSeconds(100);
  polar.NewCheckout();
  polar.Receive(10);
  CHECK(polar.Get("/v1/webhooks/deliveries?limit=4&page=2" + newest).json == page);
}

TEST_CASE("after ninety days an event has no content any more, and is not sent again") {
  Polar polar;
  polar.NewCheckout();
  const auto sent = polar.Receive();
  REQUIRE(sent.size() == 1);
  polar.now = polar.now.PlusSeconds(89 * 24 * 3'600);
  CHECK(TextAt(Deliveries(polar)[0], "webhook_event.payload") == sent[0].request.body);

  polar.now = polar.now.PlusSeconds(2 * 24 * 3'600);

  CHECK(At(Deliveries(polar).back(), "webhook_event.payload") == Json(nullptr));
  CHECK(At(Deliveries(polar).back(), "webhook_event.is_archived") == Json(true));
  CHECK(polar.Post("/v1/webhooks/events/" + IdOf(sent[0]) + "/redeliver", nullptr).status == 202);
  for (const Hook& hook : polar.Receive()) CHECK(IdOf(hook) != IdOf(sent[0]));
}

TEST_CASE("a redelivery has the same id and body, and a new time and signature") {
  Polar polar;
  polar.NewCheckout();
  const auto first = polar.Receive();
  REQUIRE(first.size() == 1);
  polar.now = polar.now.PlusSeconds(100);

  CHECK(polar.Post("/v1/webhooks/events/" + IdOf(first[0]) + "/redeliver", nullptr).status == 202);
  const auto again = polar.Receive();

  REQUIRE(again.size() == 1);
  CHECK(IdOf(again[0]) == IdOf(first[0]));
  CHECK(again[0].request.body == first[0].request.body);
  CHECK(*again[0].request.headers.Find("webhook-timestamp") != *first[0].request.headers.Find("webhook-timestamp"));
  CHECK(polar.Post("/v1/webhooks/events/" + std::string(kUnknownId) + "/redeliver", nullptr).status == 404);
}

TEST_CASE("what a disabled endpoint had not received is skipped, and can be sent again once it is enabled") {
  Polar polar;
  for (int i = 0; i < 12; ++i) polar.NewCheckout();
  while (true) {
    for (const Delivery& delivery : polar.emulator.TakeDue(polar.now)) {
      polar.emulator.OnDelivered(delivery.id, HttpResponse{.status = 500}, polar.now);
    }
    const auto next = polar.emulator.NextDue();
    if (!next) break;
    polar.now = std::max(polar.now, *next);
  }
  const std::string url = std::string(kEndpoints) + "/" + TextAt(polar.Get(kEndpoints).json, "items.0.id");
  REQUIRE(At(polar.Get(url).json, "enabled") == Json(false));
  std::string skipped;
  for (const Json& attempt : Deliveries(polar)) {
    if (At(attempt, "webhook_event.skipped") == Json(true)) skipped = TextAt(attempt, "webhook_event.id");
  }
  REQUIRE_FALSE(skipped.empty());

  polar.Post("/v1/webhooks/events/" + skipped + "/redeliver", nullptr);
  CHECK(polar.Receive().empty());
  polar.Call("PATCH", url, Json::object({{"enabled", true}}));
  polar.Post("/v1/webhooks/events/" + skipped + "/redeliver", nullptr);

  CHECK(polar.Receive().size() == 1);
}

}  // namespace plinto::polar::emulator
