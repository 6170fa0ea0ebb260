// /webhooks and /webhook_keys.
//
// Unlike Conekta's, a webhook may use http and be on this machine: that is what an emulator is for.
#include <array>

#include "emulator/conekta/body.h"
#include "emulator/conekta/lists.h"
#include "emulator/world.h"

namespace plinto::polar::emulator::conekta {
namespace {

constexpr std::size_t kMostWebhooks = 10;

Json RenderWebhook(const WebhookEndpoint& endpoint) {
  Json types = Json::array();
  for (const std::string& type : endpoint.types) types.push_back(type);
  return Json::object({{"id", endpoint.id},
                       {"object", "webhook"},
                       {"url", endpoint.url},
                       {"status", endpoint.failures_in_a_row == 0 ? "listening" : "intermittent_errors"},
                       {"subscribed_events", std::move(types)},
                       {"active", endpoint.enabled},
                       {"livemode", false}});
}

template <class Act>
HttpResponse WithWebhook(World& world, const Call& call, Act act) {
  WebhookEndpoint* endpoint = FindWebhook(world, call.path[0]);
  return endpoint == nullptr ? NotFound(world, call.request, "Webhook", call.path[0]) : act(*endpoint);
}

// What create and update share.
void ReadWebhook(Body& body, WebhookEndpoint& endpoint) {
  if (auto url = body.Url("url")) endpoint.url = *std::move(url);
  if (auto types = body.Texts("subscribed_events", EventTypes())) endpoint.types = *std::move(types);
}

HttpResponse CreateWebhook(World& world, const Call& call) {
  const Json object = ReadBody(call.request);
  std::vector<Detail> details;
  Body body(object, "", details);
  body.Allow({"url", "subscribed_events"});
  WebhookEndpoint endpoint;
  endpoint.types = {EventTypes().begin(), EventTypes().end()};
  body.Require("url");
  ReadWebhook(body, endpoint);
  std::size_t count = 0;
  for (const WebhookEndpoint& one : world.webhooks.endpoints) count += IsPolars(one) || one.deleted ? 0 : 1;
  if (count >= kMostWebhooks) body.Refuse("url", {"seria el webhook numero 11", "would be the eleventh webhook"});
  if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
  endpoint.id = NewHexId(world);
  endpoint.created_at = world.now;
  endpoint.sending = &kConektaSending;
  return JsonAnswer(200, RenderWebhook(world.webhooks.endpoints.Add(std::move(endpoint))));
}

HttpResponse ListWebhooks(World& world, const Call& call) {
  return ListOfRows(
      world, call, world.webhooks.endpoints,
      [&](const WebhookEndpoint& one) {
        return !IsPolars(one) && !one.deleted && AdmitsText(call, "url", one.url) && AdmitsSearch(call, {one.url});
      },
      RenderWebhook);
}

HttpResponse ReadOneWebhook(World& world, const Call& call) {
  return WithWebhook(world, call,
                     [](const WebhookEndpoint& endpoint) { return JsonAnswer(200, RenderWebhook(endpoint)); });
}

HttpResponse UpdateWebhook(World& world, const Call& call) {
  return WithWebhook(world, call, [&](WebhookEndpoint& endpoint) {
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Body body(object, "", details);
    body.Allow({"url", "subscribed_events", "active"});
    WebhookEndpoint changed = endpoint;
    ReadWebhook(body, changed);
    changed.enabled = body.Flag("active").value_or(changed.enabled);
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    endpoint = std::move(changed);
    return JsonAnswer(200, RenderWebhook(endpoint));
  });
}

HttpResponse DeleteWebhook(World& world, const Call& call) {
  return WithWebhook(world, call, [&](WebhookEndpoint& endpoint) {
    endpoint.deleted = true;
    endpoint.enabled = false;
    for (WebhookEvent& event : world.webhooks.events) {
      if (event.endpoint_id == endpoint.id) event.state = WebhookEvent::State::kFinished;
    }
    return JsonAnswer(200, RenderWebhook(endpoint));
  });
}

HttpResponse TestWebhook(World& world, const Call& call) {
  return WithWebhook(world, call, [&](const WebhookEndpoint& endpoint) {
    TellData(world, "webhook_ping", Json::object({{"livemode", false}, {"action", "ping"}}), endpoint.id);
    return JsonAnswer(200, RenderWebhook(endpoint));
  });
}

// The public key is in the answer to its creation only.
Json RenderKey(const WebhookKey& key) {
  return Json::object({{"active", key.active},
                       {"livemode", false},
                       {"created_at", ToSeconds(key.created_at)},
                       {"deactivated_at", SecondsOrNull(key.deactivated_at)},
                       {"deleted", key.deleted ? Json(true) : Json(nullptr)},
                       {"id", key.id},
                       {"object", "webhook_key"}});
}

template <class Act>
HttpResponse WithKey(World& world, const Call& call, Act act) {
  WebhookKey* key = world.conekta.webhook_keys.Find(call.path[0]);
  return key == nullptr || key->deleted ? NotFound(world, call.request, "WebhookKey", call.path[0]) : act(*key);
}

void Activate(World& world, WebhookKey& key, bool active) {
  if (key.active && !active) key.deactivated_at = world.now;
  if (active) key.deactivated_at.reset();
  key.active = active;
}

HttpResponse CreateKey(World& world, const Call& call) {
  const std::vector<RsaKey>& pairs = world.config.conekta->keys;
  if (pairs.empty()) return Lacking(world, call.request, "RSA keys here: its carrier has given it none");
  const Json object = ReadBody(call.request);
  std::vector<Detail> details;
  Body body(object, "", details);
  body.Allow({"active"});
  const bool active = body.Flag("active").value_or(true);
  if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
  const RsaKey& pair = pairs[world.conekta.webhook_keys.size() % pairs.size()];
  const WebhookKey& key =
      world.conekta.webhook_keys.Add({.id = NewHexId(world), .created_at = world.now, .active = active, .key = pair});
  Json answer = RenderKey(key);
  SetMember(answer, "public_key", pair.public_pem);
  return JsonAnswer(200, answer);
}

HttpResponse ListKeys(World& world, const Call& call) {
  return ListOfRows(
      world, call, world.conekta.webhook_keys, [](const WebhookKey& one) { return !one.deleted; }, RenderKey);
}

HttpResponse ReadKey(World& world, const Call& call) {
  return WithKey(world, call, [](const WebhookKey& key) { return JsonAnswer(200, RenderKey(key)); });
}

HttpResponse UpdateKey(World& world, const Call& call) {
  return WithKey(world, call, [&](WebhookKey& key) {
    const Json object = ReadBody(call.request);
    std::vector<Detail> details;
    Body body(object, "", details);
    body.Allow({"active"});
    const auto active = body.Flag("active");
    if (!details.empty()) return Failure(world, call.request, 422, std::move(details));
    if (active) Activate(world, key, *active);
    return JsonAnswer(200, RenderKey(key));
  });
}

HttpResponse DeleteKey(World& world, const Call& call) {
  return WithKey(world, call, [&](WebhookKey& key) {
    Activate(world, key, false);
    key.deleted = true;
    return JsonAnswer(200, RenderKey(key));
  });
}

}  // namespace

std::span<const Route> WebhookRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/conekta/webhooks", Access::kOrganization, CreateWebhook},
      Route{"GET", "/conekta/webhooks", Access::kOrganization, ListWebhooks},
      Route{"GET", "/conekta/webhooks/{id}", Access::kOrganization, ReadOneWebhook},
      Route{"PUT", "/conekta/webhooks/{id}", Access::kOrganization, UpdateWebhook},
      Route{"DELETE", "/conekta/webhooks/{id}", Access::kOrganization, DeleteWebhook},
      Route{"POST", "/conekta/webhooks/{id}/test", Access::kOrganization, TestWebhook},
  };
  return kRoutes;
}

std::span<const Route> WebhookKeyRoutes() {
  static constexpr std::array kRoutes = {
      Route{"POST", "/conekta/webhook_keys", Access::kOrganization, CreateKey},
      Route{"GET", "/conekta/webhook_keys", Access::kOrganization, ListKeys},
      Route{"GET", "/conekta/webhook_keys/{id}", Access::kOrganization, ReadKey},
      Route{"PUT", "/conekta/webhook_keys/{id}", Access::kOrganization, UpdateKey},
      Route{"DELETE", "/conekta/webhook_keys/{id}", Access::kOrganization, DeleteKey},
  };
  return kRoutes;
}

}  // namespace plinto::polar::emulator::conekta
